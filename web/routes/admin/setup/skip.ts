import { readInput, requireSession } from "@/web/app/input.ts";
import { define } from "@/web/app/state.ts";
import { stepAfter } from "@/web/domain/settings/mod.ts";
import { skipForm } from "@/web/route_table/settings.ts";
import { skipSetupStep } from "@/web/services/settings/setup_steps.ts";
import { actorOf } from "@/web/app/page_context.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";

/** Leaves a step for later and goes to the next one. */
export const route: RouteEntries = {
  POST: {
    audience: "staff",
    permission: "settings:write",
    input: skipForm,
    summary: "Set-up: leave a step for later",
  },
};

export const handler = define.handlers({
  async POST(ctx) {
    const { step } = readInput(ctx.state, skipForm);
    await skipSetupStep(ctx.state.services, requireSession(ctx.state).tenantId, actorOf(ctx.state), { step });
    const next = stepAfter(step);
    return ctx.redirect(next === null ? "/admin" : `/admin/setup/${next}`, 303);
  },
});
