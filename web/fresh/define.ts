import type { HandlerByMethod, HandlerFn, Middleware, PageComponent, RouteHandler } from "./types.ts";

/** Identity functions that give route files their types. */
export interface Define<State> {
  handlers<Data, Handlers extends RouteHandler<Data, State> = RouteHandler<Data, State>>(
    handlers: Handlers,
  ): typeof handlers;

  /** `define.page<typeof handler>(…)` takes the type of `data` from the handler. */
  page<
    // deno-lint-ignore no-explicit-any -- the handler's data type is what is being inferred
    Handler extends RouteHandler<any, State> = never,
    Data = Handler extends HandlerFn<infer D, State> ? D
      : Handler extends HandlerByMethod<infer D, State> ? D
      : never,
  >(render: PageComponent<Data, State>): PageComponent<Data, State>;

  layout(render: PageComponent<unknown, State>): PageComponent<unknown, State>;

  middleware<M extends Middleware<State> | Middleware<State>[]>(middleware: M): M;
}

/** The define functions for one state type; call it once and share the result. */
export function createDefine<State>(): Define<State> {
  return {
    handlers: (handlers) => handlers,
    page: (render) => render,
    layout: (render) => render,
    middleware: (middleware) => middleware,
  };
}
