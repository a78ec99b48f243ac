import { refused } from "@/web/app/refused.ts";
import { readInput, requireSession } from "@/web/app/input.ts";
import { actorOf } from "@/web/app/page_context.ts";
import { define } from "@/web/app/state.ts";
import { clockForm } from "@/web/route_table/demo.ts";
import { playClock } from "@/web/services/demo/play_clock.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";

/** A move of a day is over before the answer; a longer one is shown on its way. */
const WAIT_MS = { short: 15_000, long: 700 };

export const route: RouteEntries = {
  POST: {
    audience: "staff",
    permission: "demo:control",
    input: clockForm,
    summary: "Move business time",
  },
};

export const handler = define.handlers({
  async POST(ctx) {
    if (ctx.state.demo === null) throw refused("not_found");
    const { to, back } = readInput(ctx.state, clockForm);
    const { tenantId } = requireSession(ctx.state);
    const actor = actorOf(ctx.state);
    const { demo, services } = ctx.state;
    const { preparing } = await demo.status();
    if (preparing !== null) return ctx.redirect(back, 303);
    // The clock goes on without them.
    const afterStop = () =>
      demo.letPeopleAct().catch((error) => services.log.warn("demo_people_idle", { message: String(error) }));
    const started = await playClock(services, tenantId, actor, { to, afterStop });
    if (started.ok) {
      const isLong = to === "week" || to === "month";
      await atMost(started.value.finished, isLong ? WAIT_MS.long : WAIT_MS.short);
    }
    return ctx.redirect(back, 303);
  },
});

/** Waits for a promise, but no longer. */
async function atMost(work: Promise<void>, ms: number): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([work, late]);
  clearTimeout(timer);
}
