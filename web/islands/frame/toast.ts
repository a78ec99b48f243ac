import type { FrameProps } from "../Frame.tsx";

const SHOWN_MS = 10_000;
const STEP_MS = 250;

/**
 * A message with a way back, for 10 seconds that stand still while it is hovered, focused or out of sight, and for its own
 * page only. It stays where the page has put it, above what it speaks of; when it goes, nothing moves.
 */
export function followToast(texts: FrameProps["texts"], signal: AbortSignal): void {
  const place = document.querySelector<HTMLElement>("[data-toast]");
  const form = place?.querySelector("form");
  if (!place || !form) return;
  forgetDeed();
  announce(place);
  // What a person has to act on (change to give, a receipt to print) stays; only the way back goes.
  const staying = place.querySelector("a, b") !== null;
  const end = (by: "time" | "hand") => {
    clearInterval(timer);
    if (staying) form.remove();
    else if (by === "hand") place.remove();
    else place.style.visibility = "hidden";
  };
  let leftMs = SHOWN_MS;
  let seenMs = performance.now();
  const timer = setInterval(() => {
    // A busy browser is late with its timers: what counts is the time itself.
    const passedMs = performance.now() - seenMs;
    seenMs += passedMs;
    if (document.hidden || place.matches(":hover, :focus-within")) return;
    leftMs -= passedMs;
    if (leftMs <= 0) end("time");
  }, STEP_MS);
  signal.addEventListener("abort", () => clearInterval(timer));
  place.addEventListener("keydown", (event) => event.key === "Escape" && end("hand"), { signal });
  if (!staying) form.after(closer(texts.dismiss, () => end("hand")));
}

/** Takes the deed out of the address: a reload repeats nothing. */
function forgetDeed(): void {
  const address = new URL(location.href);
  for (const name of ["done", "undo", "about"]) address.searchParams.delete(name);
  history.replaceState(history.state, "", address);
}

/** A message that was there before the page was read out is not read; one that comes into a status is. */
function announce(place: HTMLElement): void {
  const content = [...place.childNodes];
  place.querySelector("[role]")?.removeAttribute("role");
  place.replaceChildren();
  place.setAttribute("role", "status");
  setTimeout(() => place.replaceChildren(...content));
}

function closer(label: string, close: () => void): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "toast-close";
  button.setAttribute("aria-label", label);
  button.textContent = "×";
  button.addEventListener("click", close);
  return button;
}
