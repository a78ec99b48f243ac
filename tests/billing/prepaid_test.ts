import assert from "node:assert/strict";
import {
  assertBooksHold,
  createIsp,
  type Isp,
  liveUntil,
  offNow,
  pay,
  todayOf,
} from "@/tests/billing/isp.ts";
import { buy, createPrepaidIsp, UNITS } from "@/tests/billing/prepaid_isp.ts";
import { type Centavos, centavos } from "@/shared/money/mod.ts";
import { coded, formatCoded } from "@/shared/codes/mod.ts";
import { reviewEnd } from "@/web/services/billing/review_end.ts";
import { issueMemo } from "@/web/services/payments/issue_memo.ts";
import { voidMemo } from "@/web/services/payments/void_memo.ts";
import { endConnection } from "@/web/services/subscribers/end_connection.ts";
import { findMemoOfBill } from "@/web/store/payments/memos.ts";
import { lockSubscription } from "@/web/store/subscribers/subscriptions.ts";
import { assertOk, assertRefused } from "@/tests/support/expect.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { changeMode } from "@/web/services/billing/change_mode.ts";
import { changePlan } from "@/web/services/billing/change_plan.ts";
import { switchRenewal } from "@/web/services/billing/renew_prepaid.ts";
import { voidBill } from "@/web/services/billing/void_bill.ts";
import { executeCutRun } from "@/web/services/cuts/execute_cut_run.ts";
import { holdSubscription } from "@/web/services/cuts/hold_subscription.ts";
import { takeOverBalance } from "@/web/services/payments/opening_balance.ts";
import { previewPayment } from "@/web/services/payments/preview_payment.ts";
import { reversePayment } from "@/web/services/payments/reverse_payment.ts";
import { findScheduledRun, updateRun } from "@/web/store/billing/runs.ts";
import { replacePrepaidUnits } from "@/web/store/billing/prepaid.ts";
import { findSubscriberBalance } from "@/web/store/billing/ledger.ts";
import { findNextCutDay, previewCut } from "@/web/store/cuts/tonight.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";

const credit = (isp: Isp, n = 0) =>
  isp.run(async (trx) =>
    Number((await findSubscriberBalance(trx, isp.subscriberIds[n]!)).creditCentavos) / 100
  );

const days = (bought: { fromOn: Temporal.PlainDate; untilOn: Temporal.PlainDate }) =>
  `${bought.fromOn} ${bought.untilOn.subtract({ days: 1 })}`;

async function tonight(isp: Isp): Promise<string[]> {
  const rows = await isp.run(async (trx) => {
    const { businessOn } = await findNextCutDay(trx, todayOf(isp));
    return (await previewCut(trx, await getTenant(trx), businessOn, isp.clock.now())).rows;
  });
  return rows.map((row) => `${row.pppName} ${row.decision} ${row.reason}`);
}

const SEVEN = { count: 7, pesos: 199 } as const;

Deno.test("bought, lapsed, renewed: off by the run on the first day without coverage, on with the payment", async () => {
  await using database = await createTestDatabase();
  const isp = await createPrepaidIsp(database, { start: "2026-09-25T08:00:00+08:00" });
  assert.equal(days(assertOk(await buy(isp, 0, SEVEN))), "2026-09-25 2026-10-01");
  await liveUntil(isp, "2026-10-02T08:59");
  assert.deepEqual(await offNow(isp), [], "nobody but the run cuts");
  assert.deepEqual(await tonight(isp), [
    'user1 cut {"code":"prepaid_expired","values":{"until":"2026-10-01"}}',
  ]);
  await liveUntil(isp, "2026-10-02T09:00");
  assert.deepEqual(await offNow(isp), [0]);
  await liveUntil(isp, "2026-10-05T18:00");
  const again = assertOk(await buy(isp, 0, SEVEN));
  assert.equal(days(again), "2026-10-05 2026-10-11");
  assert.deepEqual(again.restored, isp.subscriptionIds);
  assert.deepEqual(await offNow(isp), []);
  // Stacked: it begins where the other ends.
  assert.equal(days(assertOk(await buy(isp, 0, { count: 1, pesos: 34 }))), "2026-10-12 2026-10-12");
  await liveUntil(isp, "2026-10-13T08:00");
  assert.deepEqual(await offNow(isp), []);
  await liveUntil(isp, "2026-10-13T10:00");
  assert.deepEqual(await offNow(isp), [0]);
  await assertBooksHold(isp);
});

Deno.test("expired on 1 October and paid on the 17th: from the 17th, or from the 2nd where the company says so", async () => {
  await using database = await createTestDatabase();
  const isp = await createPrepaidIsp(database, { start: "2026-10-01T08:00:00+08:00", subscribers: 2 });
  for (const n of [0, 1]) assertOk(await buy(isp, n, { count: 1, pesos: 34 }));
  isp.clock.set(Temporal.Instant.from("2026-10-17T18:00:00+08:00"));
  assert.equal(days(assertOk(await buy(isp, 0))), "2026-10-17 2026-11-15");
  await isp.run((trx) =>
    trx.updateTable("tenants").set({ prepaid_lapse: "backdate" }).where("id", "=", isp.tenantId).execute()
  );
  assert.equal(days(assertOk(await buy(isp, 1))), "2026-10-02 2026-10-31");
  await assertBooksHold(isp);
});

Deno.test("less than the price buys nothing and is no debt: it is credit until it is enough", async () => {
  await using database = await createTestDatabase();
  const isp = await createPrepaidIsp(database);
  const short = await buy(isp, 0, { pesos: 300 });
  assert.equal(short.ok ? "" : short.code, "prepaid_short");
  await pay(isp, 0, 300);
  const bought = assertOk(await buy(isp, 0, { pesos: 250 }));
  assert.equal(await credit(isp), 50);
  assert.equal(days(bought), "2026-01-01 2026-01-30");
  const two = assertOk(await buy(isp, 0, { quantity: 2, pesos: 950 }));
  assert.equal(days(two), "2026-01-31 2026-03-31");
  assert.equal(await credit(isp), 0);
  await assertBooksHold(isp);
});

Deno.test("it renews itself from credit in the run of the day, before its list; with a payment at once after a lapse", async () => {
  await using database = await createTestDatabase();
  const isp = await createPrepaidIsp(database, { start: "2026-03-01T08:00:00+08:00" });
  assertOk(await buy(isp, 0, { count: 7, pesos: 500 }));
  const renewal = (renewsItself: boolean) =>
    switchRenewal(isp.context, isp.tenantId, isp.actor, {
      subscriptionId: isp.subscriptionIds[0]!,
      renewsItself,
    });
  assertOk(await renewal(true));
  // Due on the 8th: a run that is days late gives the same.
  isp.clock.set(Temporal.Instant.from("2026-03-10T12:00:00+08:00"));
  await liveUntil(isp, "2026-03-10T12:00");
  assert.equal(await credit(isp), 102);
  await liveUntil(isp, "2026-03-14T12:00");
  assert.deepEqual(await offNow(isp), []);
  await liveUntil(isp, "2026-03-15T12:00");
  assert.deepEqual(await offNow(isp), [0], "102 are not enough");
  await liveUntil(isp, "2026-03-17T12:00");
  assert.deepEqual((await pay(isp, 0, 100)).restored, isp.subscriptionIds);
  assert.equal(await credit(isp), 3);
  // A plan that is archived goes on selling to those who are on it; what it sells no more is not bought.
  await isp.run((trx) =>
    trx.updateTable("plans").set({ archived_at: isp.clock.now() }).where("tenant_id", "=", isp.tenantId)
      .execute()
  );
  await pay(isp, 0, 400);
  await liveUntil(isp, "2026-03-24T12:00");
  assert.equal(await credit(isp), 204);
  assert.deepEqual(await offNow(isp), []);
  await isp.run((trx) => replacePrepaidUnits(trx, isp.planId, UNITS.filter(({ count }) => count !== 7)));
  await liveUntil(isp, "2026-03-31T12:00");
  assert.equal(await credit(isp), 204);
  assert.deepEqual(await offNow(isp), [0]);
  const said = await isp.run((trx) =>
    trx.selectFrom("system_log").select("message").where("tenant_id", "=", isp.tenantId)
      .where("event", "=", "prepaid_renewal_missed").orderBy("at").execute()
  );
  const short = formatCoded(
    coded("renewal_credit_short", { credit: centavos(102_00), price: centavos(199_00) }),
  );
  assert.deepEqual(said.map(({ message }) => message), [short, formatCoded(coded("renewal_not_sold"))]);
  await assertBooksHold(isp);
});

Deno.test("what is left of the money for one line renews the payer's other one at once", async () => {
  await using database = await createTestDatabase();
  const isp = await createPrepaidIsp(database, { start: "2026-03-01T08:00:00+08:00", subscribers: 2 });
  await isp.run((trx) =>
    trx.updateTable("subscriptions").set({ subscriber_id: isp.subscriberIds[0]! })
      .where("tenant_id", "=", isp.tenantId).where("id", "=", isp.subscriptionIds[1]!).execute()
  );
  for (const n of [0, 1]) assertOk(await buy(isp, n, SEVEN));
  const subscriptionId = isp.subscriptionIds[1]!;
  assertOk(await switchRenewal(isp.context, isp.tenantId, isp.actor, { subscriptionId, renewsItself: true }));
  await liveUntil(isp, "2026-03-09T10:00");
  assert.deepEqual(await offNow(isp), [0, 1]);
  assertOk(await buy(isp, 0, { count: 7, pesos: 500 }));
  assert.deepEqual(await offNow(isp), []);
  assert.equal(await credit(isp), 102);
  await assertBooksHold(isp);
});

Deno.test("a month bought on the 31st at 18:00 keeps its day, leap day and the last of February end right", async () => {
  await using database = await createTestDatabase();
  const isp = await createPrepaidIsp(database, { start: "2028-01-31T18:00:00+08:00", subscribers: 2 });
  const month = { unit: "months", count: 1, pesos: 1000 } as const;
  assert.equal(days(assertOk(await buy(isp, 0, month))), "2028-01-31 2028-02-28");
  assert.equal(days(assertOk(await buy(isp, 0, month))), "2028-02-29 2028-03-30");
  assert.equal(
    days(assertOk(await buy(isp, 0, { ...month, quantity: 2, pesos: 2000 }))),
    "2028-03-31 2028-05-30",
  );
  isp.clock.set(Temporal.Instant.from("2028-02-29T18:00:00+08:00"));
  // wishes prepaid-08: 7 days from the last of February.
  assert.equal(days(assertOk(await buy(isp, 1, SEVEN))), "2028-02-29 2028-03-06");
  assert.deepEqual(await offNow(isp), []);
  await assertBooksHold(isp);
});

Deno.test("a hold, an exemption, a free day keep an expired one on; never its old debts off", async () => {
  await using database = await createTestDatabase();
  const isp = await createPrepaidIsp(database, { start: "2026-03-01T08:00:00+08:00", subscribers: 3 });
  for (const n of [0, 1, 2]) assertOk(await buy(isp, n, SEVEN));
  assertOk(
    await holdSubscription(isp.context, isp.tenantId, isp.actor, {
      subscriptionId: isp.subscriptionIds[0]!,
      untilOn: Temporal.PlainDate.from("2026-03-10"),
      reason: "Pays on Tuesday",
    }),
  );
  await isp.run((trx) =>
    trx.updateTable("subscriptions").set({ is_exempt: true }).where("tenant_id", "=", isp.tenantId)
      .where("id", "=", isp.subscriptionIds[1]!).execute()
  );
  await liveUntil(isp, "2026-03-08T10:00");
  assert.deepEqual(await offNow(isp), [2]);
  await liveUntil(isp, "2026-03-11T10:00");
  assert.deepEqual(await offNow(isp), [0, 2]);
  await assertBooksHold(isp);
});

Deno.test("void takes the days back and the next run decides; what was bought later goes first", async () => {
  await using database = await createTestDatabase();
  const isp = await createPrepaidIsp(database, { start: "2026-03-01T08:00:00+08:00" });
  const first = assertOk(await buy(isp, 0, SEVEN));
  await liveUntil(isp, "2026-03-20T12:00");
  const second = assertOk(await buy(isp, 0, SEVEN));
  const gone = (billId: string) =>
    voidBill(isp.context, isp.tenantId, isp.actor, { billId, reason: "Wrong one" });
  const refused = await gone(first.billId);
  assert.equal(refused.ok ? "" : refused.code, "prepaid_bought_later");
  assertOk(await gone(second.billId));
  assert.deepEqual(await offNow(isp), [], "the run decides");
  assert.equal(await credit(isp), 199);
  await liveUntil(isp, "2026-03-21T08:00");
  assert.deepEqual(await offNow(isp), []);
  await liveUntil(isp, "2026-03-21T10:00");
  assert.deepEqual(await offNow(isp), [0]);
  assert.equal(days(assertOk(await buy(isp, 0, { count: 7, pesos: 0 }))), "2026-03-21 2026-03-27");
  assert.deepEqual(await offNow(isp), []);
  assert.equal(await credit(isp), 0);
  await assertBooksHold(isp);
});

Deno.test("a purchase is not given back twice: a memo of it goes first, and days that were settled stay", async () => {
  await using database = await createTestDatabase();
  const isp = await createPrepaidIsp(database, { start: "2026-03-01T08:00:00+08:00", subscribers: 2 });
  const call = [isp.context, isp.tenantId, isp.actor] as const;
  const bought = [assertOk(await buy(isp, 0)), assertOk(await buy(isp, 1))];
  const gone = (n: number) => voidBill(...call, { billId: bought[n]!.billId, reason: "Wrong one" });
  const given = assertOk(
    await issueMemo(...call, {
      subscriberId: isp.subscriberIds[0]!,
      kind: "correction",
      reason: "Never worked",
      amountCentavos: centavos(50_000),
      billId: bought[0]!.billId,
      idempotencyKey: crypto.randomUUID(),
    }),
  );
  assert.match(assertRefused(await gone(0), "bill_has_memo"), /CM-000001/);
  assertOk(await voidMemo(...call, { memoId: given.memoId, reason: "The bill is void" }));
  assertOk(await gone(0));
  assert.equal(await credit(isp), 500);
  // The memo of the days that are not used is one of the purchase.
  await liveUntil(isp, "2026-03-16T08:00");
  const input = { lastDay: todayOf(isp).subtract({ days: 1 }), unused: "credit" as const };
  const review = assertOk(
    await isp.run(async (trx) => {
      const connection = (await lockSubscription(trx, isp.subscriptionIds[1]!))!;
      return await reviewEnd(trx, { tenant: await getTenant(trx), today: todayOf(isp) }, connection, input);
    }),
  );
  const { netCentavos } = review;
  assertOk(await endConnection(...call, { ...input, netCentavos, subscriptionId: isp.subscriptionIds[1]! }));
  const left = await credit(isp, 1);
  assertRefused(await gone(1), "bill_has_memo");
  const memo = await isp.run((trx) => findMemoOfBill(trx, bought[1]!.billId));
  assertOk(await voidMemo(...call, { memoId: memo!.id, reason: "Was used" }));
  assertRefused(await gone(1), "prepaid_settled");
  assert.deepEqual([left > 0, await credit(isp, 1)], [true, 0]);
  await assertBooksHold(isp);
});

Deno.test("a reversed payment leaves it on until the run reads again; its bill sells nothing more until it is paid", async () => {
  await using database = await createTestDatabase();
  const isp = await createPrepaidIsp(database, { start: "2026-03-01T08:00:00+08:00" });
  const bought = assertOk(await buy(isp, 0));
  await liveUntil(isp, "2026-03-02T12:00");
  const { paymentId } = bought;
  assertOk(
    await reversePayment(isp.context, isp.tenantId, isp.actor, { paymentId: paymentId!, reason: "Bounced" }),
  );
  assert.deepEqual(await offNow(isp), []);
  await liveUntil(isp, "2026-03-03T09:00");
  assert.deepEqual(await offNow(isp), [0]);
  const refused = await buy(isp, 0);
  assert.equal(refused.ok ? "" : refused.code, "prepaid_bill_open");
  assert.deepEqual((await pay(isp, 0, 500)).restored, isp.subscriptionIds);
  assert.deepEqual(await offNow(isp), []);
  await assertBooksHold(isp);
});

Deno.test("the same form twice is one purchase, also at once; two forms at once: the second is shown its days", async () => {
  await using database = await createTestDatabase();
  const isp = await createPrepaidIsp(database);
  const once = crypto.randomUUID();
  const [a, b] = await Promise.all([buy(isp, 0, { once }), buy(isp, 0, { once })]);
  assert.deepEqual([assertOk(a).duplicate, assertOk(b).duplicate].sort(), [false, true]);
  assert.equal(assertOk(a).billId, assertOk(b).billId);
  const fromShown = Temporal.PlainDate.from("2026-01-31");
  const both = await Promise.all([buy(isp, 0, { fromShown }), buy(isp, 0, { fromShown })]);
  assert.deepEqual(both.map((one) => one.ok ? "bought" : one.code).sort(), ["bought", "prepaid_moved"]);
  await assertBooksHold(isp);
});

Deno.test("a purchase in the hour of the run: whichever is first, it is on afterwards", async () => {
  await using database = await createTestDatabase();
  const isp = await createPrepaidIsp(database, { start: "2026-03-01T08:00:00+08:00", subscribers: 6 });
  for (const n of isp.subscriptionIds.keys()) assertOk(await buy(isp, n, SEVEN));
  await liveUntil(isp, "2026-03-08T08:59");
  isp.clock.set(Temporal.Instant.from("2026-03-08T09:00:00+08:00"));
  const bought = isp.subscriptionIds.keys().filter((n) => n % 2 === 0).map((n) => buy(isp, n, SEVEN));
  await Promise.all([liveUntil(isp, "2026-03-08T09:00"), ...bought]);
  assert.deepEqual(await offNow(isp), [1, 3, 5]);
  await assertBooksHold(isp);
});

Deno.test("the payer's other line with a bill is not paid by a purchase, and not cut by it", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { start: "2026-01-25T08:00:00+08:00", subscribers: 2 });
  await isp.run(async (trx) => {
    await replacePrepaidUnits(trx, isp.planId, UNITS);
    await trx.updateTable("subscriptions").set({ subscriber_id: isp.subscriberIds[0]! })
      .where("tenant_id", "=", trx.tenantId).execute();
    await trx.updateTable("subscriptions").set({ billing_mode: "prepaid", next_bill_on: null })
      .where("tenant_id", "=", trx.tenantId).where("id", "=", isp.subscriptionIds[1]!).execute();
  });
  assertOk(await buy(isp, 1, SEVEN));
  await liveUntil(isp, "2026-02-01T12:00");
  assert.deepEqual(await offNow(isp), [1], "its 7 days are over, the other has its bill of January: 225.81");
  assertOk(await buy(isp, 1, { pesos: 700 }));
  assert.deepEqual(await offNow(isp), []);
  await liveUntil(isp, "2026-02-14T12:00");
  assert.deepEqual(await offNow(isp), [0], "25.81 of its bill are owed");
  assert.deepEqual((await pay(isp, 0, 25.81)).restored, [isp.subscriptionIds[0]]);
  await assertBooksHold(isp);
});

Deno.test("cut for a reversed payment, it comes back on the first of the days that are paid ahead", async () => {
  await using database = await createTestDatabase();
  const isp = await createPrepaidIsp(database, { start: "2026-03-01T08:00:00+08:00" });
  const first = assertOk(await buy(isp, 0, SEVEN));
  assert.equal(days(assertOk(await buy(isp, 0, SEVEN))), "2026-03-08 2026-03-14");
  await liveUntil(isp, "2026-03-03T12:00");
  const { paymentId } = first;
  assertOk(
    await reversePayment(isp.context, isp.tenantId, isp.actor, { paymentId: paymentId!, reason: "Bounced" }),
  );
  await liveUntil(isp, "2026-03-07T12:00");
  assert.deepEqual(await offNow(isp), [0]);
  await liveUntil(isp, "2026-03-08T00:05");
  assert.deepEqual(await offNow(isp), [], "the second purchase covers the day");
  await liveUntil(isp, "2026-03-14T12:00");
  assert.deepEqual(await offNow(isp), []);
  await assertBooksHold(isp);
});

Deno.test("a run that goes on after midnight cuts nobody who has bought days from then on", async () => {
  await using database = await createTestDatabase();
  const isp = await createPrepaidIsp(database, { start: "2026-03-01T08:00:00+08:00", subscribers: 2 });
  for (const n of [0, 1]) assertOk(await buy(isp, n, SEVEN));
  await liveUntil(isp, "2026-03-08T08:00");
  const runId = await isp.run(async (trx) => {
    const run = await findScheduledRun(trx, "cut", todayOf(isp));
    await updateRun(trx, run!.id, { status: "running", started_at: isp.clock.now() });
    return run!.id;
  });
  isp.clock.set("2026-03-09T00:10:00+08:00");
  assert.equal(days(assertOk(await buy(isp, 0, SEVEN))), "2026-03-09 2026-03-15");
  const done = assertOk(await executeCutRun(isp.context, isp.tenantId, isp.actor, { runId }));
  assert.deepEqual([done.cut, done.kept], [1, 1]);
  assert.deepEqual(await offNow(isp), [1]);
  await assertBooksHold(isp);
});

Deno.test("a debt of the old books does not keep a line on that has run out", async () => {
  await using database = await createTestDatabase();
  const isp = await createPrepaidIsp(database, { start: "2026-03-01T08:00:00+08:00" });
  assertOk(await buy(isp, 0, SEVEN));
  assertOk(
    await takeOverBalance(isp.context, isp.tenantId, isp.actor, {
      subscriberId: isp.subscriberIds[0]!,
      side: "owed",
      amountCentavos: centavos(100),
      asOf: Temporal.PlainDate.from("2025-11-30"),
    }),
  );
  await liveUntil(isp, "2026-03-08T10:00");
  assert.deepEqual(await offNow(isp), [0]);
  await assertBooksHold(isp);
});

Deno.test("a new plan counts after the days that are paid: not from today while some are left, also once bills follow", async () => {
  await using database = await createTestDatabase();
  const isp = await createPrepaidIsp(database, { start: "2026-03-01T08:00:00+08:00" });
  const planId = crypto.randomUUID();
  await isp.run((trx) =>
    trx.insertInto("plans").values({
      tenant_id: isp.tenantId,
      id: planId,
      name: "Fiber 100",
      price_centavos: 150_000n,
      ppp_profile: "100M",
    }).execute()
  );
  assertOk(await buy(isp, 0, SEVEN));
  isp.clock.set(Temporal.Instant.from("2026-03-03T08:00:00+08:00"));
  const change = (today: { netNowCentavos: Centavos } | null) =>
    changePlan(isp.context, isp.tenantId, isp.actor, {
      subscriptionId: isp.subscriptionIds[0]!,
      planId,
      today,
    });
  assertRefused(await change({ netNowCentavos: centavos(0) }), "plan_change_prepaid");
  assert.equal(await credit(isp), 0);
  const postpaid = { subscriptionId: isp.subscriptionIds[0]!, to: "postpaid", when: "today" } as const;
  assertOk(await changeMode(isp.context, isp.tenantId, isp.actor, postpaid));
  assertRefused(await change({ netNowCentavos: centavos(92929) }), "plan_change_prepaid");
  const planned = assertOk(await change(null));
  assert.ok(Temporal.PlainDate.compare(planned.effectiveOn, "2026-03-08") >= 0);
  await assertBooksHold(isp);
});

Deno.test("the form again after the payment is reversed, the bill is void or the form is another one: no success", async () => {
  await using database = await createTestDatabase();
  const isp = await createPrepaidIsp(database, { start: "2026-03-01T08:00:00+08:00" });
  const once = crypto.randomUUID();
  const first = assertOk(await buy(isp, 0, { ...SEVEN, once }));
  assert.equal(assertOk(await buy(isp, 0, { ...SEVEN, once })).duplicate, true);
  assertRefused(await buy(isp, 0, { ...SEVEN, once, quantity: 2 }), "prepaid_form_used");
  assertRefused(await buy(isp, 0, { count: 30, pesos: 199, once }), "prepaid_form_used");
  assertRefused(await buy(isp, 0, { ...SEVEN, once, pesos: 300 }), "idempotency_mismatch");
  assertRefused(await buy(isp, 0, { ...SEVEN, once, pesos: 0 }), "prepaid_form_used");
  const { paymentId } = first;
  assertOk(
    await reversePayment(isp.context, isp.tenantId, isp.actor, { paymentId: paymentId!, reason: "Bounced" }),
  );
  assertRefused(await buy(isp, 0, { ...SEVEN, once }), "payment_was_reversed");
  await pay(isp, 0, 1000);
  const fromCredit = { ...SEVEN, once: crypto.randomUUID(), pesos: 0 };
  const second = assertOk(await buy(isp, 0, fromCredit));
  assertOk(
    await voidBill(isp.context, isp.tenantId, isp.actor, { billId: second.billId, reason: "Wrong one" }),
  );
  assertRefused(await buy(isp, 0, fromCredit), "charge_was_voided");
  await assertBooksHold(isp);
});

Deno.test("a purchase of a line that renews itself is not bought again from its credit after the void", async () => {
  await using database = await createTestDatabase();
  const isp = await createPrepaidIsp(database, { start: "2026-03-01T08:00:00+08:00" });
  const subscriptionId = isp.subscriptionIds[0]!;
  assertOk(
    await switchRenewal(isp.context, isp.tenantId, isp.actor, { subscriptionId, renewsItself: true }),
  );
  assertOk(await buy(isp, 0, SEVEN));
  const { billId } = assertOk(await buy(isp, 0, SEVEN));
  await liveUntil(isp, "2026-03-08T12:00");
  assertOk(await voidBill(isp.context, isp.tenantId, isp.actor, { billId, reason: "Moves away" }));
  await liveUntil(isp, "2026-03-09T12:00");
  assert.equal(await credit(isp), 199);
  assert.deepEqual(await offNow(isp), [0]);
  const renews = await isp.run(async (trx) => (await lockSubscription(trx, subscriptionId))?.renews_itself);
  assert.equal(renews, false);
  await assertBooksHold(isp);
});

Deno.test("with VAT on top the preview of a payment says that it renews only from the price with its VAT on", async () => {
  await using database = await createTestDatabase();
  const isp = await createPrepaidIsp(database, { start: "2026-01-20T08:00:00+08:00" });
  await isp.run((trx) =>
    trx.updateTable("tenants").set({ tax_mode: "vat_exclusive" }).where("id", "=", isp.tenantId).execute()
  );
  assertOk(await buy(isp, 0, { count: 7, pesos: 223 }));
  const renewal = { subscriptionId: isp.subscriptionIds[0]!, renewsItself: true };
  assertOk(await switchRenewal(isp.context, isp.tenantId, isp.actor, renewal));
  await liveUntil(isp, "2026-01-27T10:00");
  const restoredBy = (pesos: number) =>
    isp.run(async (trx) =>
      (await previewPayment(trx, await getTenant(trx), todayOf(isp), {
        subscriberId: isp.subscriberIds[0]!,
        amountCentavos: centavos(pesos * 100),
      })).restores.length
    );
  // ₱199 and 12 %: ₱222.88, of which the first payment left ₱0.12.
  assert.equal(await restoredBy(222), 0);
  assert.equal(await restoredBy(223), 1);
  await pay(isp, 0, 222);
  assert.deepEqual(await offNow(isp), [0]);
  await pay(isp, 0, 1);
  assert.deepEqual(await offNow(isp), []);
  await assertBooksHold(isp);
});

Deno.test("the preview of a payment judges a cut prepaid line by coverage: by what it buys or pays, not by debts", async () => {
  await using database = await createTestDatabase();
  const isp = await createPrepaidIsp(database, { start: "2026-01-20T08:00:00+08:00" });
  const restoredBy = (pesos: number) =>
    isp.run(async (trx) =>
      (await previewPayment(trx, await getTenant(trx), todayOf(isp), {
        subscriberId: isp.subscriberIds[0]!,
        amountCentavos: centavos(pesos * 100),
      })).restores.length
    );
  const bought = assertOk(await buy(isp, 0, { count: 7, pesos: 199 }));
  await liveUntil(isp, "2026-01-27T10:00");
  assert.deepEqual(await offNow(isp), [0]);
  assert.equal(await restoredBy(199), 0, "money alone buys nothing");
  const renewal = { subscriptionId: isp.subscriptionIds[0]!, renewsItself: true };
  assertOk(await switchRenewal(isp.context, isp.tenantId, isp.actor, renewal));
  assert.equal(await restoredBy(198), 0);
  assert.equal(await restoredBy(199), 1, "it renews itself");
  await pay(isp, 0, 199);
  assert.deepEqual(await offNow(isp), []);
  assertOk(await switchRenewal(isp.context, isp.tenantId, isp.actor, { ...renewal, renewsItself: false }));
  assert.notEqual(bought.paymentId, null);
  const paid = await isp.run((trx) =>
    trx.selectFrom("payments").select("id").where("tenant_id", "=", isp.tenantId).orderBy(
      "recorded_at",
      "desc",
    )
      .executeTakeFirstOrThrow()
  );
  assertOk(
    await reversePayment(isp.context, isp.tenantId, isp.actor, { paymentId: paid.id, reason: "bounced" }),
  );
  await liveUntil(isp, "2026-01-28T10:00");
  assert.deepEqual(await offNow(isp), [0]);
  assert.equal(await restoredBy(198), 0);
  assert.equal(await restoredBy(199), 1, "its purchase is paid again");
  await pay(isp, 0, 199);
  assert.deepEqual(await offNow(isp), []);
  await assertBooksHold(isp);
});
