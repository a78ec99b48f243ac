import { useEffect } from "preact/hooks";

/** Texts of the page's language. */
interface TableKeysProps {
  texts: { all: string; none: string; some: string };
}

/** Ticking made quick: the heading's box, ranges with Shift, a live count. */
export default function TableKeys({ texts }: TableKeysProps) {
  useEffect(() => {
    const table = document.querySelector<HTMLTableElement>(".table-card table");
    if (table === null) return;
    const stop = new AbortController();
    followBoxes(table, texts, stop.signal);
    return () => stop.abort();
  }, []);
  return null;
}

function followBoxes(table: HTMLTableElement, texts: TableKeysProps["texts"], signal: AbortSignal): void {
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
