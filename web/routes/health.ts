import { askDatabase } from "@/web/store/db/database.ts";
import { define } from "@/web/app/state.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";

/** 200 when the database answers; otherwise the pipeline turns the failure into 503. */
export const route: RouteEntries = {
  GET: {
    audience: "public",
    permission: "public",
    summary: "Whether the process and its database work",
  },
};

export const handler = define.handlers({
  async GET(ctx) {
    await askDatabase(ctx.state.services.db);
    return ctx.json({ status: "ok" });
  },
});
