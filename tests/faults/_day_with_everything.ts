import { uuidv7 } from "@/shared/ids.ts";
import { centavos } from "@/shared/money/mod.ts";
import { createIsp, type Isp, liveUntil, pay, todayOf } from "@/tests/billing/isp.ts";
import { out } from "@/tests/billing/outage_isp.ts";
import { buy, UNITS } from "@/tests/billing/prepaid_isp.ts";
import { setTax } from "@/tests/billing/tax_isp.ts";
import type { TestDatabase } from "@/tests/support/postgres.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { type PlayedIsp, playedOnce } from "@/tests/support/played.ts";
import { changeMode } from "@/web/services/billing/change_mode.ts";
import { changePayer } from "@/web/services/billing/change_payer.ts";
import { changePlan } from "@/web/services/billing/change_plan.ts";
import { issueCharge } from "@/web/services/billing/issue_charge.ts";
import { switchRenewal } from "@/web/services/billing/renew_prepaid.ts";
import { replacePrepaidUnits } from "@/web/store/billing/prepaid.ts";
import { planEnd } from "@/tests/billing/ends.ts";

const call = (isp: Isp) => [isp.context, isp.tenantId, isp.actor] as const;

/**
 * The morning of 1 March 2026, at the hour of cuts, before any run of it: bills with VAT, one of them with the fee for
 * coming back; a late fee; credit for an outage; a change of payer, of plan and to prepaid; an end; days that renew
 * themselves; and a cut.
 */
export function dayWithEverything(): Promise<PlayedIsp> {
  return playedOnce("the day with everything", playEverything);
}

async function playEverything(database: TestDatabase): Promise<Isp> {
  const isp = await createIsp(database, { subscribers: 8 });
  await prepare(isp);
  await liveUntil(isp, "2026-02-13T10:00");
  for (const n of [1, 2, 3, 4, 5, 6, 7]) await pay(isp, n, 1120);
  await liveUntil(isp, "2026-02-16T10:00");
  // Was cut for January: what it comes to is asked for on the next bill.
  await pay(isp, 0, 2000);
  await charge(isp, 1, "cut on the 1st");
  await liveUntil(isp, "2026-02-18T10:00");
  await charge(isp, 2, "late from the 1st");
  await out(isp, "2026-02-10T00:00", "2026-02-12T00:00");
  await agree(isp);
  await liveUntil(isp, "2026-02-28T10:00");
  isp.clock.set("2026-03-01T09:00:00+08:00");
  return isp;
}

/** The same two days later, with its cuts made and a late fee paid. */
export function afterDayWithEverything(): Promise<PlayedIsp> {
  return playedOnce("after the day with everything", async (database) => {
    const isp = await playEverything(database);
    await liveUntil(isp, "2026-03-03T10:00");
    await pay(isp, 1, 56);
    return isp;
  });
}

async function prepare(isp: Isp): Promise<void> {
  await isp.run(async (trx) => {
    await trx.updateTable("tenants").set({
      late_after_days: 3,
      late_fee_kind: "flat",
      late_fee_centavos: 5_000n,
      reconnection_fee_centavos: 10_000n,
      outage_credit: "automatic",
    }).where("id", "=", isp.tenantId).execute();
    await trx.insertInto("plans").values({
      tenant_id: isp.tenantId,
      id: secondPlan(isp),
      name: "Fiber 100",
      price_centavos: 150_000n,
      ppp_profile: "100M",
    }).execute();
    await trx.updateTable("subscriptions").set({ billing_mode: "prepaid", next_bill_on: null })
      .where("tenant_id", "=", isp.tenantId).where("id", "=", isp.subscriptionIds[7]!).execute();
    await replacePrepaidUnits(trx, isp.planId, UNITS);
  });
  await setTax(isp, "vat_exclusive");
  // 30 days from 30 January end with February.
  await liveUntil(isp, "2026-01-30T10:00");
  assertOk(await buy(isp, 7, { pesos: 560 }));
  const renewal = { subscriptionId: isp.subscriptionIds[7]!, renewsItself: true };
  assertOk(await switchRenewal(...call(isp), renewal));
}

function secondPlan(isp: Isp): string {
  return `${isp.planId.slice(0, -1)}${isp.planId.endsWith("0") ? "1" : "0"}`;
}

async function charge(isp: Isp, n: number, what: string): Promise<void> {
  assertOk(
    await issueCharge(...call(isp), {
      subscriberId: isp.subscriberIds[n]!,
      kind: "one_time",
      what,
      amountCentavos: centavos(20_000),
      subscriptionId: isp.subscriptionIds[n]!,
      billId: uuidv7(isp.clock.now().epochMilliseconds),
    }),
  );
}

/** What waits for the 1st of March. */
async function agree(isp: Isp): Promise<void> {
  const subscriptionId = (n: number) => isp.subscriptionIds[n]!;
  assertOk(
    await changePayer(...call(isp), {
      subscriptionId: subscriptionId(3),
      fromSubscriberId: isp.subscriberIds[3]!,
      to: { subscriberId: isp.subscriberIds[2]! },
      when: "next_boundary",
      unused: "keep",
      shownOn: todayOf(isp),
      once: uuidv7(isp.clock.now().epochMilliseconds),
    }),
  );
  const lastDay = Temporal.PlainDate.from("2026-02-28");
  assertOk(await planEnd(...call(isp), { subscriptionId: subscriptionId(4), lastDay, unused: "credit" }));
  assertOk(await changePlan(...call(isp), { subscriptionId: subscriptionId(5), planId: secondPlan(isp) }));
  const toPrepaid = { to: "prepaid" as const, when: "next_boundary" as const };
  assertOk(await changeMode(...call(isp), { subscriptionId: subscriptionId(6), ...toPrepaid }));
}
