import type { Context } from "./context.ts";
import { type FsFile, type FsModule, placeOf } from "./fs_routes.ts";
import { propsOf, resolveComponent } from "./render.ts";
import { Fragment, h } from "preact";
import { normalizePathname, type RouteMatch, Router, splitPattern } from "./router.ts";
import { chainOf, isGroup, Scope, type ScopeChain } from "./scope.ts";
import type { HandlerFn, LayoutConfig, Method, Middleware, PageComponent, Route } from "./types.ts";

/** One pattern with the handlers of its methods. */
export interface MountedRoute<State> {
  chain: ScopeChain<State>;
  methods: Map<Method | "ALL", Middleware<State>[]>;
  config: LayoutConfig;
}

/** All scopes and routes of an app. */
export class RouteTree<State> {
  readonly root: Scope<State> = new Scope();
  readonly #router = new Router<MountedRoute<State>>();

  match(pathname: string): RouteMatch<MountedRoute<State>> | null {
    return this.#router.match(pathname);
  }

  list(): { method: Method | "ALL"; pattern: string }[] {
    const routes = this.#router.entries().flatMap(({ pattern, value }) =>
      [...value.methods.keys()].map((method) => ({ method, pattern }))
    );
    return routes.sort((a, b) => `${a.pattern} ${a.method}` < `${b.pattern} ${b.method}` ? -1 : 1);
  }

  use(path: string, middlewares: Middleware<State>[]): void {
    this.scopeAt(path).middlewares.push(...middlewares);
  }

  scopeAt(place: string): Scope<State> {
    return splitPattern(place).reduce((scope, segment) => scope.child(segment), this.root);
  }

  addMethod(place: string, method: Method | "ALL", handlers: Middleware<State>[]): void {
    const pattern = patternOf(place);
    const route = this.#router.getOrAdd(pattern, () => ({
      chain: chainOf(this.root, place),
      methods: new Map(),
      config: {},
    }));
    if (route.methods.has(method)) {
      throw new Error(`Cannot mount ${method} ${pattern}: it is mounted already`);
    }
    route.methods.set(method, handlers);
  }

  addRoute(place: string, { component, handler, config = {} }: Route<State>): void {
    const add = (method: Method | "ALL", fn: HandlerFn<unknown, State> | null) =>
      this.addMethod(place, method, [
        (ctx) => answer(ctx, { handler: fn, component: component ?? null, config }),
      ]);
    if (typeof handler === "function") return add("ALL", handler);
    const byMethod = Object.entries(handler ?? {}) as [Method, HandlerFn<unknown, State>][];
    for (const [method, fn] of byMethod) add(method, fn);
    if (component !== undefined && handler?.GET === undefined) add("GET", null);
  }

  addFiles(files: FsFile[], prefix: string): void {
    for (const file of files) this.#addFile(file, prefix);
  }

  #addFile({ path, module }: FsFile, prefix: string): void {
    const { kind, place } = placeOf(path);
    const at = normalizePathname(`${prefix}/${place}`);
    const scope = kind === "route" ? this.root : this.scopeAt(at);
    const route = routeOf<State>(module);
    if (kind === "route") {
      const override = route.config?.routeOverride;
      this.addRoute(override === undefined ? at : normalizePathname(`${prefix}/${override}`), route);
    } else if (kind === "middleware") {
      scope.middlewares.push(...middlewaresOf<State>(path, module));
    } else if (kind === "layout") {
      scope.layout = { component: componentOf<State>(path, module), config: route.config ?? {} };
    } else if (kind === "app") {
      scope.app = componentOf<State>(path, module);
    } else {
      scope.errors[kind] = route;
    }
  }
}

/** Runs a handler and renders its page when it returns data. */
export async function answer<State>(
  ctx: Context<State>,
  route: {
    handler: HandlerFn<unknown, State> | null;
    component: PageComponent<unknown, State> | null;
    config: LayoutConfig;
    status?: number;
  },
): Promise<Response> {
  const result = route.handler === null ? { data: undefined } : await route.handler(ctx);
  if (result instanceof Response) return result;
  if (route.component === null) {
    throw new Error(`Cannot render "${ctx.route}": the route has no page component`);
  }
  ctx.data = result.data;
  const content = await resolveComponent(route.component, propsOf(ctx, result.data, null));
  if (content instanceof Response) return content;
  const init: ResponseInit = { status: result.status ?? route.status ?? 200 };
  if (result.headers !== undefined) init.headers = result.headers;
  return await ctx.render(h(Fragment, null, content), init, route.config);
}

function patternOf(place: string): string {
  return `/${splitPattern(place).filter((segment) => !isGroup(segment)).join("/")}`;
}

function routeOf<State>(module: FsModule): Route<State> {
  const { default: component, config } = module;
  const handler = module.handlers ?? module.handler;
  return {
    ...(typeof component === "function" ? { component: component as PageComponent<unknown, State> } : {}),
    ...(handler === undefined ? {} : { handler: handler as NonNullable<Route<State>["handler"]> }),
    ...(config === undefined ? {} : { config: config as NonNullable<Route<State>["config"]> }),
  };
}

function middlewaresOf<State>(path: string, module: FsModule): Middleware<State>[] {
  const found = module.default ?? module.handler ?? module.handlers;
  const list = Array.isArray(found) ? found : [found];
  if (!list.every((item) => typeof item === "function")) {
    throw new Error(`Cannot load "${path}": its default export is not a middleware`);
  }
  return list as Middleware<State>[];
}

function componentOf<State>(path: string, module: FsModule): PageComponent<unknown, State> {
  if (typeof module.default !== "function") {
    throw new Error(`Cannot load "${path}": it has no default component`);
  }
  return module.default as PageComponent<unknown, State>;
}
