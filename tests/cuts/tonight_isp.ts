import { createIsp, type Isp, type IspOptions, liveUntil, pay } from "@/tests/billing/isp.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { type PlayedIsp, playedOnce } from "@/tests/support/played.ts";
import type { TestDatabase } from "@/tests/support/postgres.ts";
import { excludeFromRun } from "@/web/services/cuts/exclude_from_run.ts";
import { holdSubscription } from "@/web/services/cuts/hold_subscription.ts";
import { connectAgent } from "@/tests/support/agent_presence.ts";

/** The morning of the first cut: bills of 1 February were due on the 8th, grace ended on the 13th. */
export const MORNING = "2026-02-14T08:00:00";
/** The day of that run. */
export const DAY = "2026-02-14";

/** {@linkcode createMorning}, played once for all tests. */
export function playedMorning(options: IspOptions = {}): Promise<PlayedIsp> {
  return playedOnce(
    `morning of a cut run ${JSON.stringify(options)}`,
    (database) => createMorning(database, options),
  );
}

/**
 * Twelve subscribers on the morning of a cut run, its list made: 0 to 5 are on it, 6 is held until the 20th, 7 is
 * excluded that day, 8 is never cut, 9 owes less than the minimum, 10 and 11 have paid.
 */
export async function createMorning(database: TestDatabase, options: IspOptions = {}): Promise<Isp> {
  const isp = await createIsp(database, { subscribers: 12, priceCentavos: 149_900, ...options });
  await liveUntil(isp, "2026-02-13T10:00:00");
  const [held, excluded, exempt] = [6, 7, 8].map((n) => isp.subscriptionIds[n]!);
  const day = Temporal.PlainDate.from;
  assertOk(
    await holdSubscription(isp.context, isp.tenantId, isp.actor, {
      subscriptionId: held!,
      untilOn: day("2026-02-20"),
      reason: "Promised to pay on payday",
    }),
  );
  assertOk(
    await excludeFromRun(isp.context, isp.tenantId, isp.actor, {
      subscriptionId: excluded!,
      businessOn: day(DAY),
      reason: "Line was down for a week",
    }),
  );
  await isp.run((trx) =>
    trx.updateTable("subscriptions").set({ is_exempt: true }).where("tenant_id", "=", isp.tenantId)
      .where("id", "=", exempt!).execute()
  );
  await pay(isp, 9, 1498.5);
  await pay(isp, 10, 1499);
  await pay(isp, 11, 1499);
  await liveUntil(isp, MORNING);
  return isp;
}

/** The agent of the first site is connected, and its routers answer; router 0 as it is said. */
export async function showRouters(
  isp: Isp,
  first: { question?: string; remarks?: string; status?: "wrong_router" },
) {
  const now = isp.clock.now();
  await isp.run(async (trx) => {
    await connectAgent(trx, isp);
    for (const [i, routerId] of isp.routerIds.entries()) {
      await trx.updateTable("routers").set({ status: "online", status_at: now, ...(i === 0 ? first : {}) })
        .where("tenant_id", "=", isp.tenantId).where("id", "=", routerId).execute();
    }
  });
}
