import { App, type Middleware } from "fresh";
import type { Hono } from "hono";
import type { Logger } from "@/shared/log.ts";
import type { KnownHosts } from "@/web/domain/access/mod.ts";
import { type AppHandler, type BuildCache, listRoutes, setBuildCache } from "@/web/fresh/internal.ts";
import { authorize, type AuthorizeOptions } from "./guard/authorize.ts";
import { bodyLimit } from "./serve/body_limit.ts";
import { compress } from "./serve/compress.ts";
import { errors, type ErrorsOptions } from "./errors/errors.ts";
import { hostCheck } from "./guard/host_check.ts";
import { type HonoEnv, mountHono } from "./hono.ts";
import { methodCheck } from "./guard/method_check.ts";
import { originCheck } from "./guard/origin_check.ts";
import { readableHtml } from "./serve/readable_html.ts";
import { requestId } from "./serve/request_id.ts";
import { assertRouteTable, collectRouteTable, type RouteEntry } from "./route_table.ts";
import { securityHeaders } from "./guard/security_headers.ts";
import type { AppState } from "./state.ts";
import { type StaticFiles, staticFiles } from "./serve/static_files.ts";

/** The parts of the web app. */
export interface CreateAppOptions extends Omit<AuthorizeOptions, "table">, ErrorsOptions {
  cache: BuildCache;
  /** Puts the process's parts on the state before any route runs. */
  context?: Middleware<AppState>;
  files: StaticFiles;
  log: Logger;
  /** Entries of routes that are not files. */
  table?: readonly RouteEntry[];
  /** Adds routes that are not files. */
  mount?: (app: App<AppState>) => void;
  /** API and webhooks. */
  api?: readonly Hono<HonoEnv>[];
  publicUrl?: URL;
  /** Names that the pages may be asked for under. */
  hosts: KnownHosts;
  formActions?: readonly string[];
}

/**
 * Puts the HTTP pipeline together. The order is the order of the guards.
 *
 * @throws {Error} when a mounted route is not in the route table, or the reverse
 */
export function createApp(options: CreateAppOptions): AppHandler {
  const table = [...collectRouteTable(options.cache.files), ...options.table ?? []];
  const app = new App<AppState>({ finish: readableHtml })
    .use(requestId(options))
    .use(securityHeaders(options))
    .use(compress())
    .use(errors(options))
    .use(options.context ?? ((ctx) => ctx.next()))
    .use(staticFiles(options.files))
    .use(hostCheck(options))
    .use(methodCheck({ table }))
    .use(originCheck(options))
    .use(bodyLimit())
    .use(authorize({ ...options, table }));
  setBuildCache(app, options.cache);
  app.fsRoutes();
  options.mount?.(app);
  for (const hono of options.api ?? []) mountHono(app, hono);
  assertRouteTable(listRoutes(app), table);
  return app.handler();
}
