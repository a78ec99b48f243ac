import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { FrameProps } from "../Frame.tsx";
import type { FindDetail } from "./early_keys.ts";
import { listRecent } from "./recent.ts";

interface Hit {
  href: string;
  title: string;
  note?: string;
  facts?: string;
  pay?: string;
}

interface Findings {
  words: string;
  groups: { title: string; hits: Hit[] }[];
  exact: string | null;
}

const DEBOUNCE_MS = 90;
const SKELETON_MS = 200;
const ADDRESS = "/admin/find";

/** The search over the page one is on: Ctrl K, `/`, a click on the search box or on the magnifying glass. */
export function Palette({ me, texts }: Pick<FrameProps, "me" | "texts">) {
  const dialog = useRef<HTMLDialogElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const [words, setWords] = useState("");
  const [isOpen, setOpen] = useState(false);
  const { found, isLate } = useFindings(words, isOpen);
  const [active, setActive] = useState(0);
  /** Enter was pressed before the answer came: the first hit is opened when it does. */
  const waits = useRef<"open" | "pay" | null>(null);
  const isFresh = found?.words === words.trim();

  const groups = useMemo(() => {
    const recent = words.trim() === "" ? listRecent(me) : [];
    const all = found?.groups ?? [];
    return recent.length === 0 ? all : [{ title: texts.recent, hits: recent }, ...all];
  }, [found, words]);
  const hits = groups.flatMap((group) => group.hits);

  const close = () => {
    // Or the next letter would be typed into a field that nobody sees.
    input.current?.blur();
    dialog.current?.close();
  };
  const go = (hit: Hit | undefined, how: "open" | "pay") => {
    const href = how === "pay" && hit?.pay ? hit.pay : hit?.href;
    // Nothing to choose from: the page says so, and what else to try.
    location.assign(href ?? `${ADDRESS}?q=${encodeURIComponent(words.trim())}`);
  };

  useEffect(() => {
    const exact = hits.findIndex(({ href }) => href === found?.exact);
    setActive(Math.max(0, exact));
    if (!isFresh || waits.current === null) return;
    go(hits[Math.max(0, exact)], waits.current);
    waits.current = null;
  }, [found, isFresh]);

  useEffect(() =>
    followOpeners((text, isEntered) => {
      if (isEntered) waits.current = "open";
      setWords(text);
      setOpen(true);
      if (!dialog.current?.open) dialog.current?.showModal();
      input.current?.focus();
    }), []);
  useEffect(() => document.getElementById(`palette-${active}`)?.scrollIntoView({ block: "nearest" }), [
    active,
  ]);

  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && hits.length > 0) {
      event.preventDefault();
      setActive((active + step + hits.length) % hits.length);
    } else if (event.key === "Escape") {
      // A search field would only be emptied by it.
      event.preventDefault();
      close();
    } else if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      const how = event.ctrlKey || event.metaKey ? "pay" : "open";
      if (isFresh) go(hits[active], how);
      else waits.current = how;
    }
  };

  let index = -1;
  return (
    <dialog
      ref={dialog}
      class="palette"
      aria-label={texts.find}
      onClose={() => {
        // The event comes late: it may have been opened again since.
        if (dialog.current?.open) return;
        setWords("");
        setOpen(false);
      }}
      onClick={(event) => event.target === dialog.current && close()}
    >
      <form method="get" action={ADDRESS} class="palette-form" role="search">
        <input
          ref={input}
          class="input"
          type="search"
          name="q"
          role="combobox"
          aria-label={texts.find}
          aria-expanded={hits.length > 0}
          aria-controls="palette-hits"
          aria-autocomplete="list"
          aria-activedescendant={hits.length > 0 ? `palette-${active}` : undefined}
          placeholder={texts.placeholder}
          autocomplete="off"
          maxLength={120}
          value={words}
          onInput={(event) => setWords(event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
        <button class="button" type="button" onClick={close}>{texts.close}</button>
      </form>
      <div class="palette-hits" id="palette-hits" role="listbox" aria-label={texts.find} aria-busy={isLate}>
        {isLate && (
          <div class="skeleton is-late">
            <span />
            <span />
            <span />
          </div>
        )}
        {!isLate &&
          groups.map((group, position) => (
            <div key={group.title} role="group" aria-labelledby={`palette-group-${position}`}>
              <div class="find-head" id={`palette-group-${position}`} role="presentation">{group.title}</div>
              {group.hits.map((hit) => {
                index++;
                return (
                  <a
                    key={hit.href + hit.title}
                    id={`palette-${index}`}
                    class="find-hit"
                    role="option"
                    aria-selected={index === active}
                    href={hit.href}
                    tabIndex={-1}
                  >
                    <span>{hit.title}</span>
                    {hit.note && <span class="note">{hit.note}</span>}
                    {hit.facts && <span class="note find-facts">{hit.facts}</span>}
                  </a>
                );
              })}
            </div>
          ))}
      </div>
      <p class="note palette-foot" role="status">
        {isFresh && hits.length === 0 ? texts.nothing.replace("*", words.trim()) : texts.hint}
      </p>
    </dialog>
  );
}

/** The newest answer for what is typed: earlier questions are given up, and a slow one is owned up to. */
function useFindings(words: string, isOpen: boolean): { found: Findings | null; isLate: boolean } {
  const [found, setFound] = useState<Findings | null>(null);
  const [isLate, setLate] = useState(false);
  const text = words.trim();
  useEffect(() => {
    if (!isOpen) return;
    const stop = new AbortController();
    const late = setTimeout(() => setLate(true), DEBOUNCE_MS + SKELETON_MS);
    const settle = () => {
      clearTimeout(late);
      setLate(false);
    };
    const asking = setTimeout(async () => {
      const answer = await ask(text, stop.signal);
      if (answer === null) return;
      settle();
      setFound(answer);
    }, text === "" ? 0 : DEBOUNCE_MS);
    return () => {
      clearTimeout(asking);
      settle();
      stop.abort();
    };
  }, [text, isOpen]);
  return { found, isLate };
}

/** The answer to one question; null when it is not wanted any more or cannot be had here. */
async function ask(words: string, signal: AbortSignal): Promise<Findings | null> {
  const address = `${ADDRESS}?q=${encodeURIComponent(words)}`;
  try {
    const response = await fetch(address, { signal, headers: { accept: "application/json" } });
    const isAnswer = response.ok && response.headers.get("content-type")?.startsWith("application/json");
    if (isAnswer) return await response.json();
    // The session has ended, or the server is away: the page says which.
    location.assign(address);
  } catch {
    // Given up, or offline: the frame says so, and the next letter asks again.
  }
  return null;
}

/** Opens the palette from wherever it is asked for; gives the way to stop. */
function followOpeners(open: (words: string, isEntered?: boolean) => void): () => void {
  const stop = new AbortController();
  const { signal } = stop;
  const box = document.getElementById("global-search") as HTMLInputElement | null;
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey) return;
    event.preventDefault();
    open("");
  }, { signal });
  document.addEventListener("linya:find", (event) => {
    const { words = "", isEntered = false } = (event as CustomEvent<Partial<FindDetail> | null>).detail ?? {};
    open(words, isEntered);
  }, { signal });
  // A click or a letter, not the focus: passing through with Tab must not open anything.
  box?.addEventListener("click", () => open(box.value), { signal });
  box?.addEventListener("input", () => {
    const typed = box.value;
    box.value = box.defaultValue;
    open(typed);
  }, { signal });
  document.querySelector("[data-find]")?.addEventListener("click", (event) => {
    event.preventDefault();
    open("");
  }, { signal });
  return () => stop.abort();
}
