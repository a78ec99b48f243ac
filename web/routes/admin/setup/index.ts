import { define } from "@/web/app/state.ts";
import { nextSetupStep, setupStates } from "@/web/domain/settings/mod.ts";
import { readSetupFacts, setupProgressOf } from "@/web/store/settings/setup_progress.ts";
import { momentOf, readPage } from "@/web/app/frame/page_context.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";

/** The set-up goes on where it was left; when nothing is left, Today. */
export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "settings:write",
    summary: "Leads to the step where the set-up goes on",
  },
};

export const handler = define.handlers({
  async GET(ctx) {
    const { tenant } = momentOf(ctx.state);
    const facts = await readPage(ctx.state, (trx) => readSetupFacts(trx, tenant));
    const next = nextSetupStep(setupStates(setupProgressOf(tenant), facts));
    return ctx.redirect(next === null ? "/admin" : `/admin/setup/${next}`, 303);
  },
});
