import { keyOf, morph } from "./morph.ts";

/** Words of the note over a list that has changed under the cursor; `#` stands for the count. */
export interface ListWords {
  fresh: string;
  changed: string;
  show: string;
}

const FLASH_MS = 1_000;
const BUSY = "details.menu[open], dialog[open], [aria-expanded=true]";
const TYPING = "input:not([type=hidden],[type=checkbox],[type=radio]), select, textarea, [contenteditable]";

/** The live parts of the page and the fresh copies that wait for a person's hand to leave them. */
export class LiveRegions {
  readonly #words: ListWords;
  readonly #waiting = new Map<Element, Element>();
  readonly #bars = new Map<Element, HTMLElement>();

  constructor(words: ListWords) {
    this.#words = words;
  }

  /** Takes the fresh copy of the page. */
  take(fresh: Document): void {
    if (fresh.title !== "") document.title = fresh.title;
    for (const region of document.querySelectorAll("[data-live]")) {
      const copy = fresh.getElementById(region.id);
      // A region inside another one comes with it.
      if (copy === null || region.parentElement?.closest("[data-live]")) continue;
      this.#waiting.set(region, copy);
    }
    this.settle();
  }

  /** Applies what waits wherever nobody is at work. */
  settle(): void {
    for (const [region, copy] of this.#waiting) {
      if (!region.isConnected) this.#drop(region);
      else if (isAtWork(region)) applyAround(region, copy);
      else if (rowsDiffer(region, copy) && isUnderHand(region)) this.#hold(region, copy);
      else this.#apply(region, copy);
    }
  }

  /** Rows that both have are brought up to date; the rest is announced. */
  #hold(region: Element, copy: Element): void {
    const fresh = rowsOf(copy);
    const old = rowsOf(region);
    for (const [key, row] of old) {
      const same = fresh.get(key);
      if (same !== undefined) morph(row, same, flash);
    }
    const added = [...fresh.keys()].filter((key) => !old.has(key)).length;
    const gone = [...old.keys()].filter((key) => !fresh.has(key)).length;
    const [text, count] = gone === 0 ? [this.#words.fresh, added] : [this.#words.changed, added + gone];
    this.#barOf(region).textContent = `${text.replace("#", String(count))} · ${this.#words.show}`;
  }

  #barOf(region: Element): HTMLElement {
    const known = this.#bars.get(region)?.firstElementChild;
    if (known instanceof HTMLElement) return known;
    const bar = document.createElement("div");
    bar.className = "live-bar";
    bar.setAttribute("role", "status");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button-small";
    button.addEventListener("click", () => {
      const copy = this.#waiting.get(region);
      if (copy !== undefined) this.#apply(region, copy);
    });
    bar.append(button);
    // Over the list and out of its flow: nothing moves because of it. It is gone before the list is compared.
    region.prepend(bar);
    this.#bars.set(region, bar);
    return button;
  }

  #apply(region: Element, copy: Element): void {
    this.#drop(region);
    morph(region, copy, flash);
  }

  #drop(region: Element): void {
    this.#waiting.delete(region);
    this.#bars.get(region)?.remove();
    this.#bars.delete(region);
  }
}

/** While somebody works in a region, those inside it that are left alone are brought up to date. */
function applyAround(region: Element, copy: Element): void {
  for (const inner of region.querySelectorAll("[data-live]")) {
    const fresh = copy.querySelector(`#${inner.id}`);
    if (fresh !== null && !isAtWork(inner)) morph(inner, fresh, flash);
  }
}

/** Somebody types, selects text or has a menu open in it: nothing is changed then. */
function isAtWork(region: Element): boolean {
  const active = document.activeElement;
  if (active !== null && region.contains(active) && active.matches(TYPING)) return true;
  if (region.querySelector(BUSY) !== null) return true;
  const selection = getSelection();
  return selection !== null && !selection.isCollapsed && selection.rangeCount > 0 &&
    selection.getRangeAt(0).intersectsNode(region);
}

/** Rows must not move: the cursor or the focus is in the list, something is ticked, or a finger may be about to tap. */
function isUnderHand(region: Element): boolean {
  return region.matches(":hover") || region.contains(document.activeElement) ||
    region.querySelector("tbody input[type=checkbox]:checked") !== null ||
    matchMedia("(pointer: coarse)").matches;
}

function rowsDiffer(region: Element, copy: Element): boolean {
  if (region.getAttribute("data-live") !== "list") return false;
  const [old, fresh] = [[...rowsOf(region).keys()], [...rowsOf(copy).keys()]];
  return old.length !== fresh.length || old.some((key, i) => key !== fresh[i]);
}

function rowsOf(region: Element): Map<string, Element> {
  const rows = [...region.querySelectorAll("tbody > tr, [data-key]")];
  return new Map(rows.map((row) => [keyOf(row), row] as const).filter(([key]) => key !== ""));
}

function flash(element: Element): void {
  element.classList.add("live-flash");
  setTimeout(() => {
    element.classList.remove("live-flash");
    if (element.getAttribute("class") === "") element.removeAttribute("class");
  }, FLASH_MS);
}
