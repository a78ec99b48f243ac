/**
 * Makes a part of the page equal to a fresh copy of it and keeps what the person did to it: typed values, ticks, focus,
 * scroll and open menus live in the elements, so elements are changed in place. Runs in the browser.
 */

/** Told of an element whose text changed or that is new. */
export type OnChange = (element: Element) => void;

/** One child, or everything between the marks of an island, which draws itself. */
interface Piece {
  nodes: Node[];
  key: string;
}

/** Changes `from` until it shows what `to` shows. */
export function morph(from: Element, to: Element, onChange: OnChange): void {
  const focused = from.ownerDocument.activeElement as HTMLElement | null;
  change(from, to, onChange);
  // An element that was moved has lost the focus: it is still the same one.
  if (focused !== null && focused !== from.ownerDocument.activeElement && from.contains(focused)) {
    focused.focus({ preventScroll: true });
  }
}

function change(from: Element, to: Element, onChange: OnChange): void {
  // A script of the page keeps this one by itself.
  if (from.hasAttribute("data-own")) return;
  syncAttributes(from, to);
  const old = piecesOf(from);
  const keyed = new Map(old.filter(({ key }) => key !== "").map((piece) => [piece.key, piece]));
  const used = new Set<Piece>();
  let at = 0;
  for (const wanted of piecesOf(to)) {
    while (at < old.length && used.has(old[at]!)) at++;
    const here = old[at];
    const match = wanted.key === "" ? (isLike(here, wanted) ? here : undefined) : keyed.get(wanted.key);
    if (match === undefined || used.has(match)) {
      insert(from, wanted, firstNode(old, at, used), onChange);
      continue;
    }
    used.add(match);
    if (match !== here) {
      const before = firstNode(old, at, used);
      for (const node of match.nodes) from.insertBefore(node, before);
    }
    changePiece(match, wanted, onChange);
  }
  for (const piece of old) {
    if (!used.has(piece)) { for (const node of piece.nodes) from.removeChild(node); }
  }
}

/** What a row of a list is known by: it is the same row wherever it stands. */
export function keyOf(node: Node): string {
  if (node.nodeType !== 1) return "";
  const element = node as Element;
  if (element.id !== "") return `#${element.id}`;
  const own = element.getAttribute("data-key");
  if (own !== null) return own;
  if (element.tagName !== "TR") return "";
  return element.querySelector("a[href]")?.getAttribute("href") ?? "";
}

function changePiece(piece: Piece, wanted: Piece, onChange: OnChange): void {
  const [node, fresh] = [piece.nodes[0], wanted.nodes[0]];
  if (piece.nodes.length > 1 || node === undefined || fresh === undefined) return;
  if (node.nodeType === 1) return change(node as Element, fresh as Element, onChange);
  if (node.nodeValue === fresh.nodeValue) return;
  node.nodeValue = fresh.nodeValue;
  const parent = node.parentElement;
  // An age grows by itself and is no news.
  if (node.nodeType === 3 && parent !== null && parent.tagName !== "TIME") onChange(parent);
}

function insert(parent: Element, piece: Piece, before: Node | null, onChange: OnChange): void {
  for (const node of piece.nodes) {
    const copy = document.importNode(node, true);
    parent.insertBefore(copy, before);
    if (copy.nodeType === 1) onChange(copy as Element);
  }
}

function firstNode(old: readonly Piece[], at: number, used: ReadonlySet<Piece>): Node | null {
  for (let i = at; i < old.length; i++) if (!used.has(old[i]!)) return old[i]!.nodes[0] ?? null;
  return null;
}

function isLike(piece: Piece | undefined, wanted: Piece): boolean {
  if (piece === undefined || piece.key !== "") return false;
  return piece.nodes.length === wanted.nodes.length &&
    piece.nodes.every((node, i) => node.nodeName === wanted.nodes[i]?.nodeName);
}

function piecesOf(parent: Element): Piece[] {
  const pieces: Piece[] = [];
  const nodes = [...parent.childNodes];
  const seen = new Map<string, number>();
  let islands = 0;
  for (let i = 0; i < nodes.length; i++) {
    const node = nodes[i]!;
    const island = node.nodeType === 8 ? /^island:(.+)$/.exec(node.nodeValue ?? "") : null;
    if (island === null) {
      const key = keyOf(node);
      const count = seen.get(key) ?? 0;
      // Two of one key are told apart by their order: neither may become another one's.
      pieces.push({ nodes: [node], key: key === "" || count === 0 ? key : `${key} ${count}` });
      seen.set(key, count + 1);
      continue;
    }
    const end = nodes.findIndex((other) =>
      other.nodeType === 8 && other.nodeValue === `/island:${island[1]}`
    );
    pieces.push({ nodes: nodes.slice(i, end + 1), key: `island ${islands++}` });
    i = Math.max(i, end);
  }
  return pieces;
}

function syncAttributes(from: Element, to: Element): void {
  for (const { name, value: wanted } of [...to.attributes]) {
    const value = name === "class" ? withOwnClasses(from, wanted) : wanted;
    if (!isKept(from, name) && from.getAttribute(name) !== value) from.setAttribute(name, value);
  }
  for (const { name } of [...from.attributes]) {
    if (!isKept(from, name) && !to.hasAttribute(name)) from.removeAttribute(name);
  }
}

/** `is-ticked` and its like are put there by the page's scripts. */
function withOwnClasses(element: Element, classes: string): string {
  return [classes, ...[...element.classList].filter((name) => name.startsWith("is-"))].join(" ");
}

/** What the person opened stays open. */
function isKept(element: Element, name: string): boolean {
  return name === "open" && (element.tagName === "DETAILS" || element.tagName === "DIALOG");
}
