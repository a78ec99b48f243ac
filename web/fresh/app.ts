import type { BuildCache } from "./build_cache.ts";
import { Dispatcher } from "./dispatcher.ts";
import { normalizePathname } from "./router.ts";
import { RouteTree } from "./route_tree.ts";
import type {
  FreshConfig,
  LayoutConfig,
  Method,
  Middleware,
  PageComponent,
  ResolvedFreshConfig,
  Route,
  RouteHandler,
} from "./types.ts";

type Command<State> = (tree: RouteTree<State>, prefix: string) => void;

/** Answers requests; what `Deno.serve` takes. */
export type AppHandler = (request: Request, info?: Deno.ServeHandlerInfo) => Promise<Response>;

let setCache: <State>(app: App<State>, cache: BuildCache) => void;
let treeOf: <State>(app: App<State>) => RouteTree<State>;

/** Collects middlewares and routes; {@linkcode App.handler} makes them answer. */
// deno-lint-ignore no-explicit-any -- an app without a state type accepts every middleware, as in Fresh
export class App<State = any> {
  readonly config: ResolvedFreshConfig;
  readonly #commands: Command<State>[] = [];
  #cache: BuildCache | null = null;

  static {
    setCache = (app, cache) => app.#cache = cache;
    treeOf = (app) => app.#build();
  }

  constructor(config: FreshConfig = {}) {
    this.config = { ...config, basePath: config.basePath ?? "", mode: "production" };
  }

  /** Adds middlewares for all paths, or for a path and everything below it. */
  use(...middlewares: Middleware<State>[]): this;
  use(path: string, ...middlewares: Middleware<State>[]): this;
  use(first: string | Middleware<State>, ...rest: Middleware<State>[]): this {
    const path = typeof first === "string" ? first : "";
    const middlewares = typeof first === "string" ? rest : [first, ...rest];
    return this.#add((tree, prefix) => tree.use(prefix + withoutStar(path), middlewares));
  }

  get(path: string, ...middlewares: Middleware<State>[]): this {
    return this.#method("GET", path, middlewares);
  }
  post(path: string, ...middlewares: Middleware<State>[]): this {
    return this.#method("POST", path, middlewares);
  }
  patch(path: string, ...middlewares: Middleware<State>[]): this {
    return this.#method("PATCH", path, middlewares);
  }
  put(path: string, ...middlewares: Middleware<State>[]): this {
    return this.#method("PUT", path, middlewares);
  }
  delete(path: string, ...middlewares: Middleware<State>[]): this {
    return this.#method("DELETE", path, middlewares);
  }
  head(path: string, ...middlewares: Middleware<State>[]): this {
    return this.#method("HEAD", path, middlewares);
  }
  /** Handles every method. */
  all(path: string, ...middlewares: Middleware<State>[]): this {
    return this.#method("ALL", path, middlewares);
  }

  /** Adds a page: what a route file exports, by hand. */
  route(path: string, route: Route<State>): this {
    return this.#add((tree, prefix) => tree.addRoute(join(prefix, path), route));
  }

  layout(path: string, component: PageComponent<unknown, State>, config: LayoutConfig = {}): this {
    return this.#add((tree, prefix) =>
      tree.scopeAt(join(prefix, withoutStar(path))).layout = { component, config }
    );
  }

  appWrapper(component: PageComponent<unknown, State>): this {
    return this.#add((tree, prefix) => tree.scopeAt(prefix).app = component);
  }

  /** The page for addresses without a route. */
  notFound(route: Route<State> | Middleware<State>): this {
    return this.#add((tree, prefix) => tree.scopeAt(prefix).errors.notFound = asRoute(route));
  }

  /** The page for errors below a path. */
  onError(path: string, route: Route<State> | Middleware<State>): this {
    return this.#add((tree, prefix) =>
      tree.scopeAt(join(prefix, withoutStar(path))).errors.any = asRoute(route)
    );
  }

  /** Adds the route files of the build cache. */
  fsRoutes(pattern = "*"): this {
    return this.#add((tree, prefix) => {
      if (this.#cache === null) throw new Error("Cannot add file routes: no build cache is set");
      tree.addFiles(this.#cache.files, join(prefix, withoutStar(pattern)));
    });
  }

  /** Adds everything of another app below a path. */
  mountApp(path: string, app: App<State>): this {
    const inner = app.#commands;
    return this.#add((tree, prefix) => inner.forEach((run) => run(tree, join(prefix, withoutStar(path)))));
  }

  /** The function that answers requests. Routes added afterwards are not seen by it. */
  handler(): AppHandler {
    const dispatcher = new Dispatcher(this.#build(), this.config, this.#cache?.bundle ?? null);
    return (request, info) => dispatcher.handle(request, info);
  }

  #build(): RouteTree<State> {
    const tree = new RouteTree<State>();
    for (const run of this.#commands) run(tree, this.config.basePath);
    return tree;
  }

  #method(method: Method | "ALL", path: string, middlewares: Middleware<State>[]): this {
    return this.#add((tree, prefix) => tree.addMethod(join(prefix, path), method, middlewares));
  }

  #add(command: Command<State>): this {
    this.#commands.push(command);
    return this;
  }
}

/** Gives an app its route files and islands, before {@linkcode App.handler} is called. */
export function setBuildCache<State>(app: App<State>, cache: BuildCache): void {
  setCache(app, cache);
}

/** Every mounted method and pattern, in a stable order. `ALL` stands for a handler of every method. */
export function listRoutes<State>(app: App<State>): { method: Method | "ALL"; pattern: string }[] {
  return treeOf(app).list();
}

function join(prefix: string, path: string): string {
  return normalizePathname(`${prefix}/${path}`);
}

function withoutStar(path: string): string {
  return path.replace(/\/?\*$/, "");
}

function asRoute<State>(route: Route<State> | Middleware<State>): Route<State> {
  return typeof route === "function" ? { handler: route as RouteHandler<unknown, State> } : route;
}
