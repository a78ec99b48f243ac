import { currentRow, followRows, hasLists, moveRow, tickRow } from "./rows.ts";

const SEQUENCE_MS = 1200;
/** Letters that act on somebody or something; `data-on-…` of a row, a card or the page's header says where they lead. */
const OF_SUBJECT = ["p", "h", "e"];
const NEW = "main .page-actions a[href$='/new']";

/** One key stroke, as it comes or as it was kept from before the scripts were ready. */
export interface Stroke {
  key: string;
  timeStamp: number;
}

/** Answers strokes; true when one did something. */
export type StrokeHandler = (stroke: Stroke) => boolean;

/**
 * Single letters and `g` with a letter. Nothing happens while somebody types, while a dialog is open, or with a key of the
 * browser held; `keys` is empty for who has turned them off (WCAG 2.1.4).
 */
export function followKeys(keys: Readonly<Record<string, string>>, signal: AbortSignal): StrokeHandler {
  if (Object.keys(keys).length === 0) return () => false;
  followRows(signal);
  const handle = strokeHandler(keys);
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "Escape") return closeMenus();
    if (isTyping(event.target) || document.querySelector("dialog[open]") !== null) return;
    if (handle(event)) event.preventDefault();
  }, { signal });
  return handle;
}

function strokeHandler(keys: Readonly<Record<string, string>>): StrokeHandler {
  /** When `g` was pressed on this page, if it was: time stamps count from the page's own beginning. */
  let goSince: number | null = null;
  return ({ key, timeStamp }) => {
    const isSecond = goSince !== null && timeStamp - goSince < SEQUENCE_MS;
    goSince = null;
    if (isSecond && keys[`g ${key}`] !== undefined) return follow(keys[`g ${key}`]);
    if (key === "g") goSince = timeStamp;
    else if (key === "/") return document.dispatchEvent(new Event("linya:find"));
    else if (key === "?") return openHelp(keys["?"]);
    else if (key === "j") return moveRow(1);
    else if (key === "k") return moveRow(-1);
    else if (key === "x") return tickRow();
    else if (key === "n") return follow(document.querySelector<HTMLAnchorElement>(NEW)?.href);
    else if (key === "Enter") return openRow();
    else if (OF_SUBJECT.includes(key)) return followSubject(key, keys[key]);
    return false;
  };
}

/**
 * What a letter means here: the row at hand and nothing else; without one the card that has the focus, then the thing that
 * the whole page is about. A page of neither (no list, no form, nobody's) leads to where the letter does anywhere.
 */
function followSubject(key: string, anywhere: string | undefined): boolean {
  const name = `data-on-${key}`;
  const row = currentRow();
  if (row !== null) return follow(row.getAttribute(name) ?? undefined, row);
  const card = document.activeElement?.closest(`[${name}]`);
  const page = document.querySelector("main .page-header[data-subject]");
  const href = card?.getAttribute(name) ?? page?.getAttribute(name) ?? undefined;
  if (href !== undefined) return follow(href, card ?? page);
  const isNobodys = page === null && !hasLists() && document.querySelector("main form.form") === null;
  return isNobodys && follow(anywhere);
}

/** Enter on a row whose link lost the focus when it was drawn again. */
function openRow(): boolean {
  if (document.activeElement !== document.body) return false;
  return follow(currentRow()?.querySelector<HTMLAnchorElement>(".row-link")?.href);
}

/** As if a link were clicked, so that what opens in a dialog does; the one that is there, or one for the moment. */
function follow(href: string | undefined, within: Element | null = document.querySelector("main")): boolean {
  if (href === undefined) return false;
  const wanted = new URL(href, location.href).href;
  const known = [...within?.querySelectorAll<HTMLAnchorElement>("a[href]") ?? []]
    .find((link) => link.href === wanted);
  const link = known ?? document.createElement("a");
  if (known === undefined) {
    link.href = wanted;
    link.hidden = true;
    document.body.append(link);
  }
  link.click();
  if (known === undefined) link.remove();
  return true;
}

function openHelp(href: string | undefined): boolean {
  if (href === undefined) return false;
  document.dispatchEvent(new CustomEvent("linya:dialog", { detail: href }));
  return true;
}

function closeMenus(): void {
  for (const menu of document.querySelectorAll<HTMLDetailsElement>("details.menu[open]")) {
    menu.open = false;
    if (menu.contains(document.activeElement)) menu.querySelector("summary")?.focus();
  }
}

/** Where letters are text; a tick box takes none. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable ||
    target.matches("input:not([type=checkbox], [type=radio]), textarea, select");
}
