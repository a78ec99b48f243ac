import type { FrameProps } from "../Frame.tsx";
import { read, write } from "./recent.ts";

/** What was typed into one form, kept in the tab until it is saved. */
interface Draft {
  values: [string, string][];
  /** Time of day of the last letter. */
  at: string;
  /** It was sent; the next page that says it is done forgets it. */
  isSent?: boolean;
}

const NAME = "drafts";
const SAVE_MS = 400;
const KEPT = "input:not([type=hidden], [type=password], [type=file]), textarea, select";

/**
 * Keeps what is typed into long forms, and puts it back when the page is opened again. Never a password; and no payment,
 * whose figures are of the moment.
 */
export function followDrafts(me: string, texts: FrameProps["texts"], signal: AbortSignal): void {
  const drafts = read<Record<string, Draft>>(me, NAME) ?? {};
  const save = () => write(me, NAME, Object.keys(drafts).length === 0 ? null : drafts);
  if (isDone()) {
    for (const [path, draft] of Object.entries(drafts)) if (draft.isSent) delete drafts[path];
    save();
  }
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-draft], main form.form")) {
    if (isLong(form)) followForm(form, drafts, save, texts, signal);
  }
}

function isLong(form: HTMLFormElement): boolean {
  if (form.dataset.draft === "off" || form.querySelector("input[name=key]") !== null) return false;
  return form.dataset.draft !== undefined || controlsOf(form).length >= 3;
}

function followForm(
  form: HTMLFormElement,
  drafts: Record<string, Draft>,
  save: () => void,
  texts: FrameProps["texts"],
  signal: AbortSignal,
): void {
  const path = new URL(form.action).pathname;
  const draft = drafts[path];
  // What the server gives back is newer than what lies here.
  const isRefused = document.getElementById("error-summary") !== null;
  const isFilled = new URLSearchParams(location.search).has("draft");
  if (draft !== undefined && !isRefused && !isFilled && putBack(form, draft)) {
    offer(form, texts, draft, () => {
      delete drafts[path];
      save();
      form.reset();
    });
  }
  let timer: ReturnType<typeof setTimeout> | undefined;
  const keep = (isSent: boolean) => {
    clearTimeout(timer);
    const at = new Date().toTimeString().slice(0, 5);
    drafts[path] = { values: valuesOf(form), at, ...(isSent ? { isSent } : {}) };
    save();
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => keep(false), SAVE_MS);
  }, { signal });
  form.addEventListener("submit", () => keep(true), { signal });
  addEventListener("pagehide", () => timer !== undefined && drafts[path]?.isSent !== true && keep(false), {
    signal,
  });
}

/** Every form that was taken leads to a page that says so. Read before the toast takes it out of the address. */
function isDone(): boolean {
  return new URLSearchParams(location.search).has("done");
}

function controlsOf(form: HTMLFormElement) {
  return [...form.querySelectorAll<HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement>(KEPT)]
    .filter(({ name }) => name !== "");
}

function valuesOf(form: HTMLFormElement): [string, string][] {
  return controlsOf(form).map((control) =>
    isTick(control)
      ? [`${control.name}=${control.value}`, control.checked ? "1" : ""]
      : [control.name, control.value]
  );
}

/** Whether anything differs from what the page shows. */
function putBack(form: HTMLFormElement, { values }: Draft): boolean {
  const kept = new Map(values);
  let differs = false;
  for (const control of controlsOf(form)) {
    const value = kept.get(isTick(control) ? `${control.name}=${control.value}` : control.name);
    if (value === undefined) continue;
    if (isTick(control)) {
      if (control.checked !== (value === "1")) differs = true;
      control.checked = value === "1";
    } else {
      if (control.value !== value) differs = true;
      control.value = value;
    }
  }
  return differs;
}

function isTick(control: Element): control is HTMLInputElement {
  return control instanceof HTMLInputElement && (control.type === "checkbox" || control.type === "radio");
}

function offer(form: HTMLFormElement, texts: FrameProps["texts"], draft: Draft, discard: () => void): void {
  const note = document.createElement("p");
  note.className = "note draft-note";
  note.setAttribute("role", "status");
  note.textContent = `${texts.draft.replace("*", draft.at)} · `;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "link-button";
  button.textContent = texts.discard;
  button.addEventListener("click", () => {
    discard();
    note.remove();
  });
  note.append(button);
  form.prepend(note);
}
