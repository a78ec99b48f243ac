import type { RouteEntry } from "@/web/app/route_table.ts";

export const todayRoutes: readonly RouteEntry[] = [
  {
    method: "GET",
    pattern: "/admin",
    permission: "today:read",
    summary: "Today: what needs a person, and the figures of the day",
  },
];
