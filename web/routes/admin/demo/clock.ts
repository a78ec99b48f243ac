import { ok } from "@/shared/result.ts";
import { found } from "@/web/app/frame/page_context.ts";
import { define } from "@/web/app/state.ts";
import { clockForm } from "@/web/route_table/demo.ts";
import { playClock } from "@/web/services/demo/play_clock.ts";

/** A move of a day is over before the answer; a longer one is shown on its way. */
const WAIT_MS = { short: 15_000, long: 700 };

export const { handler, route } = define.action({
  input: clockForm,
  permission: "demo:control",
  summary: "Move business time",
  submit: async ({ to }, { state, call }) => {
    const demo = found(state.demo);
    const { log } = state.services;
    const { preparing } = await demo.status();
    if (preparing !== null) return ok(null);
    // The clock goes on without them.
    const afterStop = () =>
      demo.letPeopleAct().catch((error) => log.warn("demo_people_idle", { message: String(error) }));
    const started = await playClock(...call, { to, afterStop });
    // A clock that is on its way already says so on the page that one comes back to.
    if (started.ok) {
      const isLong = to === "week" || to === "month";
      await atMost(started.value.finished, isLong ? WAIT_MS.long : WAIT_MS.short);
    }
    return ok(null);
  },
  done: (_value, { input }) => input.back,
});

/** Waits for a promise, but no longer. */
async function atMost(work: Promise<void>, ms: number): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([work, late]);
  clearTimeout(timer);
}
