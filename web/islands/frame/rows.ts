/** Which row of the page's lists is at hand. Only one is, in all lists together; it may be none. */

const ROWS = "main table.table > tbody > tr";
const CURRENT = "is-current";

/** What comes up over the page takes the focus for a moment, and gives it back to nobody else. */
const OVER = "dialog, .toast, .live-bar";

/** Keeps the marked row equal to the one that has the focus, however it got it. */
export function followRows(signal: AbortSignal): void {
  document.addEventListener("focusin", ({ target }) => {
    if (!(target instanceof Element) || target.closest(OVER) !== null) return;
    mark(target.closest<HTMLElement>(ROWS));
  }, { signal });
}

/**
 * The row that keys act on: the one with the focus, or the one that had it before its content was drawn again. A row that
 * has left the page takes its mark along: nothing else takes its place.
 */
export function currentRow(): HTMLElement | null {
  const focused = document.activeElement?.closest<HTMLElement>(ROWS) ?? null;
  return focused ?? document.querySelector<HTMLElement>(`${ROWS}.${CURRENT}`);
}

/** Whether the page has a list, with or without rows. */
export function hasLists(): boolean {
  return document.querySelector("main .table-card") !== null;
}

/** Where the row at hand stands; 0 while there is none. */
let lastIndex = 0;

/** One row down or up, from the first or, where the row at hand has gone, from where it was. */
export function moveRow(by: 1 | -1): boolean {
  const rows = visibleRows();
  const row = currentRow();
  // Where a row has gone, the one below it has come up to its place.
  const from = row !== null ? rows.indexOf(row) : by === 1 ? lastIndex - 1 : lastIndex;
  const next = rows[Math.min(rows.length - 1, Math.max(0, from + by))];
  if (next === undefined) return false;
  const target = next.querySelector<HTMLElement>(".row-link") ??
    next.querySelector<HTMLElement>("a, input") ?? next;
  if (target === next) next.tabIndex = -1;
  target.focus({ preventScroll: true });
  // A link in a hidden cell takes no focus.
  mark(next);
  next.scrollIntoView({ block: "nearest" });
  return true;
}

/** Ticks or unticks the row at hand, as a click would. */
export function tickRow(): boolean {
  const box = currentRow()?.querySelector<HTMLInputElement>("td.check input") ?? null;
  box?.click();
  return box !== null;
}

function mark(row: HTMLElement | null): void {
  for (const other of document.querySelectorAll(`${ROWS}.${CURRENT}`)) {
    if (other !== row) other.classList.remove(CURRENT);
  }
  row?.classList.add(CURRENT);
  lastIndex = row === null ? 0 : visibleRows().indexOf(row);
}

function visibleRows(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>(ROWS)].filter((row) => row.checkVisibility());
}
