import { refused } from "@/web/app/errors/refused.ts";
import { type Middleware } from "fresh";
import type { RouteEntry } from "@/web/app/route_table.ts";
import type { AppState } from "@/web/app/state.ts";

/** Refuses methods that an address does not take, before anything else is asked; the router adds `Allow`. */
export function methodCheck(options: { table: readonly RouteEntry[] }): Middleware<AppState> {
  const byPattern = Map.groupBy(options.table, ({ pattern }) => pattern);
  return (ctx) => {
    const entries = ctx.route === null ? undefined : byPattern.get(ctx.route);
    const method = ctx.req.method === "HEAD" ? "GET" : ctx.req.method;
    if (entries === undefined || entries.some((entry) => entry.method === method)) return ctx.next();
    throw refused("method_not_allowed");
  };
}
