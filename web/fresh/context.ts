import { Fragment, type FunctionComponent, h, isValidElement, type VNode } from "preact";
import type { IslandBundle } from "./islands.ts";
import { propsOf, renderDocument, resolveComponent } from "./render.ts";
import type { LayoutDef } from "./scope.ts";
import type { LayoutConfig, PageComponent, ResolvedFreshConfig } from "./types.ts";

/** What the app knows about the request and does not show to routes. */
export interface ContextInternals<State> {
  app: PageComponent<unknown, State> | null;
  layouts: LayoutDef<State>[];
  bundle: IslandBundle | null;
  /** Renders the nearest error page, or null when there is none. */
  renderError: (error: unknown, status: number) => Promise<Response | null>;
}

/** What a context is made of. */
export interface ContextOptions<State> {
  req: Request;
  url: URL;
  info: Deno.ServeHandlerInfo;
  route: string | null;
  params: Record<string, string>;
  config: ResolvedFreshConfig;
  internals: ContextInternals<State>;
}

/** Passed to every middleware and handler; one per request. */
export class Context<State> {
  readonly config: ResolvedFreshConfig;
  /** The address with `//` collapsed and without a trailing slash: what routing and guards saw. */
  readonly url: URL;
  req: Request;
  /** The matched route pattern; null when no route matches. */
  readonly route: string | null;
  readonly params: Record<string, string>;
  /** Shared by the middlewares, the handler and the page of this request. */
  readonly state: State = {} as State;
  data: unknown = undefined;
  /** What was thrown, on error pages. */
  error: unknown = null;
  readonly info: Deno.ServeHandlerInfo;
  /** Runs the next middleware or the route. */
  next: () => Promise<Response> = () =>
    Promise.reject(new Error("Cannot call next: no middleware is running"));
  Component: FunctionComponent = () => null;
  /** @ignore */
  readonly #internals: ContextInternals<State>;

  constructor(options: ContextOptions<State>) {
    this.req = options.req;
    this.url = options.url;
    this.info = options.info;
    this.route = options.route;
    this.params = options.params;
    this.config = options.config;
    this.#internals = options.internals;
  }

  /** The internals of a context; for the stand-in and the HTTP pipeline only. */
  static internalsOf<State>(ctx: Context<State>): ContextInternals<State> {
    return ctx.#internals;
  }

  /** A redirect; never to another host when the address starts with a slash. */
  redirect(pathOrUrl: string, status = 302): Response {
    // Browsers drop tabs and line breaks from an address, so that "/<tab>/host" would be "//host".
    // deno-lint-ignore no-control-regex -- control characters are what is removed
    const location = pathOrUrl.replace(/[\x00-\x1f]/g, "").replace(/^[\/\\]{2,}/, "/");
    return new Response(null, { status, headers: { location } });
  }

  /** An HTML response of the vnode inside the layouts and the app wrapper. */
  async render(vnode: VNode | null, init: ResponseInit = {}, config: LayoutConfig = {}): Promise<Response> {
    if (vnode !== null && !isValidElement(vnode)) {
      throw new TypeError("Cannot render page: not a JSX element");
    }
    const { app, layouts, bundle } = this.#internals;
    const wrappers = config.skipInheritedLayouts ? [] : layouts.map((layout) => layout.component);
    if (app !== null && !config.skipAppWrapper) wrappers.unshift(app);
    let tree: VNode = h(Fragment, null, vnode);
    for (const wrapper of wrappers.reverse()) {
      const wrapped = await resolveComponent(wrapper, propsOf(this, this.data, tree));
      if (wrapped instanceof Response) return wrapped;
      tree = h(Fragment, null, wrapped);
    }
    const document = renderDocument(tree, { bundle, nonce: nonceOf(this.state) });
    return this.html(this.config.finish?.(document) ?? document, init);
  }

  text(content: string, init: ResponseInit = {}): Response {
    return new Response(content, init);
  }

  html(content: string, init: ResponseInit = {}): Response {
    const headers = new Headers(init.headers);
    headers.set("content-type", "text/html; charset=utf-8");
    return new Response(content, { ...init, headers });
  }

  json(content: unknown, init: ResponseInit = {}): Response {
    return Response.json(content, init);
  }
}

// The security headers middleware puts the nonce of its policy on the state.
function nonceOf(state: unknown): string {
  const nonce = (state as { nonce?: unknown }).nonce;
  return typeof nonce === "string" ? nonce : "";
}
