/** A matched pattern with its value and the decoded parameters. */
export interface RouteMatch<T> {
  pattern: string;
  value: T;
  params: Record<string, string>;
}

interface Leaf<T> {
  pattern: string;
  names: string[];
  value: T;
}

class Node<T> {
  readonly fixed = new Map<string, Node<T>>();
  param: Node<T> | null = null;
  leaf: Leaf<T> | null = null;
  rest: Leaf<T> | null = null;
}

/** Matches paths against `/a/:id` and `/a/:rest*` patterns: fixed text wins over `:id`, that over `:rest*`. */
export class Router<T> {
  readonly #root = new Node<T>();
  readonly #leaves: Leaf<T>[] = [];

  /** The value at exactly this pattern, created when there is none. */
  getOrAdd(pattern: string, create: () => T): T {
    let node = this.#root;
    const names: string[] = [];
    for (const segment of splitPattern(pattern)) {
      if (isRest(segment)) {
        names.push(restName(segment));
        return (node.rest ??= this.#leaf(pattern, names, create)).value;
      }
      if (segment.startsWith(":")) {
        names.push(segment.slice(1));
        node = node.param ??= new Node<T>();
      } else {
        node = childOf(node, segment);
      }
    }
    return (node.leaf ??= this.#leaf(pattern, names, create)).value;
  }

  /** Finds the most specific pattern for a path; null when none matches or the path is not acceptable. */
  match(pathname: string): RouteMatch<T> | null {
    const segments = splitPath(pathname);
    if (segments === null) return null;
    const values: string[] = [];
    const leaf = find(this.#root, segments, 0, values);
    if (leaf === null) return null;
    const params: Record<string, string> = {};
    leaf.names.forEach((name, index) => params[name] = values[index] ?? "");
    return { pattern: leaf.pattern, value: leaf.value, params };
  }

  /** All patterns with their values, in the order they were added. */
  entries(): { pattern: string; value: T }[] {
    return this.#leaves.map(({ pattern, value }) => ({ pattern, value }));
  }

  #leaf(pattern: string, names: string[], create: () => T): Leaf<T> {
    const leaf = { pattern, names, value: create() };
    this.#leaves.push(leaf);
    return leaf;
  }
}

/** One slash between segments and none at the end, so that `//admin/` is `/admin` for every guard. */
export function normalizePathname(pathname: string): string {
  const collapsed = pathname.replace(/\/{2,}/g, "/");
  return collapsed.length > 1 && collapsed.endsWith("/") ? collapsed.slice(0, -1) : collapsed;
}

/** The non-empty segments of a pattern. */
export function splitPattern(pattern: string): string[] {
  return pattern.split("/").filter((segment) => segment !== "");
}

/**
 * The decoded segments of a path, or null when one of them is malformed or would read as a path itself
 * (an encoded slash, backslash, dot segment or control character).
 */
export function splitPath(pathname: string): string[] | null {
  const segments: string[] = [];
  for (const raw of pathname.split("/")) {
    if (raw === "") continue;
    const segment = decodeSegment(raw);
    // deno-lint-ignore no-control-regex -- control characters are what is refused
    if (segment === null || /[\/\\\x00-\x1f]/.test(segment) || segment === "." || segment === "..") {
      return null;
    }
    segments.push(segment);
  }
  return segments;
}

function decodeSegment(raw: string): string | null {
  try {
    return decodeURIComponent(raw);
  } catch {
    return null; // malformed escape: the caller answers 404
  }
}

function find<T>(node: Node<T>, segments: string[], index: number, values: string[]): Leaf<T> | null {
  const segment = segments[index];
  if (segment === undefined) return node.leaf ?? takeRest(node, segments, index, values);
  const depth = values.length;
  const fixed = node.fixed.get(segment);
  const byFixed = fixed === undefined ? null : find(fixed, segments, index + 1, values);
  if (byFixed !== null) return byFixed;
  values.length = depth;
  if (node.param !== null) {
    values.push(segment);
    const byParam = find(node.param, segments, index + 1, values);
    if (byParam !== null) return byParam;
    values.length = depth;
  }
  return takeRest(node, segments, index, values);
}

function takeRest<T>(node: Node<T>, segments: string[], index: number, values: string[]): Leaf<T> | null {
  if (node.rest !== null) values.push(segments.slice(index).join("/"));
  return node.rest;
}

function childOf<T>(node: Node<T>, segment: string): Node<T> {
  let child = node.fixed.get(segment);
  if (child === undefined) node.fixed.set(segment, child = new Node<T>());
  return child;
}

function isRest(segment: string): boolean {
  return segment === "*" || (segment.startsWith(":") && segment.endsWith("*"));
}

function restName(segment: string): string {
  return segment === "*" ? "0" : segment.slice(1, -1);
}
