import {
  type ComponentType,
  createContext,
  Fragment,
  type FunctionComponent,
  h,
  options,
  type VNode,
} from "preact";
import { useContext } from "preact/hooks";

/** The browser files of a set of islands; built by `web/build`. */
export interface IslandBundle {
  /** Address of the script that hydrates a page's islands. */
  boot: string;
  /** Per island (its file name without `.tsx`): its script and the files that script needs. */
  islands: Record<string, { url: string; files: string[] }>;
  /** Every file by address. */
  files: Map<string, Uint8Array<ArrayBuffer>>;
}

/** The islands of the page being rendered. */
export class PageIslands {
  readonly #bundle: IslandBundle;
  readonly #found: { url: string; props: Record<string, unknown> }[] = [];
  readonly #files = new Set<string>();

  constructor(bundle: IslandBundle) {
    this.#bundle = bundle;
  }

  /** Records an island and returns its number on the page; null when it has no browser script. */
  add(name: string, props: Record<string, unknown>): number | null {
    const entry = this.#bundle.islands[name];
    if (entry === undefined) return null;
    assertJson(name, props);
    entry.files.forEach((file) => this.#files.add(file));
    return this.#found.push({ url: entry.url, props }) - 1;
  }

  /** The tags that hydrate the page; empty when it has no island. */
  scripts(nonce: string): string {
    if (this.#found.length === 0) return "";
    const attribute = nonce === "" ? "" : ` nonce="${nonce}"`;
    const preloads = [...this.#files].map((url) => `<link rel="modulepreload" href="${url}"${attribute}>`);
    // `<` is escaped so that text in a prop cannot close the tag.
    const json = JSON.stringify(this.#found).replaceAll("<", "\\u003c");
    return `${preloads.join("")}<script type="application/json" id="islands">${json}</script>` +
      `<script type="module" src="${this.#bundle.boot}"${attribute}></script>`;
  }
}

const IslandContext = createContext<PageIslands | null>(null);
const boundaries = new WeakMap<ComponentType, FunctionComponent>();

/** Marks a component as an island; recognised by identity wherever it is used. */
export function registerIsland(name: string, component: ComponentType): void {
  if (!boundaries.has(component)) boundaries.set(component, createBoundary(name, component));
}

/** Wraps a page so that the islands in it are recorded. */
export function withIslands(islands: PageIslands, children: VNode): VNode {
  return h(Fragment, null, h(IslandContext.Provider, { value: islands }, children));
}

const previousHook = options.vnode;
options.vnode = (vnode) => {
  const boundary = typeof vnode.type === "function" ? boundaries.get(vnode.type as ComponentType) : undefined;
  if (boundary !== undefined) (vnode as VNode<unknown> & { type: unknown }).type = boundary;
  previousHook?.(vnode);
};

function createBoundary(name: string, component: ComponentType): FunctionComponent {
  // Called as a function: a vnode of the component itself would become a boundary again.
  const Bare: FunctionComponent = (props) => (component as FunctionComponent)(props);
  return function Island(props: Record<string, unknown>) {
    const islands = useContext(IslandContext);
    // Inside another island the outer one hydrates this one too.
    const id = islands === null ? null : islands.add(name, props);
    if (id === null) return h(Bare, props);
    return h(
      Fragment,
      null,
      comment(`island:${id}`),
      h(IslandContext.Provider, { value: null }, h(Bare, props)),
      comment(`/island:${id}`),
    );
  };
}

// Comments and not an element: they are valid inside tables and lists and leave CSS selectors alone.
function comment(text: string): VNode {
  return h(Fragment, { UNSTABLE_comment: text } as Record<string, unknown>);
}

function assertJson(name: string, props: Record<string, unknown>): void {
  JSON.stringify(props, (key, value: unknown) => {
    const kind = typeof value;
    const isElement = kind === "object" && value !== null && "__k" in (value as object);
    if (kind === "function" || kind === "bigint" || kind === "symbol" || isElement) {
      throw new TypeError(`Cannot pass prop "${key}" to island "${name}": its value is not JSON`);
    }
    return value;
  });
}
