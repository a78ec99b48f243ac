import assert from "node:assert/strict";
import { assertBooksHold, liveUntil, offNow, pay } from "@/tests/billing/isp.ts";
import { buy, createPrepaidIsp } from "@/tests/billing/prepaid_isp.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { assertOk, assertRefused } from "@/tests/support/expect.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { cancelModeChange } from "@/web/services/billing/mode_days.ts";
import { voidBill } from "@/web/services/billing/void_bill.ts";
import { reversePayment } from "@/web/services/payments/reverse_payment.ts";
import { switchRenewal } from "@/web/services/billing/renew_prepaid.ts";
import { findSubscriberBalance } from "@/web/store/billing/ledger.ts";
import { suspendSubscription } from "@/web/services/cuts/suspend_subscription.ts";
import {
  bothWays,
  change,
  changePlanOn,
  inAdvance,
  logged,
  mode,
  periods,
  setLine,
  waits,
} from "@/tests/billing/mode_isp.ts";

Deno.test("one that is ahead of itself stops nobody: the change is refused, a planned one waits and is named", async () => {
  await using world = await bothWays("2026-01-20T08:00:00+08:00");
  const { isp } = world;
  await liveUntil(isp, "2026-02-02T10:00");
  await setLine(isp, 0, { billed_through_on: Temporal.PlainDate.from("2026-01-25") });
  const refused = await change(isp, 0, "prepaid");
  assert.equal(refused.ok ? "" : refused.code, "mode_ahead");
  await setLine(isp, 0, { billed_through_on: Temporal.PlainDate.from("2026-02-01") });
  assertOk(await change(isp, 0, "prepaid", "next_boundary"));
  await setLine(isp, 0, { billed_through_on: Temporal.PlainDate.from("2026-01-25") });
  await liveUntil(isp, "2026-03-02T10:00");
  assert.equal((await periods(isp, 1)).length, 2, "the other has its bill of February");
  assert.equal((await mode(isp)).billing_mode, "postpaid");
  assert.deepEqual(await waits(isp), ["Subscriber 00001"]);
  await setLine(isp, 0, { billed_through_on: Temporal.PlainDate.from("2026-02-01") });
  await liveUntil(isp, "2026-03-03T10:00");
  assert.equal((await mode(isp)).billing_mode, "prepaid");
  assert.equal(
    (await periods(isp)).at(-1),
    "2026-03-01 2026-03-03 final 1064.52",
    "no day that it waited is lost",
  );
  assert.deepEqual(await waits(isp), []);
  await assertBooksHold(isp);
});

Deno.test("a renewal that the database refuses is noted once a day and stops neither the others nor the day", async () => {
  await using database = await createTestDatabase();
  const isp = await createPrepaidIsp(database, { start: "2026-01-20T08:00:00+08:00", subscribers: 2 });
  for (const n of [0, 1]) {
    assertOk(await buy(isp, n, { count: 7, pesos: 1000 }));
    const subscriptionId = isp.subscriptionIds[n]!;
    assertOk(
      await switchRenewal(isp.context, isp.tenantId, isp.actor, { subscriptionId, renewsItself: true }),
    );
  }
  // Days in its way that it does not know of.
  await setLine(isp, 0, { billed_through_on: Temporal.PlainDate.from("2026-01-24") });
  await isp.run((trx) =>
    trx.updateTable("charged_periods").set({ period_start: Temporal.PlainDate.from("2026-01-23") })
      .where("tenant_id", "=", trx.tenantId).where("subscription_id", "=", isp.subscriptionIds[0]!).execute()
  );
  await liveUntil(isp, "2026-01-27T10:00");
  assert.equal((await periods(isp, 1)).length, 2, "renewed");
  assert.deepEqual(await logged(isp), Array(4).fill("prepaid_not_renewed"), "24 to 27 Jan");
});

Deno.test("planned with lead days: no bill for days that will be sold; cancelled, they are billed", async () => {
  await using world = await inAdvance("2026-06-01T00:00:00+08:00");
  const { isp } = world;
  await liveUntil(isp, "2026-06-15T10:00");
  for (const n of [0, 1]) await pay(isp, n, 1000);
  for (const n of [0, 1]) assertOk(await change(isp, n, "prepaid", "next_boundary"));
  await liveUntil(isp, "2026-06-28T10:00");
  const june = "2026-06-01 2026-07-01 recurring 1000";
  assert.deepEqual(await periods(isp), [june], "no bill of July");
  const subscriptionId = isp.subscriptionIds[1]!;
  assertOk(await cancelModeChange(isp.context, isp.tenantId, isp.actor, { subscriptionId }));
  await liveUntil(isp, "2026-07-01T10:00");
  assert.deepEqual(await periods(isp), [june]);
  assert.deepEqual(await periods(isp, 1), [june, "2026-07-01 2026-08-01 recurring 1000"]);
  assert.deepEqual([(await mode(isp)).billing_mode, (await mode(isp, 1)).billing_mode], [
    "prepaid",
    "postpaid",
  ]);
  assert.deepEqual(await offNow(isp), [0], "nothing was bought");
  await assertBooksHold(isp);
});

Deno.test("a bill of days to come that is not paid keeps a planned change waiting, and nobody is cut inside its terms", async () => {
  await using world = await inAdvance("2026-06-01T00:00:00+08:00");
  const { isp } = world;
  await liveUntil(isp, "2026-06-24T10:00");
  for (const n of [0, 1]) await pay(isp, n, 2000);
  assertOk(await change(isp, 0, "prepaid", "next_boundary"));
  const reversed = await isp.run((trx) =>
    trx.selectFrom("payments").select("id").where("tenant_id", "=", trx.tenantId)
      .where("subscriber_id", "=", isp.subscriberIds[0]!).executeTakeFirstOrThrow()
  );
  assertOk(
    await reversePayment(isp.context, isp.tenantId, isp.actor, { paymentId: reversed.id, reason: "Bounced" }),
  );
  await pay(isp, 0, 1000);
  await liveUntil(isp, "2026-07-02T10:00");
  assert.equal((await mode(isp)).billing_mode, "postpaid");
  assert.deepEqual(await offNow(isp), [], "inside its terms");
  assert.deepEqual(await waits(isp), ["Subscriber 00001"]);
  await pay(isp, 0, 1000);
  await liveUntil(isp, "2026-07-03T10:00");
  assert.equal((await mode(isp)).billing_mode, "prepaid");
  assert.deepEqual(await offNow(isp), [], "July is paid");
  await assertBooksHold(isp);
});

Deno.test("voided days to come: to be billed again they wait for that bill, never billed they stay on to their end", async () => {
  await using world = await inAdvance("2026-06-01T00:00:00+08:00");
  const { isp } = world;
  await liveUntil(isp, "2026-06-10T10:00");
  for (const [n, periods] of [[0, "bill_again"], [1, "never"]] as const) {
    const bill = await isp.run((trx) =>
      trx.selectFrom("bills").select("id").where("tenant_id", "=", trx.tenantId)
        .where("subscriber_id", "=", isp.subscriberIds[n]!).executeTakeFirstOrThrow()
    );
    assertOk(
      await voidBill(isp.context, isp.tenantId, isp.actor, { billId: bill.id, reason: "Wrong", periods }),
    );
  }
  assertRefused(await change(isp, 0, "prepaid"), "mode_days_to_bill");
  assert.match(assertRefused(await change(isp, 1, "prepaid"), "mode_days_free"), /30 Jun 2026/);
  assertOk(await change(isp, 1, "prepaid", "next_boundary"));
  await liveUntil(isp, "2026-06-11T10:00");
  await pay(isp, 0, 1000);
  assertOk(await change(isp, 0, "prepaid"));
  await liveUntil(isp, "2026-06-30T10:00");
  assert.deepEqual(await offNow(isp), [], "June is paid, or given");
  await liveUntil(isp, "2026-07-01T10:00");
  assert.deepEqual(await offNow(isp), [0, 1]);
  assertOk(await buy(isp, 1, { count: 7, pesos: 1000 }));
  assert.deepEqual(await offNow(isp), [0]);
  await assertBooksHold(isp);
});

Deno.test("the last bill charges each day by its plan; a stretch that was suspended gets none", async () => {
  await using world = await bothWays("2026-06-01T00:00:00+08:00");
  const { isp } = world;
  await changePlanOn(isp, 0, "2026-06-10");
  const subscriptionId = isp.subscriptionIds[1]!;
  const hold = { subscriptionId, reason: "vacation" as const, note: "Away" };
  assertOk(await suspendSubscription(isp.context, isp.tenantId, isp.actor, hold));
  await liveUntil(isp, "2026-06-25T08:00");
  for (const n of [0, 1]) assertOk(await change(isp, n, "prepaid"));
  assert.deepEqual(await periods(isp), [
    "2026-06-01 2026-06-10 final 1300",
    "2026-06-10 2026-06-25 final 1300",
  ], "9 of 30 days of ₱1,000, 15 of 30 of ₱2,000");
  assert.deepEqual(await periods(isp, 1), ["2026-06-01 2026-06-25 suspended"]);
  await assertBooksHold(isp);
});

Deno.test("days of the next plan are sold at its price, days before it at that of the plan", async () => {
  await using database = await createTestDatabase();
  const isp = await createPrepaidIsp(database, { start: "2026-01-20T08:00:00+08:00", subscribers: 2 });
  assertOk(await buy(isp, 0, { count: 7, pesos: 199 }));
  for (const n of [0, 1]) await changePlanOn(isp, n, "2026-01-27");
  const short = await buy(isp, 0);
  assert.equal(short.ok ? "" : short.code, "prepaid_short");
  assert.equal(assertOk(await buy(isp, 0, { pesos: 900 })).fromOn.toString(), "2026-01-27");
  assertOk(await buy(isp, 1));
  assert.deepEqual((await periods(isp)).at(-1), "2026-01-27 2026-02-26 prepaid 900");
  assert.deepEqual(await periods(isp, 1), ["2026-01-20 2026-02-19 prepaid 500"]);
  await assertBooksHold(isp);
});

Deno.test("bought before a planned change: refused with its day, nothing taken; money that came early buys from that day", async () => {
  await using world = await bothWays("2026-01-28T08:00:00+08:00");
  const { isp } = world;
  assertOk(await change(isp, 0, "prepaid", "next_boundary"));
  const once = uuidv7(isp.clock.now().epochMilliseconds);
  assert.match(assertRefused(await buy(isp, 0, { once }), "prepaid_from_later"), /1 Feb 2026/);
  const books = await isp.run((trx) => findSubscriberBalance(trx, isp.subscriberIds[0]!));
  assert.deepEqual([books.receivableCentavos, books.creditCentavos], [0n, 0n]);
  // Paid ahead as credit: the last bill and 30 days.
  await pay(isp, 0, 629.03);
  await liveUntil(isp, "2026-02-01T00:30");
  const bought = assertOk(await buy(isp, 0, { once, pesos: 0 }));
  assert.equal(bought.fromOn.toString(), "2026-02-01");
  assert.equal(assertOk(await buy(isp, 0, { once, pesos: 0 })).duplicate, true);
  await liveUntil(isp, "2026-02-02T10:00");
  assert.deepEqual(await offNow(isp), []);
  assert.deepEqual(await periods(isp), [
    "2026-01-28 2026-02-01 final 129.03",
    "2026-02-01 2026-03-03 prepaid 500",
  ]);
  await assertBooksHold(isp);
});
