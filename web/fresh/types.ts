import type { ComponentChildren } from "preact";
import type { Context } from "./context.ts";

/** Request methods that a route may handle. */
export type Method = "GET" | "POST" | "PATCH" | "PUT" | "DELETE" | "HEAD" | "OPTIONS";

/** Runs before the route; answers itself or returns `ctx.next()`. */
export type Middleware<State> = (ctx: Context<State>) => Response | Promise<Response>;

/** Another name of {@linkcode Middleware}. */
export type MiddlewareFn<State> = Middleware<State>;

/** What a handler returns when the page component shall be rendered with `data`. */
export interface PageResponse<T> {
  data: T;
  headers?: HeadersInit | undefined;
  status?: number | undefined;
}

/** Handles one method, or all methods when exported on its own. */
export interface HandlerFn<Data, State> {
  (ctx: Context<State>): Response | PageResponse<Data> | Promise<Response | PageResponse<Data>>;
}

/** One handler per method; HEAD is served by GET. */
export type HandlerByMethod<Data, State> = { [M in Method]?: HandlerFn<Data, State> };

/** A route file's `handler` or `handlers` export. */
export type RouteHandler<Data, State> = HandlerFn<Data, State> | HandlerByMethod<Data, State>;

/** The data type that a route handler gives to its page. */
export type RouteData<Handler extends RouteHandler<unknown, unknown>> = Handler extends
  RouteHandler<infer Data, unknown> ? Data : never;

/** What pages, layouts and the app wrapper receive. `Component` is the content they wrap. */
export type PageProps<Data = unknown, State = unknown> =
  & Pick<
    Context<State>,
    "config" | "url" | "req" | "params" | "info" | "state" | "error" | "route" | "Component"
  >
  & { data: Data };

/** A page, layout or app wrapper. It may be async; components below it may not. */
export type PageComponent<Data, State> = (
  props: PageProps<Data, State>,
) => ComponentChildren | Response | Promise<ComponentChildren | Response>;

/** A layout file's `config` export. */
export interface LayoutConfig {
  /** Leave out the layouts of the folders above. @default {false} */
  skipInheritedLayouts?: boolean;
  /** Leave out `_app.tsx`. @default {false} */
  skipAppWrapper?: boolean;
}

/** A route file's `config` export. */
export interface RouteConfig extends LayoutConfig {
  /** Answer at this pattern instead of the one that the file's place gives. */
  routeOverride?: string;
}

/** A programmatic route: the parts that a route file exports. */
export interface Route<State> {
  component?: PageComponent<unknown, State>;
  handler?: RouteHandler<unknown, State>;
  config?: RouteConfig;
}

/** Settings of an {@linkcode App}. */
export interface FreshConfig {
  /** Path that every route is mounted below. @default {""} */
  basePath?: string;
  /** The last that is done to the document of a page before it is sent. @default nothing */
  finish?: (html: string) => string;
}

/** {@linkcode FreshConfig} with its defaults filled in. */
export interface ResolvedFreshConfig {
  readonly basePath: string;
  readonly mode: "development" | "production";
  readonly finish?: (html: string) => string;
}

/** Render the page component with `data`, optionally with another status or more headers. */
export function page<T>(data: T, options?: { headers?: HeadersInit; status?: number }): PageResponse<T>;
export function page(): PageResponse<undefined>;
export function page<T>(
  data?: T,
  options: { headers?: HeadersInit; status?: number } = {},
): PageResponse<T | undefined> {
  return { data, headers: options.headers, status: options.status };
}
