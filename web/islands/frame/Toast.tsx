import { useEffect, useRef, useState } from "preact/hooks";
import type { FrameProps } from "../Frame.tsx";
import { read, write } from "./recent.ts";

/** What was done, and the form that takes it back. */
interface Note {
  text: string;
  action: string;
  values: [string, string][];
  label: string;
  /** Time left on the next page. */
  leftMs: number;
}

const SHOWN_MS = 10_000;
const STEP_MS = 250;

/**
 * A message with a way back, for 10 seconds that stand still while it is hovered, focused or out of sight. It goes along to
 * the next page, and its region is there before its words, so that they are read out.
 */
export function Toast({ me, csrf, texts }: Pick<FrameProps, "me" | "csrf" | "texts">) {
  const [note, setNote] = useState<Note | null>(null);
  const left = useRef(0);
  const isHeld = useRef(false);
  const isTaken = useRef(false);

  useEffect(() => {
    const fresh = takeFromPage();
    const earlier = read<Note>(me, "toast");
    const next = fresh ?? (earlier !== null && earlier.leftMs > 1000 ? earlier : null);
    write(me, "toast", null);
    if (next === null) return;
    left.current = next.leftMs;
    setNote(next);
  }, []);

  useEffect(() => {
    if (note === null) return;
    const stop = new AbortController();
    const timer = setInterval(() => {
      if (isHeld.current || document.hidden) return;
      left.current -= STEP_MS;
      if (left.current <= 0) setNote(null);
    }, STEP_MS);
    addEventListener("pagehide", () => {
      if (!isTaken.current) write(me, "toast", { ...note, leftMs: left.current });
    }, { signal: stop.signal });
    return () => {
      clearInterval(timer);
      stop.abort();
    };
  }, [note]);

  const hold = (held: boolean) => () => {
    isHeld.current = held;
  };
  return (
    <div
      class="toast-place"
      role="status"
      onMouseEnter={hold(true)}
      onMouseLeave={hold(false)}
      onFocusCapture={hold(true)}
      onBlurCapture={hold(false)}
      onKeyDown={(event) => event.key === "Escape" && setNote(null)}
    >
      {note && (
        <div class="toast">
          <span>{note.text}</span>
          <form
            method="post"
            action={note.action}
            // Taken back once; the next page has its own words. The form stays: a browser sends none that is gone.
            onSubmit={() => {
              isTaken.current = true;
            }}
          >
            <input type="hidden" name="_csrf" value={csrf} />
            {note.values.map(([name, value]) => <input key={name} type="hidden" name={name} value={value} />)}
            <button class="button button-small" type="submit">{note.label}</button>
          </form>
          <button
            class="toast-close"
            type="button"
            aria-label={texts.dismiss}
            onClick={() => setNote(null)}
          >
            ×
          </button>
        </div>
      )}
    </div>
  );
}

/** Turns the page's banner with a way back into a note, and takes the deed out of the address: a reload repeats nothing. */
function takeFromPage(): Note | null {
  const place = document.querySelector("[data-toast]");
  const form = place?.querySelector("form");
  if (!place || !form) return null;
  const fields = [...new FormData(form)].filter((pair): pair is [string, string] =>
    pair[0] !== "_csrf" && typeof pair[1] === "string"
  );
  const words = place.querySelector(".banner-text > div");
  // What a person has to act on (change to give, a receipt to print) stays on the page.
  if (place.querySelector("a, b") === null) place.setAttribute("hidden", "");
  else form.remove();
  const address = new URL(location.href);
  for (const name of ["done", "undo"]) address.searchParams.delete(name);
  history.replaceState(history.state, "", address);
  return {
    text: words?.textContent?.trim() ?? "",
    action: form.getAttribute("action") ?? "",
    values: fields,
    label: form.textContent?.trim() ?? "",
    leftMs: SHOWN_MS,
  };
}
