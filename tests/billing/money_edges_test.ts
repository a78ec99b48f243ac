import assert from "node:assert/strict";
import { assertOk } from "@/tests/support/expect.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { runDueDays } from "@/web/services/billing/run_due_days.ts";
import { updatePlan } from "@/web/services/billing/save_plan.ts";
import { checkInvariants } from "@/web/store/billing/invariants.ts";
import { voidBill } from "@/web/services/billing/void_bill.ts";
import { centavos } from "@/shared/money/mod.ts";
import { listBills } from "@/web/store/billing/bills_page.ts";
import { assertBooksHold, createIsp, type Isp, liveUntil, offNow, pay } from "./isp.ts";

/** Period and amount of every bill of a subscription that was not voided, oldest first. */
async function billed(isp: Isp, n: number): Promise<string[]> {
  const { rows } = await isp.run((trx) =>
    listBills(trx, { subscriberId: isp.subscriberIds[n]! }, { limit: 50 })
  );
  return rows.filter((bill) => bill.status === "issued" && bill.subscription_id === isp.subscriptionIds[n])
    .map((bill) => `${bill.period_start} ${bill.period_end} ${bill.total_centavos}`).sort();
}

async function setSubscription(isp: Isp, n: number, fields: Record<string, unknown>): Promise<void> {
  await isp.run((trx) =>
    trx.updateTable("subscriptions").set(fields).where("tenant_id", "=", isp.tenantId)
      .where("id", "=", isp.subscriptionIds[n]!).execute()
  );
}

Deno.test("anchors 29 to 31 bill the ends of months of a leap year without gap, also when days were missed", async () => {
  await using database = await createTestDatabase();
  const lived = await createIsp(database, { subscribers: 3, start: "2028-01-10T08:00:00+08:00" });
  const slept = await createIsp(database, { subscribers: 3, start: "2028-01-10T08:00:00+08:00" });
  const day = Temporal.PlainDate.from;
  for (const isp of [lived, slept]) {
    for (const [n, anchor] of [29, 30, 31].entries()) {
      await setSubscription(isp, n, { anchor_day: anchor, next_bill_on: day(`2028-01-${anchor}`) });
    }
  }
  for (const date of ["2028-01-31", "2028-02-29", "2028-03-29", "2028-03-30", "2028-03-31", "2028-04-30"]) {
    lived.clock.set(`${date}T00:05:00+08:00`);
    assertOk(await runDueDays(lived.context, lived.tenantId, lived.actor));
  }
  slept.clock.set("2028-03-01T07:00:00+08:00");
  assertOk(await runDueDays(slept.context, slept.tenantId, slept.actor));
  const expected = [
    // 19 of the 31 days from 29 Dec.
    ["2028-01-10 2028-01-29 61290", "2028-01-29 2028-02-29 100000", "2028-02-29 2028-03-29 100000"],
    ["2028-01-10 2028-01-30 64516", "2028-01-30 2028-02-29 100000", "2028-02-29 2028-03-30 100000"],
    ["2028-01-10 2028-01-31 67742", "2028-01-31 2028-02-29 100000", "2028-02-29 2028-03-31 100000"],
  ];
  const april = ["2028-03-29 2028-04-29", "2028-03-30 2028-04-30", "2028-03-31 2028-04-30"];
  for (const [n, bills] of expected.entries()) {
    assert.deepEqual(await billed(lived, n), [...bills, `${april[n]} 100000`]);
    assert.deepEqual(await billed(slept, n), bills.slice(0, 2));
  }
  await assertBooksHold(lived);
  await assertBooksHold(slept);
});

Deno.test("the business day turns at midnight in Manila: no bill one second before, all of them at five past", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1 });
  for (const [moment, bills] of [["2026-01-31T15:59:59Z", 0], ["2026-01-31T16:04:59Z", 0]] as const) {
    isp.clock.set(moment);
    assertOk(await runDueDays(isp.context, isp.tenantId, isp.actor));
    assert.equal((await billed(isp, 0)).length, bills, moment);
  }
  isp.clock.set("2026-01-31T16:05:00Z");
  assertOk(await runDueDays(isp.context, isp.tenantId, isp.actor));
  assert.deepEqual(await billed(isp, 0), ["2026-01-01 2026-02-01 100000"]);
});

Deno.test("a cut line is billed, a cancelled and a pending one are not, whatever their dates say", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 3 });
  await liveUntil(isp, "2026-02-14T09:00");
  assert.deepEqual(await offNow(isp), [0, 1, 2]);
  await setSubscription(isp, 1, { status: "cancelled" });
  await setSubscription(isp, 2, { status: "pending" });
  await liveUntil(isp, "2026-03-01T00:10");
  assert.deepEqual((await Promise.all([0, 1, 2].map((n) => billed(isp, n)))).map((b) => b.length), [2, 1, 1]);
});

Deno.test("a new price holds from the next period on, and what was voided is billed again at its own price", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1 });
  await liveUntil(isp, "2026-02-01T10:00");
  assertOk(
    await updatePlan(isp.context, isp.tenantId, isp.actor, {
      planId: isp.planId,
      name: "Fiber 50",
      priceCentavos: centavos(120_000),
      pppProfile: "50M",
      speed: null,
    }),
  );
  assert.deepEqual(await billed(isp, 0), ["2026-01-01 2026-02-01 100000"]);
  const [bill] = (await isp.run((trx) => listBills(trx, {}, { limit: 1 }))).rows;
  assertOk(await voidBill(isp.context, isp.tenantId, isp.actor, { billId: bill!.id, reason: "Wrong price" }));
  await pay(isp, 0, 3000);
  await liveUntil(isp, "2026-04-01T10:00");
  assert.deepEqual(await billed(isp, 0), [
    "2026-01-01 2026-02-01 100000",
    "2026-02-01 2026-03-01 100000",
    "2026-03-01 2026-04-01 120000",
  ], "February had begun when the price was agreed");
  await assertBooksHold(isp);
});

Deno.test("a payment of a subscriber with two lines pays the oldest first and brings back only what is paid", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 2 });
  await setSubscription(isp, 1, { subscriber_id: isp.subscriberIds[0]! });
  await liveUntil(isp, "2026-02-14T09:00");
  assert.deepEqual(await offNow(isp), [0, 1]);
  const first = await pay(isp, 0, 1000);
  assert.equal(first.restored.length, 1, "one line is paid");
  const second = await pay(isp, 0, 999);
  assert.deepEqual(second.restored, [], "a peso is the minimum");
  const third = await pay(isp, 0, 0.01);
  assert.equal(third.restored.length, 1, "99 centavos are below it");
  assert.deepEqual(await offNow(isp), []);
  await assertBooksHold(isp);
});

Deno.test("a void frees its own days, whatever day the cycle has now", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1 });
  await liveUntil(isp, "2026-03-01T10:00");
  const { rows } = await isp.run((trx) => listBills(trx, {}, { limit: 9 }));
  const january = rows.find(({ period_start }) => String(period_start) === "2026-01-01");
  const voided = { billId: january!.id, reason: "Wrong cycle" };
  assertOk(await voidBill(isp.context, isp.tenantId, isp.actor, voided));
  await setSubscription(isp, 0, { anchor_day: 15 });
  await liveUntil(isp, "2026-03-02T10:00");
  assert.deepEqual(await billed(isp, 0), ["2026-01-01 2026-02-01 100000", "2026-02-01 2026-03-01 100000"]);
  await assertBooksHold(isp);
});

Deno.test("one whose periods go beyond where it stands is parked with its reason, and everybody else is billed", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 2 });
  await liveUntil(isp, "2026-02-01T10:00");
  await setSubscription(isp, 0, { billed_through_on: Temporal.PlainDate.from("2026-01-01") });
  await liveUntil(isp, "2026-03-01T10:00");
  assert.deepEqual(await billed(isp, 0), ["2026-01-01 2026-02-01 100000"], "no day is charged twice");
  const parked = await isp.run((trx) =>
    trx.selectFrom("run_rows").select(["outcome", "reason"]).where("tenant_id", "=", isp.tenantId)
      .where("subscription_id", "=", isp.subscriptionIds[0]!).where("outcome", "=", "failed").execute()
  );
  assert.match(parked[0]?.reason ?? "", /parked_ahead/);
  assert.equal((await billed(isp, 1)).length, 2);
  assert.deepEqual((await isp.run(checkInvariants)).map((one) => one.name), ["M4"]);
});
