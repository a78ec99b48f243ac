import { useEffect } from "preact/hooks";

/** Texts of the page's language. */
interface TableKeysProps {
  /** The keys j, k, x and Enter; off when the person has turned shortcuts off. */
  hasKeys: boolean;
  texts: { all: string; none: string; some: string };
}

/** Ticking made quick: the heading's box, ranges with Shift, a live count, and rows by keys. */
export default function TableKeys({ hasKeys, texts }: TableKeysProps) {
  useEffect(() => {
    const table = document.querySelector<HTMLTableElement>(".table-card table");
    if (table === null) return;
    const stop = new AbortController();
    const boxes = followBoxes(table, texts, stop.signal);
    if (hasKeys) followKeys(table, boxes, stop.signal);
    return () => stop.abort();
  }, []);
  return null;
}

interface Boxes {
  toggle(box: HTMLInputElement): void;
}

function followBoxes(table: HTMLTableElement, texts: TableKeysProps["texts"], signal: AbortSignal): Boxes {
  const rows = () => [...table.querySelectorAll<HTMLInputElement>("tbody td.check input")];
  const every = document.querySelector<HTMLInputElement>("#bulk input[name=all]");
  const count = document.querySelector<HTMLElement>("[data-bulk-count]");
  const head = headBox(table, texts.all);
  let last: HTMLInputElement | null = null;
  const show = () => {
    const all = rows();
    const ticked = all.filter((box) => box.checked).length;
    if (head !== null) {
      head.checked = ticked > 0 && ticked === all.length;
      head.indeterminate = ticked > 0 && ticked < all.length;
    }
    for (const box of all) box.closest("tr")?.classList.toggle("is-ticked", box.checked);
    if (count === null) return;
    count.textContent = every?.checked === true
      ? ""
      : ticked === 0
      ? texts.none
      : texts.some.replace("#", String(ticked));
    count.closest("form")?.classList.toggle("has-ticked", ticked > 0 || every?.checked === true);
  };
  const range = (from: HTMLInputElement, to: HTMLInputElement) => {
    const all = rows();
    const [a, b] = [all.indexOf(from), all.indexOf(to)].sort((x, y) => x - y);
    for (const box of all.slice(a, (b ?? 0) + 1)) box.checked = to.checked;
  };
  table.addEventListener("click", (event) => {
    const box = event.target;
    if (!(box instanceof HTMLInputElement) || box.closest("td.check") === null) return;
    if (event.shiftKey && last !== null) range(last, box);
    last = box;
    show();
  }, { signal });
  head?.addEventListener("change", () => {
    for (const box of rows()) box.checked = head.checked;
    show();
  }, { signal });
  every?.addEventListener("change", show, { signal });
  show();
  return {
    toggle(box) {
      box.checked = !box.checked;
      last = box;
      show();
    },
  };
}

/** The box in the heading; it exists only where scripts run, since only they can make it act. */
function headBox(table: HTMLTableElement, label: string): HTMLInputElement | null {
  const cell = table.querySelector("thead th.check");
  if (cell === null) return null;
  const box = document.createElement("input");
  box.type = "checkbox";
  box.setAttribute("aria-label", label);
  cell.replaceChildren(box);
  return box;
}

function followKeys(table: HTMLTableElement, boxes: Boxes, signal: AbortSignal): void {
  let at = -1;
  const move = (by: number) => {
    const rows = [...table.querySelectorAll<HTMLTableRowElement>("tbody tr")];
    at = Math.min(rows.length - 1, Math.max(0, at + by));
    rows.forEach((row, i) => row.classList.toggle("is-current", i === at));
    const row = rows[at];
    const target = row?.querySelector<HTMLElement>(".row-link") ??
      row?.querySelector<HTMLElement>("a, input");
    target?.focus({ preventScroll: true });
    row?.scrollIntoView({ block: "nearest" });
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event.target)) {
      return;
    }
    if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else if (event.key === "x") {
      const box = table.querySelector<HTMLInputElement>("tr.is-current td.check input");
      if (box !== null) boxes.toggle(box);
    } else return;
    event.preventDefault();
  }, { signal });
}

/** Where letters are text; a tick box takes none. */
function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.closest("dialog[open], [role=dialog]") !== null) return true;
  return target.matches("textarea, select, input:not([type=checkbox], [type=radio])");
}
