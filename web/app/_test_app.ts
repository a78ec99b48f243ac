import { App, type Middleware } from "fresh";
import { silentLogger } from "@/shared/log.ts";
import type { AppHandler } from "@/web/fresh/internal.ts";
import { type RunningServer, serveApp, type ServeOptions } from "./serve/serve.ts";
import type { AppState } from "./state.ts";

/** Sends one request through middlewares to a route; for the tests of this folder. */
export async function send(
  middlewares: Middleware<AppState>[],
  route: Middleware<AppState>,
  request: { path?: string; method?: string; headers?: HeadersInit; body?: BodyInit } = {},
): Promise<Response> {
  const app = new App<AppState>().use((ctx) => {
    ctx.state.log = silentLogger;
    ctx.state.requestId = "r1";
    return ctx.next();
  }, ...middlewares);
  const handler = app.all("/*", route).handler();
  const { path = "/", ...init } = request;
  return await handler(new Request(`http://linya.test${path}`, init));
}

export function ok(): Response {
  return new Response("ok");
}

/** Serves on a free loopback port with a short drain. */
export function listenOnFreePort(
  handler: AppHandler,
  signal: AbortSignal,
  options: Partial<ServeOptions> = {},
): Promise<RunningServer> {
  return serveApp(handler, {
    port: 0,
    hostname: "127.0.0.1",
    signal,
    log: silentLogger,
    drainMs: 200,
    ...options,
  });
}
