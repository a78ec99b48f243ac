import assert from "node:assert/strict";
import type { Centavos } from "@/shared/money/mod.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { assertOk, assertRefused } from "@/tests/support/expect.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { switchRenewal } from "@/web/services/billing/renew_prepaid.ts";
import { changePlan } from "@/web/services/billing/change_plan.ts";
import { reviewPlanNow } from "@/web/services/billing/review_plan_now.ts";
import { type EndInput, reviewEnd } from "@/web/services/billing/review_end.ts";
import { resumeSubscription, suspendSubscription } from "@/web/services/cuts/suspend_subscription.ts";
import { endConnection } from "@/web/services/subscribers/end_connection.ts";
import { findSubscriberBalance } from "@/web/store/billing/ledger.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { lockSubscription } from "@/web/store/subscribers/subscriptions.ts";
import { assertBooksHold, createIsp, type Isp, liveUntil, pay, todayOf } from "./isp.ts";
import { buy, createPrepaidIsp } from "./prepaid_isp.ts";
import { balanceOn, setTax, taxedBills } from "./tax_isp.ts";

const day = Temporal.PlainDate.from;

async function changeNow(
  isp: Isp,
  n: number,
  { planId, netNowCentavos }: { planId: string; netNowCentavos: Centavos },
): Promise<void> {
  const request = { subscriptionId: isp.subscriptionIds[n]!, planId, today: { netNowCentavos } };
  assertOk(await changePlan(isp.context, isp.tenantId, isp.actor, request));
}

async function creditOf(isp: Isp, n: number): Promise<bigint> {
  return (await isp.run((trx) => findSubscriberBalance(trx, isp.subscriberIds[n]!))).creditCentavos;
}

Deno.test("a purchase up front is paid with the VAT on top, and renews itself only from credit for both", async () => {
  await using database = await createTestDatabase();
  const isp = await createPrepaidIsp(database);
  await setTax(isp, "vat_exclusive");
  assert.match(assertRefused(await buy(isp, 0, { pesos: 500 }), "prepaid_short"), /60\.00/);
  assertOk(await buy(isp, 0, { pesos: 560 }));
  assert.deepEqual(await taxedBills(isp, 0), ["prepaid 2026-01-01 vat_exclusive 50000 + 6000 = 56000"]);
  const renewal = { subscriptionId: isp.subscriptionIds[0]!, renewsItself: true };
  assertOk(await switchRenewal(isp.context, isp.tenantId, isp.actor, renewal));
  await pay(isp, 0, 559);
  await liveUntil(isp, "2026-02-01T10:00");
  assert.equal((await taxedBills(isp, 0)).length, 1, "a peso short");
  await pay(isp, 0, 1);
  assert.equal((await taxedBills(isp, 0)).length, 2);
  await assertBooksHold(isp);
});

/** A provider that bills in advance, with VAT on top, and a first month that was paid. */
async function inAdvance(database: Parameters<typeof createIsp>[0], subscribers: number): Promise<Isp> {
  const options = { subscribers, start: "2026-05-20T00:00:00+08:00", priceCentavos: 100_000 };
  const isp = await createIsp(database, options);
  await isp.run(async (trx) => {
    await trx.updateTable("tenants").set({ bill_timing: "advance", suspended_policy: "skip" })
      .where("id", "=", trx.tenantId).execute();
    await trx.updateTable("subscriptions").set({
      bill_timing: "advance",
      activated_on: day("2026-06-01"),
      next_bill_on: day("2026-06-01"),
    }).where("tenant_id", "=", trx.tenantId).execute();
  });
  await setTax(isp, "vat_exclusive");
  await liveUntil(isp, "2026-06-01T10:00");
  for (const n of isp.subscriberIds.keys()) await pay(isp, n, 1120);
  return isp;
}

Deno.test("unused days are given back with the VAT that was on them, and the last bill has its own", async () => {
  await using database = await createTestDatabase();
  const isp = await inAdvance(database, 2);
  await liveUntil(isp, "2026-06-15T10:00");
  const input: EndInput = { lastDay: day("2026-06-15"), unused: "credit" };
  const review = assertOk(
    await isp.run(async (trx) => {
      const connection = (await lockSubscription(trx, isp.subscriptionIds[0]!))!;
      return await reviewEnd(trx, { tenant: await getTenant(trx), today: todayOf(isp) }, connection, input);
    }),
  );
  assert.deepEqual([review.creditCentavos, review.refundableCentavos], [56000n, 56000n]);
  assertOk(
    await endConnection(isp.context, isp.tenantId, isp.actor, {
      ...input,
      subscriptionId: isp.subscriptionIds[0]!,
      netCentavos: review.netCentavos,
    }),
  );
  assert.equal(await creditOf(isp, 0), 56000n);
  assert.equal(await balanceOn(isp, "vat_payable"), -(2n * 12000n - 6000n));
  await assertBooksHold(isp);
});

Deno.test("a plan that changes inside of a paid month gives back and asks for the VAT of the difference", async () => {
  await using database = await createTestDatabase();
  const isp = await inAdvance(database, 2);
  const plans = [uuidv7(1), uuidv7(2)] as const;
  await isp.run((trx) =>
    trx.insertInto("plans").values([50_000n, 200_000n].map((price, i) => ({
      tenant_id: isp.tenantId,
      id: plans[i]!,
      name: `Fiber ${i}`,
      price_centavos: price,
    }))).execute()
  );
  await liveUntil(isp, "2026-06-16T10:00");
  const change = async (n: number, planId: string) => {
    const { netNowCentavos } = await isp.run(async (trx) =>
      await reviewPlanNow(
        trx,
        { tenant: await getTenant(trx), today: todayOf(isp) },
        (await lockSubscription(trx, isp.subscriptionIds[n]!))!,
        { planId, keepsOwnPrice: false },
      )
    );
    return { planId, netNowCentavos };
  };
  const cheaper = await change(0, plans[0]);
  assert.equal(cheaper.netNowCentavos, -28000n);
  await changeNow(isp, 0, cheaper);
  assert.equal(await creditOf(isp, 0), 28000n);
  assert.equal(await balanceOn(isp, "vat_payable"), -(24000n - 3000n));
  const dearer = await change(1, plans[1]);
  assert.equal(dearer.netNowCentavos, 56000n);
  await changeNow(isp, 1, dearer);
  assert.equal((await taxedBills(isp, 1)).at(-1), "debit_memo 2026-06-16 vat_exclusive 50000 + 6000 = 56000");
  await assertBooksHold(isp);
});

Deno.test("suspended days that were paid with VAT come off the next bill at their price, not twice taxed", async () => {
  await using database = await createTestDatabase();
  const isp = await inAdvance(database, 1);
  const call = [isp.context, isp.tenantId, isp.actor] as const;
  const hold = { subscriptionId: isp.subscriptionIds[0]!, reason: "vacation" as const, note: "Away" };
  await liveUntil(isp, "2026-06-11T10:00");
  assertOk(await suspendSubscription(...call, hold));
  await liveUntil(isp, "2026-06-14T10:00");
  assertOk(await resumeSubscription(...call, hold));
  await liveUntil(isp, "2026-07-01T10:00");
  assert.equal(
    (await taxedBills(isp, 0)).at(-1),
    "recurring 2026-07-01 vat_exclusive 90000 + 10800 = 100800",
  );
  await assertBooksHold(isp);
});
