import { ownPath } from "@/web/app/own_path.ts";
import { readInput, readParams, requireSession } from "@/web/app/input.ts";
import { define } from "@/web/app/state.ts";
import { listParams, lookForm } from "@/web/route_table/lists.ts";
import { saveLook } from "@/web/services/settings/arrange_lists.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";

/** Keeps how a person wants a list, and goes back to it. */
export const route: RouteEntries = {
  POST: {
    audience: "staff",
    permission: "signed_in",
    params: listParams,
    input: lookForm,
    summary: "Keep the columns of a list and the row height",
  },
};

export const handler = define.handlers({
  async POST(ctx) {
    const { list } = readParams(ctx.state, listParams);
    const { columns, density, back } = readInput(ctx.state, lookForm);
    const { tenantId, staffUserId } = requireSession(ctx.state);
    await saveLook(ctx.state.services, tenantId, { staffUserId, list, columns, density });
    return ctx.redirect(ownPath(back) ?? "/admin", 303);
  },
});
