import assert from "node:assert/strict";
import { assertBooksHold, createIsp, liveUntil, offNow, pay, todayOf } from "@/tests/billing/isp.ts";
import { buy, createPrepaidIsp, UNITS } from "@/tests/billing/prepaid_isp.ts";
import { type Centavos, centavos } from "@/shared/money/mod.ts";
import { lockSubscription } from "@/web/store/subscribers/subscriptions.ts";
import { assertOk, assertRefused } from "@/tests/support/expect.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { changeMode } from "@/web/services/billing/change_mode.ts";
import { changePlan } from "@/web/services/billing/change_plan.ts";
import { switchRenewal } from "@/web/services/billing/renew_prepaid.ts";
import { voidBill } from "@/web/services/billing/void_bill.ts";
import { executeCutRun } from "@/web/services/cuts/execute_cut_run.ts";
import { takeOverBalance } from "@/web/services/payments/opening_balance.ts";
import { previewPayment } from "@/web/services/payments/preview_payment.ts";
import { reversePayment } from "@/web/services/payments/reverse_payment.ts";
import { findScheduledRun, updateRun } from "@/web/store/billing/runs.ts";
import { replacePrepaidUnits } from "@/web/store/billing/prepaid.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { credit, days, SEVEN } from "@/tests/billing/renewals.ts";

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
