/**
 * A browser may show a page as it was left, out of its own memory, when somebody goes back: also after the person has
 * signed out, on a PC that others use. It is hidden as it is left, and read again before anything of it is seen.
 */
export function followLeaving(signal: AbortSignal): void {
  addEventListener("pagehide", (event) => {
    if (event.persisted) document.documentElement.hidden = true;
  }, { signal });
  addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  }, { signal });
}
