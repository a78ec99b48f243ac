import type { FrameProps } from "../Frame.tsx";

const SKELETON_MS = 200;

/**
 * Opens pages of one question as dialogs: those whose link says so with `data-dialog`. The page itself stays the way
 * without scripts, and whatever goes wrong, it is opened instead.
 */
export function followDialogs(texts: FrameProps["texts"], signal: AbortSignal): void {
  document.addEventListener("click", (event) => {
    const link = (event.target as Element).closest?.("a[href][data-dialog]") as HTMLAnchorElement | null;
    const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey &&
      !event.altKey;
    if (!link || !isPlain || event.defaultPrevented || link.target !== "" || isHere(link.href)) return;
    event.preventDefault();
    link.closest("details.menu")?.removeAttribute("open");
    void open(link.href, texts);
  }, { signal });
  document.addEventListener("linya:dialog", (event) => {
    void open((event as CustomEvent<string>).detail, texts);
  }, { signal });
}

function isHere(href: string): boolean {
  return new URL(href, location.href).pathname === location.pathname;
}

async function open(href: string, texts: FrameProps["texts"]): Promise<void> {
  const dialog = createDialog(texts);
  const late = setTimeout(() => dialog.showModal(), SKELETON_MS);
  const panel = await readPanel(href);
  clearTimeout(late);
  if (panel === null) return location.assign(href);
  const title = panel.querySelector("h2");
  if (title !== null) {
    title.id = "dialog-title";
    dialog.setAttribute("aria-labelledby", title.id);
  }
  for (const link of panel.querySelectorAll(".form-actions a")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      dialog.close();
    });
  }
  dialog.replaceChildren(panel);
  if (!dialog.open) dialog.showModal();
  // The safe way out, or the field to fill in: never the button that does it.
  panel.querySelector<HTMLElement>("[autofocus], input:not([type=hidden]), textarea, .form-actions a, a")
    ?.focus();
}

/** The part of the page that asks; null when it is not there (it cannot be done, or the session has ended). */
async function readPanel(href: string): Promise<Element | null> {
  try {
    const response = await fetch(href, { headers: { accept: "text/html" } });
    if (!response.ok || response.redirected) return null;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const panel = page.querySelector("[data-panel]");
    return panel === null ? null : document.importNode(panel, true);
  } catch {
    return null;
  }
}

function createDialog(texts: FrameProps["texts"]): HTMLDialogElement {
  const dialog = document.createElement("dialog");
  dialog.className = "dialog";
  dialog.setAttribute("aria-label", texts.loading);
  const skeleton = document.createElement("div");
  skeleton.className = "skeleton is-late";
  skeleton.append(...Array.from({ length: 4 }, () => document.createElement("span")));
  dialog.append(skeleton);
  const opener = document.activeElement;
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (opener instanceof HTMLElement) opener.focus();
  });
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  document.body.append(dialog);
  return dialog;
}
