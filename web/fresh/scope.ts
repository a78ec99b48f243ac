import { splitPattern } from "./router.ts";
import type { LayoutConfig, Middleware, PageComponent, Route } from "./types.ts";

/** A layout or app wrapper with its settings. */
export interface LayoutDef<State> {
  component: PageComponent<unknown, State>;
  config: LayoutConfig;
}

/** One folder of the route tree: what it adds to everything below it. */
export class Scope<State> {
  readonly children = new Map<string, Scope<State>>();
  readonly middlewares: Middleware<State>[] = [];
  layout: LayoutDef<State> | null = null;
  app: PageComponent<unknown, State> | null = null;
  /** Error pages: of 404, of 5xx, and of anything. */
  readonly errors: { notFound?: Route<State>; server?: Route<State>; any?: Route<State> } = {};

  /** The child of a path segment; all parameter names share one child. */
  child(segment: string): Scope<State> {
    const key = segment.startsWith(":") ? ":" : segment;
    let child = this.children.get(key);
    if (child === undefined) this.children.set(key, child = new Scope());
    return child;
  }
}

/** The scopes that apply to one route, root first. */
export interface ScopeChain<State> {
  /**
   * Guards follow the address: those of the plain folders on the way, plus those of the `(group)` folders the
   * file lies in. A group can therefore add a guard and never loses one.
   */
  guards: Scope<State>[];
  /** Layouts and error pages follow the folders of the file. */
  folders: Scope<State>[];
}

/** The scopes of a route at `place`, a pattern that may contain `(group)` segments. */
export function chainOf<State>(root: Scope<State>, place: string): ScopeChain<State> {
  const chain: ScopeChain<State> = { guards: [root], folders: [root] };
  let plain = root;
  let folder = root;
  for (const segment of splitPattern(place)) {
    folder = folder.child(segment);
    chain.folders.push(folder);
    if (isGroup(segment)) {
      chain.guards.push(folder);
      continue;
    }
    plain = plain.child(segment);
    chain.guards.push(plain);
    if (folder !== plain) chain.guards.push(folder);
  }
  return chain;
}

/** The scopes that cover a path without a route, as deep as folders exist. */
export function chainOfPath<State>(root: Scope<State>, segments: string[]): ScopeChain<State> {
  const scopes = [root];
  let scope = root;
  for (const segment of segments) {
    const child = scope.children.get(segment) ?? scope.children.get(":");
    if (child === undefined) break;
    scopes.push(child);
    scope = child;
  }
  return { guards: scopes, folders: scopes };
}

/** True for a `(group)` folder, which is not part of the address. */
export function isGroup(segment: string): boolean {
  return segment.startsWith("(") && segment.endsWith(")");
}

/** Layouts and app wrapper for the innermost of `folders`, honouring `skipInheritedLayouts`. */
export function layoutsOf<State>(
  folders: Scope<State>[],
): { app: PageComponent<unknown, State> | null; layouts: LayoutDef<State>[] } {
  let layouts: LayoutDef<State>[] = [];
  let app: PageComponent<unknown, State> | null = null;
  for (const { layout, app: ownApp } of folders) {
    if (ownApp !== null) app = ownApp;
    if (layout === null) continue;
    if (layout.config.skipInheritedLayouts) layouts = [];
    if (layout.config.skipAppWrapper) app = null;
    layouts.push(layout);
  }
  return { app, layouts };
}
