import assert from "node:assert/strict";
import { assertBooksHold, liveUntil, offNow, pay, todayOf } from "@/tests/billing/isp.ts";
import { buy, createPrepaidIsp, UNITS } from "@/tests/billing/prepaid_isp.ts";
import { centavos } from "@/shared/money/mod.ts";
import { coded, formatCoded } from "@/shared/codes/mod.ts";
import { reviewEnd } from "@/web/services/billing/review_end.ts";
import { issueMemo } from "@/web/services/payments/issue_memo.ts";
import { voidMemo } from "@/web/services/payments/void_memo.ts";
import { findMemoOfBill } from "@/web/store/payments/memos.ts";
import { lockSubscription } from "@/web/store/subscribers/subscriptions.ts";
import { assertOk, assertRefused } from "@/tests/support/expect.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { switchRenewal } from "@/web/services/billing/renew_prepaid.ts";
import { voidBill } from "@/web/services/billing/void_bill.ts";
import { holdSubscription } from "@/web/services/cuts/hold_subscription.ts";
import { reversePayment } from "@/web/services/payments/reverse_payment.ts";
import { replacePrepaidUnits } from "@/web/store/billing/prepaid.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { credit, days, SEVEN, tonight } from "@/tests/billing/renewals.ts";
import { endConnection } from "./ends.ts";

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
