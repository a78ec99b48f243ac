import { Cashier } from "@/tests/support/cashier.ts";
import { TEST_OWNER, TestStack } from "@/tests/support/stack.ts";
import { until } from "@/tests/support/until.ts";
import type { Scenario } from "../row.ts";

const ROUNDS = 3;
const GOAL_SECONDS = 35;
const PRICE = "5000.00";
/** The link dies in the middle of the first sentence of whatever is answered next. */
const BYTES_BEFORE_SILENCE = 3;

/** A link that goes silent in the middle of an answer; somebody pays; the router would take a new connection. */
export const routerOsSilentLink: Scenario = {
  name: "routeros_silent_link",
  what: "from a payment on a link that just went silent until the payer is on again",
  async run() {
    await using provider = await TestStack.start({ secrets: 60 });
    const { runId, names, day } = await provider.nextCutList();
    await provider.goTo(day, "12:00");
    await provider.cut(runId);
    await provider.untilConverged();
    const cashier = await Cashier.signIn(provider.stack.url, TEST_OWNER);
    const lines = provider.lines.filter(({ name }) => names.includes(name)).slice(0, ROUNDS);
    const seconds: number[] = [];
    for (const line of lines) {
      const { sim } = provider.router;
      sim.silentAfterBytes(BYTES_BEFORE_SILENCE);
      const startedAt = performance.now();
      const payment = { subscriberId: line.subscriberId, pesos: PRICE, key: crypto.randomUUID() };
      await cashier.pay(payment, day);
      await until(() => sim.isDisabled(line.name) === false, { timeoutMs: 180_000, what: "the payer is on" });
      seconds.push((performance.now() - startedAt) / 1_000);
      sim.silentAfterBytes(null);
      await provider.untilConverged();
    }
    return [toRow(seconds)];
  },
};

function toRow(seconds: readonly number[]) {
  const worst = Math.max(...seconds);
  return {
    row: "routeros_silent_link",
    unit: "s" as const,
    ours: worst,
    floor: null,
    peer: null,
    ratio: null,
    goal: `under ${GOAL_SECONDS} s, every time`,
    met: worst < GOAL_SECONDS,
    note: `the slowest of ${seconds.map((one) => one.toFixed(1)).join(" ")} s`,
  };
}
