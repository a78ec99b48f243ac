import { HttpError } from "fresh";
import { readInput, requireSession } from "@/web/app/input.ts";
import { withMove } from "@/web/app/clock_move.ts";
import { define } from "@/web/app/state.ts";
import { clockForm } from "@/web/route_table/demo.ts";
import { advanceBusinessTime } from "@/web/services/advance_business_time.ts";

export const handler = define.handlers({
  async POST(ctx) {
    if (ctx.state.demo === null) throw new HttpError(404);
    const { to, back } = readInput(ctx.state, clockForm);
    const { tenantId, staffName, staffUserId } = requireSession(ctx.state);
    const actor = { label: staffName, staffUserId };
    const moved = await advanceBusinessTime(ctx.state.services, tenantId, actor, { to });
    return ctx.redirect(moved.ok ? withMove(back, moved.value.days) : back, 303);
  },
});
