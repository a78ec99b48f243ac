import { requireSession } from "@/web/app/input.ts";
import { define } from "@/web/app/state.ts";
import { dismissChecklist } from "@/web/services/settings/setup_steps.ts";
import { actorOf } from "@/web/app/page_context.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";

/** Takes the checklist off Today. */
export const route: RouteEntries = {
  POST: {
    audience: "staff",
    permission: "settings:write",
    audit: "setup.checklist_dismissed",
    summary: "Take the checklist off Today",
  },
};

export const handler = define.handlers({
  async POST(ctx) {
    await dismissChecklist(ctx.state.services, requireSession(ctx.state).tenantId, actorOf(ctx.state));
    return ctx.redirect("/admin?done=checklist_dismissed", 303);
  },
});
