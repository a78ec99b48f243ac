import type { App, Middleware } from "fresh";
import type { Hono } from "hono";
import type { AppState } from "./state.ts";

/** Hono apps of ours: the request's state is their environment (`c.env.session`). */
export interface HonoEnv {
  Bindings: AppState;
}

/**
 * Mounts every route of a Hono app one by one, so that the route table lists and guards each of them like a page.
 * Routes for all methods are Hono's middlewares and run inside its own `fetch`.
 */
export function mountHono(app: App<AppState>, hono: Hono<HonoEnv>): void {
  const forward: Middleware<AppState> = (ctx) => hono.fetch(new Request(ctx.url, ctx.req), ctx.state);
  const mounted = new Set<string>();
  for (const { method, path } of hono.routes) {
    const key = `${method} ${path}`;
    if (method === "ALL" || mounted.has(key)) continue;
    mounted.add(key);
    if (method === "GET") app.get(path, forward);
    else if (method === "POST") app.post(path, forward);
    else throw new Error(`Cannot mount ${key}: the route table lists GET and POST only`);
  }
}
