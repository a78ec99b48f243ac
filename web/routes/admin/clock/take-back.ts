import { Refused } from "@/web/app/refused.ts";
import { requireSession } from "@/web/app/input.ts";
import { actorOf, address } from "@/web/app/page_context.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";
import { define } from "@/web/app/state.ts";
import { takeBackFuture } from "@/web/services/billing/take_back_future.ts";

export const route: RouteEntries = {
  POST: {
    audience: "staff",
    permission: "clock:confirm",
    audit: "clock.taken_back",
    summary: "Take back the bills and cuts of days that had not come",
  },
};

export const handler = define.handlers({
  async POST(ctx) {
    const { tenantId } = requireSession(ctx.state);
    const done = await takeBackFuture(ctx.state.services, tenantId, actorOf(ctx.state));
    // Sent twice: the first has done it.
    if (!done.ok && done.code === "nothing_to_take_back") return ctx.redirect("/admin/clock", 303);
    if (!done.ok) throw new Refused(done);
    const { bills, restored } = done.value;
    const next = address("/admin/clock", {
      done: "taken_back",
      bills: String(bills),
      restored: String(restored),
    });
    return ctx.redirect(next, 303);
  },
});
