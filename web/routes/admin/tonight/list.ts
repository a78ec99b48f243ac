import { Refused } from "@/web/app/errors/refused.ts";
import { requireSession } from "@/web/app/form/input.ts";
import { define } from "@/web/app/state.ts";
import { planCutRun } from "@/web/services/cuts/plan_cut_run.ts";
import { actorOf, address, momentOf } from "@/web/app/frame/page_context.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";

/** Makes a list by hand for those who became due after the day's run; running it is asked for on the next page. */
export const route: RouteEntries = {
  POST: {
    audience: "staff",
    permission: "cut_run:run",
    summary: "Make a list of who may be cut now, after the day's run",
  },
};

export const handler = define.handlers({
  async POST(ctx) {
    const { tenantId } = requireSession(ctx.state);
    const { today: businessOn } = momentOf(ctx.state);
    const plan = await planCutRun(ctx.state.services, tenantId, actorOf(ctx.state), {
      businessOn,
      trigger: "manual",
    });
    if (!plan.ok) throw new Refused(plan);
    if (plan.value.rows === 0) return ctx.redirect(address("/admin/tonight", { done: "nothing_due" }), 303);
    return ctx.redirect(address("/admin/tonight/run", { run: plan.value.runId }), 303);
  },
});
