import { define } from "@/web/app/state.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";

export const route: RouteEntries = {
  GET: { audience: "public", permission: "public", summary: "Leads to the admin" },
};

export const handler = define.handlers({ GET: (ctx) => ctx.redirect("/admin", 303) });
