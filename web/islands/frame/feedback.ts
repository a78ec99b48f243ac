import type { FrameProps } from "../Frame.tsx";

const BAR_MS = 200;

/** A form that is being sent says so and is not sent twice. */
export function followForms({ busy }: FrameProps["texts"], signal: AbortSignal): void {
  const waiting = new Map<HTMLButtonElement, string>();
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (event.defaultPrevented || form.method !== "post") return;
    const button = event.submitter;
    // What opens in a frame of the page leaves the form as it is.
    if (button?.hasAttribute("formtarget")) return;
    if (form.dataset.isSent !== undefined) return event.preventDefault();
    form.dataset.isSent = "";
    if (!(button instanceof HTMLButtonElement) || button.classList.contains("menu-item")) return;
    waiting.set(button, button.innerHTML);
    // After the browser has read the form: a changed button would not be sent with it.
    setTimeout(() => {
      button.setAttribute("aria-busy", "true");
      button.style.minWidth = `${button.offsetWidth}px`;
      button.textContent = busy;
    });
  }, { signal });
  // The page may come back from the browser's own history as it was left.
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll<HTMLFormElement>("form[data-is-sent]")) {
      delete form.dataset.isSent;
    }
    for (const [button, content] of waiting) {
      button.removeAttribute("aria-busy");
      button.innerHTML = content;
    }
    waiting.clear();
  }, { signal });
}

/** A bar at the top while the next page is slow in coming. */
export function followOpening(signal: AbortSignal): void {
  const bar = document.createElement("div");
  bar.className = "opening";
  bar.hidden = true;
  document.body.append(bar);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const start = () => {
    clearTimeout(timer);
    timer = setTimeout(() => bar.hidden = false, BAR_MS);
  };
  const end = () => {
    clearTimeout(timer);
    bar.hidden = true;
  };
  addEventListener("beforeunload", start, { signal });
  addEventListener("pageshow", end, { signal });
  // A download leaves the page where it is.
  document.addEventListener("click", (event) => {
    const link = (event.target as Element).closest?.("a[href]");
    if (/\.(csv|pdf|json)/.test(link?.getAttribute("href") ?? "") || link?.hasAttribute("download")) {
      setTimeout(end, BAR_MS * 5);
    }
  }, { signal });
}

/** Buttons that copy a text, such as the id of a request. */
export function followCopies({ copied }: FrameProps["texts"], signal: AbortSignal): void {
  document.addEventListener("click", async (event) => {
    const button = (event.target as Element).closest?.("[data-copies]") as HTMLElement | null;
    if (!button) return;
    await navigator.clipboard.writeText(button.dataset.copies ?? "");
    button.lastChild!.textContent = copied;
  }, { signal });
}
