import { define } from "@/web/app/state.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";

/** The settings open at their first section. */
export const route: RouteEntries = {
  GET: { audience: "staff", permission: "settings:read", summary: "Leads to the first section" },
};

export const handler = define.handlers({
  GET: (ctx) => ctx.redirect("/admin/settings/company", 303),
});
