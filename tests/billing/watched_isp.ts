import assert from "node:assert/strict";
import { assertOk } from "@/tests/support/expect.ts";
import type { createTestDatabase } from "@/tests/support/postgres.ts";
import type { MachineTime } from "@/web/services/context.ts";
import { runDueDays } from "@/web/services/billing/run_due_days.ts";
import { confirmClock, watchClock } from "@/web/services/billing/watch_clock.ts";
import { passIdleDays } from "./idle_days.ts";
import { createIsp, type Isp, type IspOptions, nextRun } from "./isp.ts";

/** An ISP whose machine counts on its own, whatever the clock says. */
export interface Watched extends Isp {
  machine: MachineTime & { seconds: number; bootId: string };
}

/** The same, with a machine that has run for a while. */
export async function createWatched(
  database: Awaited<ReturnType<typeof createTestDatabase>>,
  options: IspOptions = {},
): Promise<Watched> {
  const isp = await createIsp(database, options);
  const machine = { bootId: "boot-1", seconds: 1000, uptimeSeconds: () => machine.seconds };
  return { ...isp, context: { ...isp.context, machine }, machine };
}

/** The scheduler's minute: it looks at the clock first. */
export async function minute(isp: Watched): Promise<boolean> {
  const { isBelieved } = await watchClock(isp.context, isp.tenantId);
  if (isBelieved) assertOk(await runDueDays(isp.context, isp.tenantId, isp.actor));
  return isBelieved;
}

/** Time that really passes: the clock and the machine agree, and the scheduler looks at both before each hour's runs. */
export async function livesUntil(isp: Watched, local: string): Promise<void> {
  const target = Temporal.PlainDateTime.from(local).toZonedDateTime(isp.zone);
  const pass = async (move: () => Promise<void> | void) => {
    const begun = isp.clock.now();
    await move();
    isp.machine.seconds += isp.clock.now().since(begun).total("seconds");
  };
  while (true) {
    if (nextRun(isp).hour === 0) {
      await pass(() => passIdleDays(isp, target.toPlainDate(), { isWatched: true }));
    }
    const next = nextRun(isp);
    const isOver = Temporal.ZonedDateTime.compare(next, target) > 0;
    await pass(() => isp.clock.set((isOver ? target : next).toInstant()));
    await minute(isp);
    if (isOver) return;
  }
}

/** The clock is set to another time within a second. */
export function jumpTo(isp: Watched, local: string): void {
  isp.clock.set(Temporal.PlainDateTime.from(local).toZonedDateTime("Asia/Manila").toInstant());
  isp.machine.seconds += 1;
}

/** A person who is wrong confirms the clock, and it runs for a while. */
export async function believeWrongly(isp: Watched, until: string): Promise<void> {
  assert.equal(await minute(isp), false);
  assertOk(await confirmClock(isp.context, isp.tenantId, isp.actor, { saidAt: isp.clock.now() }));
  await livesUntil(isp, until);
}

/** The clock is right again, and a person says so. */
export async function comeBack(isp: Watched, local: string): Promise<void> {
  jumpTo(isp, local);
  assert.equal(await minute(isp), false, "a clock that goes back is doubted");
  assertOk(await confirmClock(isp.context, isp.tenantId, isp.actor, { saidAt: isp.clock.now() }));
}
