import assert from "node:assert/strict";
import { uuidv7 } from "@/shared/ids.ts";
import { centavos } from "@/shared/money/mod.ts";
import { assertOk, assertRefused } from "@/tests/support/expect.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { changePlan } from "@/web/services/billing/change_plan.ts";
import { type PlanNowReview, reviewPlanNow } from "@/web/services/billing/review_plan_now.ts";
import { voidBill } from "@/web/services/billing/void_bill.ts";
import { resumeSubscription, suspendSubscription } from "@/web/services/cuts/suspend_subscription.ts";
import { voidMemo } from "@/web/services/payments/void_memo.ts";
import { findSubscriberBalance } from "@/web/store/billing/ledger.ts";
import { withScene } from "@/tests/support/scene.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { lockSubscription } from "@/web/store/subscribers/subscriptions.ts";
import { assertBooksHold, createIsp, type Isp, liveUntil, pay, todayOf } from "./isp.ts";

/** A dearer and a cheaper plan than Fiber 50 at 1,000. */
async function addPlans(isp: Isp): Promise<[string, string]> {
  const ids: [string, string] = [uuidv7(1), uuidv7(2)];
  await isp.run((trx) =>
    trx.insertInto("plans").values([150_000n, 60_000n].map((price, i) => ({
      tenant_id: isp.tenantId,
      id: ids[i]!,
      name: ["Fiber 100", "Fiber 20"][i]!,
      price_centavos: price,
      ppp_profile: ["100M", "20M"][i]!,
    }))).execute()
  );
  return ids;
}

function review(isp: Isp, n: number, planId: string): Promise<PlanNowReview> {
  return isp.run(async (trx) => {
    const connection = (await lockSubscription(trx, isp.subscriptionIds[n]!))!;
    const moment = { tenant: await getTenant(trx), today: todayOf(isp) };
    return await reviewPlanNow(trx, moment, connection, { planId, keepsOwnPrice: false });
  });
}

async function changeNow(isp: Isp, n: number, planId: string, net?: number) {
  const netNowCentavos = net === undefined ? (await review(isp, n, planId)).netNowCentavos : centavos(net);
  return await changePlan(isp.context, isp.tenantId, isp.actor, {
    subscriptionId: isp.subscriptionIds[n]!,
    planId,
    today: { netNowCentavos },
  });
}

async function inAdvance(isp: Isp): Promise<void> {
  await isp.run((trx) =>
    trx.updateTable("subscriptions").set({ bill_timing: "advance", next_bill_on: todayOf(isp) })
      .where("tenant_id", "=", isp.tenantId).execute()
  );
}

/** `start kind total paid` of each live bill of a connection. */
async function billsOf(isp: Isp, n: number): Promise<string[]> {
  const rows = await isp.run((trx) =>
    trx.selectFrom("bills").select(["period_start", "kind", "total_centavos", "paid_centavos"])
      .where("tenant_id", "=", isp.tenantId).where("status", "=", "issued")
      .where("subscription_id", "=", isp.subscriptionIds[n]!).orderBy("period_start").orderBy("id").execute()
  );
  return rows.map((row) => `${row.period_start} ${row.kind} ${row.total_centavos} ${row.paid_centavos}`);
}

async function creditOf(isp: Isp, n: number): Promise<bigint> {
  const rows = await isp.run((trx) =>
    trx.selectFrom("credit_sources").select(["amount_centavos", "used_centavos"])
      .where("tenant_id", "=", isp.tenantId).where("subscriber_id", "=", isp.subscriberIds[n]!)
      .where("ended_at", "is", null).execute()
  );
  return rows.reduce((all, row) => all + row.amount_centavos - row.used_centavos, 0n);
}

async function profileOf(isp: Isp, n: number): Promise<string | null> {
  const row = await isp.run((trx) =>
    trx.selectFrom("desired_secrets").select("profile").where("tenant_id", "=", isp.tenantId)
      .where("subscription_id", "=", isp.subscriptionIds[n]!).executeTakeFirstOrThrow()
  );
  return row.profile;
}

Deno.test("in arrears a change from today is two lines of the coming bill, and the speed changes at once (PC-01)", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1, start: "2026-03-01T00:00:00+08:00" });
  const [dearer, cheaper] = await addPlans(isp);
  await liveUntil(isp, "2026-03-16T10:00");
  const seen = await review(isp, 0, dearer);
  assert.deepEqual([seen.lines.length, seen.netNowCentavos], [0, 0n]);
  assert.deepEqual(seen.nextBill.lines.map((line) => line.amountCentavos), [48387n, 77419n]);
  assertOk(await changeNow(isp, 0, dearer));
  assert.equal(await profileOf(isp, 0), "100M");
  assert.deepEqual(await billsOf(isp, 0), []);
  // Until that bill is made the plan stands.
  assertRefused(await changeNow(isp, 0, cheaper), "plan_change_under_way");
  await liveUntil(isp, "2026-04-01T10:00");
  assert.deepEqual(await billsOf(isp, 0), ["2026-03-01 recurring 125806 0"]);
  assertOk(await changeNow(isp, 0, cheaper));
  await liveUntil(isp, "2026-05-01T10:00");
  // On the first day of a period all of it is on the new plan (PC-05).
  assert.equal((await billsOf(isp, 0))[1], "2026-04-01 recurring 60000 0");
  await assertBooksHold(isp);
});

Deno.test("in advance the unused days are given back and charged again: a debit memo when dearer, a credit memo when cheaper (PC-02)", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 3, start: "2026-03-01T00:00:00+08:00" });
  const [dearer, cheaper] = await addPlans(isp);
  await inAdvance(isp);
  await liveUntil(isp, "2026-03-02T10:00");
  for (const n of [0, 1]) await pay(isp, n, 1000);
  await liveUntil(isp, "2026-03-16T10:00");
  const seen = await review(isp, 0, dearer);
  assert.deepEqual(seen.lines.map((line) => line.amountCentavos), [-51613n, 77419n]);
  assert.equal(seen.nextBill.tax.totalCentavos, 150000n);
  // What a person saw is what is booked: anything else is refused.
  assertRefused(await changeNow(isp, 0, dearer, 1), "plan_change_moved");
  assertOk(await changeNow(isp, 0, dearer));
  assertRefused(await changeNow(isp, 0, dearer), "same_plan");
  assert.equal(await profileOf(isp, 0), "100M");
  assert.deepEqual(await billsOf(isp, 0), [
    "2026-03-01 recurring 100000 100000",
    "2026-03-16 debit_memo 25806 0",
  ]);
  // 60,000 x 16/31 = 30,968 in place of 51,613.
  assertOk(await changeNow(isp, 1, cheaper));
  assert.equal(await creditOf(isp, 1), 20645n);
  // Who has not paid owes less.
  assertOk(await changeNow(isp, 2, cheaper));
  assert.deepEqual(await billsOf(isp, 2), ["2026-03-01 recurring 100000 20645"]);
  await assertBooksHold(isp);
  await liveUntil(isp, "2026-04-01T10:00");
  assert.equal((await billsOf(isp, 0)).at(-1), "2026-04-01 recurring 150000 0");
  assert.deepEqual((await billsOf(isp, 1)).at(-1), "2026-04-01 recurring 60000 20645");
  await assertBooksHold(isp);
});

Deno.test("days that were given back elsewhere are not made free by a void: they would be given back twice", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 2, start: "2026-03-01T00:00:00+08:00" });
  const [dearer] = await addPlans(isp);
  const call = [isp.context, isp.tenantId, isp.actor] as const;
  await inAdvance(isp);
  await liveUntil(isp, "2026-03-11T10:00");
  assertOk(await changeNow(isp, 0, dearer));
  const vacation = { subscriptionId: isp.subscriptionIds[1]!, reason: "vacation" } as const;
  assertOk(await suspendSubscription(...call, { ...vacation, note: "Away" }));
  await liveUntil(isp, "2026-03-13T10:00");
  assertOk(await resumeSubscription(...call, vacation));
  const march = (n: number) =>
    isp.run((trx) =>
      trx.selectFrom("bills").select("id").where("tenant_id", "=", isp.tenantId)
        .where("subscription_id", "=", isp.subscriptionIds[n]!).where("status", "=", "issued")
        .where("period_start", "=", Temporal.PlainDate.from("2026-03-01")).executeTakeFirstOrThrow()
    );
  const gone = async (n: number, periods: "never" | "bill_again") =>
    await voidBill(...call, { billId: (await march(n)).id, reason: "Wrong", periods });
  assertRefused(await gone(0, "never"), "days_given_back");
  await liveUntil(isp, "2026-04-01T10:00");
  assert.equal((await billsOf(isp, 1)).at(-1), "2026-04-01 recurring 93548 0", "less 2 of 31 days");
  assertRefused(await gone(1, "never"), "days_given_back");
  assertOk(await gone(1, "bill_again"));
  await liveUntil(isp, "2026-04-02T10:00");
  assert.equal((await billsOf(isp, 1))[0], "2026-03-01 recurring 100000 0", "April takes the 2 days off");
  await assertBooksHold(isp);
});

Deno.test("days off after a change that was settled come back at the price that was settled, before it at the old one", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 3, start: "2026-03-01T00:00:00+08:00" });
  const plans = await addPlans(isp);
  const call = [isp.context, isp.tenantId, isp.actor] as const;
  const away = async (n: number, isAway: boolean) => {
    const vacation = { subscriptionId: isp.subscriptionIds[n]!, reason: "vacation" } as const;
    assertOk(
      await (isAway
        ? suspendSubscription(...call, { ...vacation, note: "Away" })
        : resumeSubscription(...call, vacation)),
    );
  };
  await inAdvance(isp);
  await liveUntil(isp, "2026-03-06T10:00");
  for (const n of [0, 1, 2]) await pay(isp, n, 1000);
  await away(2, true);
  await liveUntil(isp, "2026-03-11T10:00");
  for (const [n, plan] of [[0, plans[0]], [1, plans[1]], [2, plans[0]]] as const) {
    assertOk(await changeNow(isp, n, plan));
  }
  await liveUntil(isp, "2026-03-16T10:00");
  await away(2, false);
  for (const n of [0, 1]) await away(n, true);
  await liveUntil(isp, "2026-03-26T10:00");
  for (const n of [0, 1]) await away(n, false);
  await liveUntil(isp, "2026-04-01T10:00");
  const april = async (n: number) => (await billsOf(isp, n)).at(-1)?.split(" ")[2];
  assert.equal(await april(0), "101613", "1,500 less 10 days of it");
  assert.equal(await april(1), "40645", "600 less 10 days of it");
  assert.equal(await april(2), "109677", "1,500 less 5 days of 1,000 and 5 of 1,500");
  await assertBooksHold(isp);
});

Deno.test("a settlement that is voided leaves the days at the price that they were billed by; a later one stands", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 3, start: "2026-03-01T00:00:00+08:00" });
  const [dearer, cheaper] = await addPlans(isp);
  await inAdvance(isp);
  await liveUntil(isp, "2026-03-02T10:00");
  await pay(isp, 1, 1000);
  await liveUntil(isp, "2026-03-16T10:00");
  const call = [isp.context, isp.tenantId, isp.actor] as const;
  const debitMemo = (n: number) =>
    isp.run((trx) =>
      trx.selectFrom("bills").select("id").where("tenant_id", "=", isp.tenantId).where(
        "kind",
        "=",
        "debit_memo",
      )
        .where("subscription_id", "=", isp.subscriptionIds[n]!).orderBy("id").executeTakeFirstOrThrow()
    );
  const memoOf = (n: number) =>
    isp.run((trx) =>
      trx.selectFrom("credit_memos").select("id").where("tenant_id", "=", isp.tenantId)
        .where("subscriber_id", "=", isp.subscriberIds[n]!).executeTakeFirstOrThrow()
    );
  for (const [n, plan] of [[0, dearer], [1, cheaper], [2, dearer]] as const) {
    assertOk(await changeNow(isp, n, plan));
  }
  assertOk(await voidBill(...call, { billId: (await debitMemo(0)).id, reason: "Promised as it was" }));
  assert.deepEqual((await review(isp, 0, cheaper)).lines.map((line) => line.amountCentavos), [
    -51613n,
    30968n,
  ]);
  assertOk(await voidMemo(...call, { memoId: (await memoOf(1)).id, reason: "Promised as it was" }));
  assert.deepEqual((await review(isp, 1, dearer)).lines.map((line) => line.amountCentavos), [
    -51613n,
    77419n,
  ]);
  assertOk(await changeNow(isp, 2, cheaper));
  const first = { billId: (await debitMemo(2)).id, reason: "Wrong" };
  const later = { memoId: (await memoOf(2)).id, reason: "Wrong" };
  assertRefused(await voidMemo(...call, later), "plan_settled_since");
  const refused = await voidBill(...call, first);
  assert.equal(refused.ok, false);
  await assertBooksHold(isp);
});

Deno.test("what is billed ahead is settled whole, a change of the same day twice too, and a void bills the period as it was", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 2, start: "2026-03-01T00:00:00+08:00" });
  const [dearer, cheaper] = await addPlans(isp);
  await isp.run((trx) =>
    trx.updateTable("tenants").set({ lead_days: 7 }).where("id", "=", isp.tenantId).execute()
  );
  await inAdvance(isp);
  await liveUntil(isp, "2026-03-28T10:00");
  // 4 of 31 days of March and all of April.
  const seen = await review(isp, 0, dearer);
  assert.deepEqual(seen.lines.map((line) => line.amountCentavos), [-12903n, 19355n, -100000n, 150000n]);
  assertOk(await changeNow(isp, 0, dearer));
  assert.equal((await billsOf(isp, 0)).at(-2), "2026-03-28 debit_memo 56452 0");
  await assertBooksHold(isp);
  await liveUntil(isp, "2026-03-29T10:00");
  const [march] = await isp.run((trx) =>
    trx.selectFrom("bills").select("id").where("tenant_id", "=", isp.tenantId).where("kind", "=", "recurring")
      .where("subscription_id", "=", isp.subscriptionIds[0]!).orderBy("period_start").execute()
  );
  const voided = { billId: march!.id, reason: "Wrong address" };
  assertOk(await voidBill(isp.context, isp.tenantId, isp.actor, voided));
  await liveUntil(isp, "2026-03-30T10:00");
  assert.deepEqual(
    (await billsOf(isp, 0)).map((bill) => bill.split(" ").slice(0, 3).join(" ")),
    ["2026-03-01 recurring 100000", "2026-03-28 debit_memo 56452", "2026-04-01 recurring 100000"],
  );
  // There and back on one day costs nothing.
  for (const plan of [dearer, cheaper, isp.planId]) assertOk(await changeNow(isp, 1, plan));
  const balance = await isp.run((trx) => findSubscriberBalance(trx, isp.subscriberIds[1]!));
  assert.equal(balance.receivableCentavos - balance.creditCentavos, 200000n);
  await pay(isp, 0, 9000);
  await liveUntil(isp, "2026-04-26T10:00");
  assert.equal((await billsOf(isp, 0)).at(-1)?.split(" ")[2], "150000");
  await assertBooksHold(isp);
});

Deno.test("the page shows what a change from today does, line by line, before it is made", async () => {
  await withScene("2026-02-10T10:00", async ({ isp, app, owner }) => {
    const [dearer] = await addPlans(isp);
    const connection = isp.subscriptionIds[1]!;
    const path = `/admin/subscribers/${isp.subscriberIds[1]}/plan`;
    const shown = await owner.get(`${path}?connection=${connection}&plan=${dearer}&when=today`);
    assert.match(shown.text, /Fiber 50, 1–9 Feb 2026 \(9 of 28 days\)/);
    assert.match(shown.text, /Fiber 100, 10–28 Feb 2026 \(19 of 28 days\)/);
    assert.match(shown.text, /Next bill, Sun, 1 Mar 2026: ₱1,339.29/);
    const today = { connection, plan: dearer, when: "today", net: "0" };
    const technician = await app.signIn(isp.tenantId, "Technician");
    assert.doesNotMatch((await technician.get(`${path}?connection=${connection}`)).html, /value="today"/);
    assert.equal((await technician.post(path, today)).status, 404);
    assert.equal((await technician.get(`/admin/subscribers/${isp.subscriberIds[1]}/rules`)).status, 404);
    const cashier = await app.signIn(isp.tenantId, ["subscriber:read", "subscriber:write", "charge:post"]);
    assert.equal((await cashier.post(path, { ...today, net: "-7" })).status, 404, "a memo is not theirs");
    assert.equal((await cashier.post(path, { ...today, net: "7" })).status, 422);
    const sent = await owner.post(path, today);
    assert.equal(sent.status, 303);
    assert.equal(await profileOf(isp, 1), "100M");
    const moved = { connection: isp.subscriptionIds[2]!, plan: dearer, when: "today", net: "7" };
    const refused = await owner.post(`/admin/subscribers/${isp.subscriberIds[2]}/plan`, moved);
    assert.equal(refused.status, 422);
    assert.match(refused.text, /Something was billed meanwhile/);
  });
});
