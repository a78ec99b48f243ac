import assert from "node:assert/strict";
import { type Centavos, centavos } from "@/shared/money/mod.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { assertOk, assertRefused } from "@/tests/support/expect.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { switchRenewal } from "@/web/services/billing/renew_prepaid.ts";
import { changePlan } from "@/web/services/billing/change_plan.ts";
import { reviewPlanNow } from "@/web/services/billing/review_plan_now.ts";
import { type EndInput, reviewEnd } from "@/web/services/billing/review_end.ts";
import { resumeSubscription, suspendSubscription } from "@/web/services/cuts/suspend_subscription.ts";
import { changeMode } from "@/web/services/billing/change_mode.ts";
import { changePayer } from "@/web/services/billing/change_payer.ts";
import { voidBill } from "@/web/services/billing/void_bill.ts";
import { issueMemo } from "@/web/services/payments/issue_memo.ts";
import { findSubscriberBalance } from "@/web/store/billing/ledger.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { lockSubscription } from "@/web/store/subscribers/subscriptions.ts";
import { assertBooksHold, createIsp, type Isp, liveUntil, pay, todayOf } from "./isp.ts";
import { buy, createPrepaidIsp } from "./prepaid_isp.ts";
import { balanceOn, setTax, taxedBills } from "./tax_isp.ts";
import { endConnection } from "./ends.ts";

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

/** The live memos of a subscriber: `amount of it VAT, the bill or none`. */
async function memosOf(isp: Isp, n: number): Promise<string[]> {
  const rows = await isp.run((trx) =>
    trx.selectFrom("credit_memos as m").leftJoin(
      "bills as b",
      (on) => on.onRef("b.tenant_id", "=", "m.tenant_id").onRef("b.id", "=", "m.bill_id"),
    ).select(["m.amount_centavos", "m.vat_centavos", "b.issued_on"])
      .where("m.tenant_id", "=", isp.tenantId).where("m.subscriber_id", "=", isp.subscriberIds[n]!)
      .where("m.voided_at", "is", null).orderBy("b.issued_on").orderBy("m.amount_centavos").execute()
  );
  return rows.map((row) => `${row.amount_centavos} of it ${row.vat_centavos}, ${row.issued_on ?? "no bill"}`);
}

async function billIdOf(isp: Isp, n: number): Promise<string> {
  const row = await isp.run((trx) =>
    trx.selectFrom("bills").select("id").where("tenant_id", "=", isp.tenantId)
      .where("subscriber_id", "=", isp.subscriberIds[n]!).where("status", "=", "issued")
      .orderBy("issued_on").executeTakeFirstOrThrow()
  );
  return row.id;
}

Deno.test("suspended days come back with their VAT once, of the bill that charged them: at the end, before prepaid, at a new payer", async () => {
  await using database = await createTestDatabase();
  const isp = await inAdvance(database, 4);
  const call = [isp.context, isp.tenantId, isp.actor] as const;
  const holds = [0, 1, 2].map((n) => ({
    subscriptionId: isp.subscriptionIds[n]!,
    reason: "vacation" as const,
    note: "Away",
  }));
  await liveUntil(isp, "2026-06-11T10:00");
  for (const hold of holds) assertOk(await suspendSubscription(...call, hold));
  await liveUntil(isp, "2026-06-14T10:00");
  for (const hold of holds) assertOk(await resumeSubscription(...call, hold));
  const [ends, prepaid, moves] = isp.subscriptionIds;
  assertOk(
    await endConnection(...call, {
      subscriptionId: ends!,
      lastDay: todayOf(isp),
      unused: "no_credit",
      netCentavos: centavos(-11200n),
    }),
  );
  assertOk(await changeMode(...call, { subscriptionId: prepaid!, to: "prepaid", when: "today" }));
  assertOk(
    await changePayer(...call, {
      subscriptionId: moves!,
      fromSubscriberId: isp.subscriberIds[2]!,
      to: { subscriberId: isp.subscriberIds[3]! },
      when: "today",
      unused: "credit",
      shownOn: todayOf(isp),
      once: uuidv7(isp.clock.now().epochMilliseconds),
    }),
  );
  const once = "11200 of it 1200, 2026-06-01";
  assert.deepEqual(await memosOf(isp, 0), [once]);
  assert.deepEqual(await memosOf(isp, 1), [once]);
  assert.deepEqual(await memosOf(isp, 2), [once, "63467 of it 6800, 2026-06-01"], "17 of 30 days unused");
  const voided = { billId: await billIdOf(isp, 0), reason: "Twice" };
  assertRefused(await voidBill(...call, voided), "bill_has_money");
  await assertBooksHold(isp);
});

Deno.test("days off that an old payer kept come back to him with their VAT", async () => {
  await using database = await createTestDatabase();
  const isp = await inAdvance(database, 2);
  const call = [isp.context, isp.tenantId, isp.actor] as const;
  await liveUntil(isp, "2026-06-10T10:00");
  const [subscriptionId] = isp.subscriptionIds;
  assertOk(
    await changePayer(...call, {
      subscriptionId: subscriptionId!,
      fromSubscriberId: isp.subscriberIds[0]!,
      to: { subscriberId: isp.subscriberIds[1]! },
      when: "today",
      unused: "keep",
      shownOn: todayOf(isp),
      once: uuidv7(isp.clock.now().epochMilliseconds),
    }),
  );
  const hold = { subscriptionId: subscriptionId!, reason: "vacation" as const, note: "Away" };
  await liveUntil(isp, "2026-06-11T10:00");
  assertOk(await suspendSubscription(...call, hold));
  await liveUntil(isp, "2026-06-14T10:00");
  assertOk(await resumeSubscription(...call, hold));
  await liveUntil(isp, "2026-07-02T10:00");
  assert.deepEqual(await memosOf(isp, 0), ["11200 of it 1200, 2026-06-01"]);
  assert.deepEqual(await memosOf(isp, 1), []);
  assert.deepEqual(
    (await taxedBills(isp, 1)).at(-1),
    "recurring 2026-07-01 vat_exclusive 100000 + 12000 = 112000",
  );
  await assertBooksHold(isp);
});

Deno.test("days of several bills come back of each, and a bill that bears no more gives no VAT", async () => {
  await using database = await createTestDatabase();
  const isp = await inAdvance(database, 2);
  const call = [isp.context, isp.tenantId, isp.actor] as const;
  await isp.run((trx) =>
    trx.updateTable("tenants").set({ lead_days: 7 }).where("id", "=", isp.tenantId).execute()
  );
  await isp.run((trx) =>
    trx.updateTable("subscriptions").set({ next_bill_on: day("2026-06-24") }).where(
      "tenant_id",
      "=",
      isp.tenantId,
    ).execute()
  );
  await liveUntil(isp, "2026-06-24T10:00");
  const given = { subscriberId: isp.subscriberIds[1]!, kind: "goodwill" as const, reason: "Was off" };
  assertOk(
    await issueMemo(...call, {
      ...given,
      amountCentavos: centavos(112_000n),
      billId: await billIdOf(isp, 1),
      idempotencyKey: crypto.randomUUID(),
    }),
  );
  for (const n of [0, 1]) {
    const netCentavos = centavos(n === 0 ? -134_400n : -132_000n);
    const end = { lastDay: day("2026-06-24"), unused: "credit" as const, netCentavos };
    assertOk(await endConnection(...call, { ...end, subscriptionId: isp.subscriptionIds[n]! }));
  }
  assert.deepEqual(await memosOf(isp, 0), [
    "22400 of it 2400, 2026-06-01",
    "112000 of it 12000, 2026-06-24",
  ]);
  assert.deepEqual(await memosOf(isp, 1), [
    "112000 of it 12000, 2026-06-01",
    "112000 of it 12000, 2026-06-24",
    "20000 of it 0, no bill",
  ]);
  await assertBooksHold(isp);
});
