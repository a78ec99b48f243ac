import { loadRoutes } from "@/web/fresh/internal.ts";
import { collectRouteTable, type RouteEntry } from "./route_table.ts";

/** The table of all route files, for tools and tests; the running app collects it from the files that it mounts. */
export async function loadRouteTable(): Promise<RouteEntry[]> {
  return collectRouteTable(await loadRoutes(new URL("../routes/", import.meta.url)));
}
