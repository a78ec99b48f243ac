import { Context } from "./context.ts";
import { HttpError } from "./error.ts";
import type { IslandBundle } from "./islands.ts";
import { answer, type MountedRoute, type RouteTree } from "./route_tree.ts";
import { normalizePathname, splitPath } from "./router.ts";
import { chainOfPath, layoutsOf, type Scope, type ScopeChain } from "./scope.ts";
import type { Method, Middleware, ResolvedFreshConfig, Route } from "./types.ts";

const NO_CONNECTION: Deno.ServeHandlerInfo = {
  remoteAddr: { transport: "tcp", hostname: "127.0.0.1", port: 0 },
  completed: Promise.resolve(),
};

/** Matches a request, runs its guards from root to leaf, then its route. */
export class Dispatcher<State> {
  readonly #tree: RouteTree<State>;
  readonly #config: ResolvedFreshConfig;
  readonly #bundle: IslandBundle | null;

  constructor(tree: RouteTree<State>, config: ResolvedFreshConfig, bundle: IslandBundle | null) {
    this.#tree = tree;
    this.#config = config;
    this.#bundle = bundle;
  }

  async handle(req: Request, info: Deno.ServeHandlerInfo = NO_CONNECTION): Promise<Response> {
    const url = new URL(req.url);
    url.pathname = normalizePathname(url.pathname);
    const match = this.#tree.match(url.pathname);
    const chain = match?.value.chain ?? chainOfPath(this.#tree.root, splitPath(url.pathname) ?? []);
    const { app, layouts } = layoutsOf(chain.folders);
    const ctx: Context<State> = new Context<State>({
      req,
      url,
      info,
      route: match?.pattern ?? null,
      params: match?.params ?? {},
      config: this.#config,
      internals: {
        app,
        layouts,
        bundle: this.#bundle,
        renderError: (error, status) => renderError(ctx, chain, error, status),
      },
    });
    const handlers = handlersFor(match?.value ?? null, req.method);
    const guards = chain.guards.flatMap((scope) => scope.middlewares);
    const response = await runOrFail(ctx, [...guards, ...handlers]);
    if (response.status === 405 && match !== null) response.headers.set("allow", allowOf(match.value));
    return req.method === "HEAD" ? withoutBody(response) : response;
  }
}

/** Renders the nearest error page for a status, or null when there is none. */
async function renderError<State>(
  ctx: Context<State>,
  chain: ScopeChain<State>,
  error: unknown,
  status: number,
): Promise<Response | null> {
  for (let depth = chain.folders.length; depth > 0; depth--) {
    const route = errorRouteOf(chain.folders[depth - 1], status);
    if (route === undefined) continue;
    // The error page belongs to its own folder: layouts further in may be what failed.
    Object.assign(Context.internalsOf(ctx), layoutsOf(chain.folders.slice(0, depth)));
    ctx.error = error;
    const { handler, component, config = {} } = route;
    const fn = typeof handler === "function" ? handler : handler?.GET ?? null;
    return await answer(ctx, { handler: fn, component: component ?? null, config, status });
  }
  return null;
}

function errorRouteOf<State>(scope: Scope<State> | undefined, status: number): Route<State> | undefined {
  if (status === 404 && scope?.errors.notFound !== undefined) return scope.errors.notFound;
  if (status >= 500 && scope?.errors.server !== undefined) return scope.errors.server;
  return scope?.errors.any;
}

async function runOrFail<State>(ctx: Context<State>, chain: Middleware<State>[]): Promise<Response> {
  try {
    return await run(ctx, chain, 0);
  } catch (error) {
    const status = error instanceof HttpError ? error.status : 500;
    // deno-lint-ignore linya/no-console -- as in Fresh, for apps without a middleware that logs errors
    if (status >= 500) console.error(error);
    const rendered = await Context.internalsOf(ctx).renderError(error, status);
    return rendered ??
      new Response(error instanceof HttpError ? error.message : "Internal error", { status });
  }
}

async function run<State>(ctx: Context<State>, chain: Middleware<State>[], index: number): Promise<Response> {
  const middleware = chain[index];
  if (middleware === undefined) throw new Error("Cannot call next: the route is the last handler");
  const outer = ctx.next;
  ctx.next = () => run(ctx, chain, index + 1);
  try {
    return await middleware(ctx);
  } finally {
    ctx.next = outer;
  }
}

function handlersFor<State>(route: MountedRoute<State> | null, method: string): Middleware<State>[] {
  if (route === null) return [() => Promise.reject(new HttpError(404, "Not found"))];
  const { methods } = route;
  const own = methods.get(method as Method) ?? methods.get("ALL");
  const handlers = own ?? (method === "HEAD" ? methods.get("GET") : undefined);
  return handlers ?? [() => Promise.reject(new HttpError(405, "Method not allowed"))];
}

function allowOf<State>({ methods }: MountedRoute<State>): string {
  const names = new Set<string>(methods.keys());
  if (names.has("GET")) names.add("HEAD");
  return [...names].sort().join(", ");
}

async function withoutBody(response: Response): Promise<Response> {
  await response.body?.cancel();
  return new Response(null, response);
}
