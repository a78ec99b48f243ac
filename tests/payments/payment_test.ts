import assert from "node:assert/strict";
import { Kysely, PostgresDialect } from "kysely";
import { centavos } from "@/shared/money/mod.ts";
import { silentLogger } from "@/shared/log.ts";
import { assertOk, assertRefused } from "@/tests/support/expect.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { excludeFromRun, includeInRun } from "@/web/services/cuts/exclude_from_run.ts";
import { executeCutRun } from "@/web/services/cuts/execute_cut_run.ts";
import { approveCutRun } from "@/web/services/cuts/approve_cut_run.ts";
import { endHold, extendHold, holdSubscription } from "@/web/services/cuts/hold_subscription.ts";
import { type PaymentInput, recordPayment } from "@/web/services/payments/record_payment.ts";
import { reversePayment } from "@/web/services/payments/reverse_payment.ts";
import { archivePlan, createPlan, updatePlan } from "@/web/services/billing/save_plan.ts";
import { resumeSubscription, suspendSubscription } from "@/web/services/cuts/suspend_subscription.ts";
import { updateSubscriber } from "@/web/services/subscribers/update_subscriber.ts";
import { voidBill } from "@/web/services/billing/void_bill.ts";
import { openDatabase } from "@/web/store/db/database.ts";
import { GuardedPool } from "@/web/store/db/guarded_pool.ts";
import { listBills } from "@/web/store/billing/bills_page.ts";
import { listPayments } from "@/web/store/payments/payments_page.ts";
import { findScheduledRun } from "@/web/store/billing/runs.ts";
import type { Database } from "@/web/store/db/schema.ts";
import { assertBooksHold, createIsp, type Isp, liveUntil, offNow, pay, todayOf } from "../billing/isp.ts";

function input(isp: Isp, changes: Partial<PaymentInput> = {}): PaymentInput {
  return {
    subscriberId: isp.subscriberIds[0]!,
    amountCentavos: centavos(50_000),
    method: "cash",
    receivedOn: todayOf(isp),
    idempotencyKey: "form-0001",
    ...changes,
  };
}

Deno.test("the same form sent twice, also at the same time, is one payment", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 2 });
  await liveUntil(isp, "2026-02-02T10:00");
  const post = (changes = {}) => recordPayment(isp.context, isp.tenantId, isp.actor, input(isp, changes));
  const answers = (await Promise.all([post(), post(), post()])).map(assertOk);
  assert.equal(answers.filter((answer) => !answer.duplicate).length, 1);
  const same = answers.map(({ duplicate: _duplicate, ...answer }) => answer);
  assert.deepEqual(same[1], same[0]);
  assert.deepEqual(same[2], same[0]);
  assertRefused(await post({ amountCentavos: centavos(60_000) }), "idempotency_mismatch");
  const other = { subscriberId: isp.subscriberIds[1]!, idempotencyKey: "form-0002" };
  const race = await Promise.all([post({ idempotencyKey: "form-0002" }), post(other)]);
  assert.deepEqual(race.map((answer) => answer.ok).sort(), [false, true]);
  await assertBooksHold(isp);
});

Deno.test("absurd payments are refused with what to do, and write nothing", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 2 });
  await liveUntil(isp, "2026-02-02T10:00");
  const post = (changes: Partial<PaymentInput>) =>
    recordPayment(isp.context, isp.tenantId, isp.actor, input(isp, changes));
  const today = todayOf(isp);
  assertRefused(await post({ amountCentavos: centavos(0) }), "payment_amount_not_positive");
  assertRefused(await post({ amountCentavos: centavos(-1) }), "payment_amount_not_positive");
  assertRefused(await post({ amountCentavos: centavos(10_000_000_000n) }), "payment_amount_too_large");
  assertRefused(await post({ amountCentavos: centavos(100_000_001) }), "amount_too_large");
  assertRefused(await post({ receivedOn: today.add({ days: 1 }) }), "received_on_in_future");
  assertRefused(await post({ receivedOn: today.subtract({ years: 2, days: 1 }) }), "received_on_too_old");
  assertRefused(await post({ receivedOn: today.subtract({ years: 1, days: 1 }) }), "received_on_old");
  assertRefused(await post({ method: "gcash" }), "reference_required");
  assertRefused(await post({ tenderedCentavos: centavos(100) }), "tendered_too_small");
  assertRefused(await post({ idempotencyKey: "" }), "idempotency_key_missing");
  assertRefused(await post({ subscriberId: isp.planId }), "subscriber_not_found");
  assertRefused(await post({ targetBillId: isp.planId }), "bill_not_found");
  assert.equal((await isp.run((trx) => listPayments(trx, {}, { limit: 9 }))).rows.length, 0);
  const first = assertOk(
    await post({ method: "gcash", reference: "GC-77", tenderedCentavos: centavos(60_000) }),
  );
  assert.equal(first.changeDueCentavos, 10_000n);
  const twin = { method: "gcash" as const, reference: "gc-77", idempotencyKey: "form-0003" };
  assertRefused(await post(twin), "duplicate_reference");
  assertOk(await post({ ...twin, confirmDuplicateReference: true }));
  await assertBooksHold(isp);
});

Deno.test("more than is owed becomes credit, which pays the next bill on its own", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1 });
  await liveUntil(isp, "2026-02-02T10:00");
  const paid = await pay(isp, 0, 2500);
  assert.equal(paid.creditCentavos, 150_000n);
  await liveUntil(isp, "2026-04-01T10:00");
  const bills = await isp.run((trx) => listBills(trx, {}, { limit: 9 }));
  assert.deepEqual(bills.rows.map((bill) => bill.paid_centavos), [50_000n, 100_000n, 100_000n]);
  await assertBooksHold(isp);
});

Deno.test("whoever pays while the cut run runs is on at the end, whichever came first", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 60 });
  await liveUntil(isp, "2026-02-14T08:00");
  isp.clock.set("2026-02-14T09:00:00+08:00");
  const run = await isp.run((trx) => findScheduledRun(trx, "cut", todayOf(isp)));
  const payers = Array.from({ length: 20 }, (_, i) => i * 3);
  await Promise.all([
    executeCutRun(isp.context, isp.tenantId, isp.actor, { runId: run!.id, chunkSize: 7 }).then(assertOk),
    ...payers.map((n) => pay(isp, n, 1000)),
  ]);
  const off = new Set(await offNow(isp));
  for (let n = 0; n < 60; n++) assert.equal(off.has(n), !payers.includes(n), `subscriber ${n}`);
  await assertBooksHold(isp);
});

Deno.test("a payment that fails at any statement leaves nothing half done, and its form may be sent again", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 40 });
  await liveUntil(isp, "2026-02-14T09:01");
  const broken = openDatabase({ url: database.appUrl, log: silentLogger, maxConnections: 2 });
  let left = Infinity;
  const db = new Kysely<Database>({
    dialect: new PostgresDialect({ pool: new GuardedPool(broken.pool, silentLogger) }),
    log: () => {},
    plugins: [{
      transformQuery: ({ node }) => {
        if (--left === 0) throw new Error("the statement failed");
        return node;
      },
      transformResult: ({ result }) => Promise.resolve(result),
    }],
  });
  let failures = 0;
  try {
    for (let k = 1; k <= 40; k++) {
      left = k + 1;
      const form = input(isp, {
        subscriberId: isp.subscriberIds[k - 1]!,
        amountCentavos: centavos(100_000),
        idempotencyKey: `crash-${String(k).padStart(4, "0")}`,
      });
      const before = (await offNow(isp)).includes(k - 1);
      const outcome = await recordPayment({ ...isp.context, db }, isp.tenantId, isp.actor, form).catch(() =>
        null
      );
      if (outcome === null) {
        failures++;
        assert.equal((await offNow(isp)).includes(k - 1), before, `statement ${k}`);
        await assertBooksHold(isp);
      }
      assertOk(await recordPayment(isp.context, isp.tenantId, isp.actor, form));
      assert.ok(!(await offNow(isp)).includes(k - 1));
    }
  } finally {
    await db.destroy();
  }
  assert.ok(failures >= 12, `only ${failures} statements failed`);
  const payments = await isp.run((trx) => listPayments(trx, {}, { limit: 100 }));
  assert.equal(payments.rows.length, 40);
  await assertBooksHold(isp);
});

Deno.test("nobody changes anything of another tenant", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1 });
  const other = await createIsp(database, { subscribers: 1 });
  await liveUntil(isp, "2026-02-14T08:00");
  const paid = await pay(isp, 0, 100);
  const [bill] = (await isp.run((trx) => listBills(trx, {}, { limit: 1 }))).rows;
  const run = await isp.run((trx) => findScheduledRun(trx, "cut", todayOf(isp)));
  other.clock.set(isp.clock.now());
  const subscriptionId = isp.subscriptionIds[0]!;
  const [ctx, id, who] = [other.context, other.tenantId, other.actor];
  const day = todayOf(isp);
  const reason = "Not ours";
  assertRefused(await recordPayment(ctx, id, who, input(isp)), "subscriber_not_found");
  assertRefused(
    await reversePayment(ctx, id, who, { paymentId: paid.paymentId, reason }),
    "payment_not_found",
  );
  assertRefused(await voidBill(ctx, id, who, { billId: bill!.id, reason }), "bill_not_found");
  const missing = "subscription_not_found";
  assertRefused(await holdSubscription(ctx, id, who, { subscriptionId, untilOn: day, reason }), missing);
  assertRefused(await extendHold(ctx, id, who, { subscriptionId, days: 1 }), missing);
  assertRefused(await endHold(ctx, id, who, { subscriptionId }), missing);
  assertRefused(await excludeFromRun(ctx, id, who, { subscriptionId, businessOn: day, reason }), missing);
  assertRefused(await includeInRun(ctx, id, who, { subscriptionId, businessOn: day }), missing);
  assertRefused(
    await suspendSubscription(ctx, id, who, { subscriptionId, reason: "admin", note: reason }),
    missing,
  );
  assertRefused(await resumeSubscription(ctx, id, who, { subscriptionId, reason: "admin" }), missing);
  assertRefused(await executeCutRun(ctx, id, who, { runId: run!.id }), "run_not_found");
  assertRefused(await approveCutRun(ctx, id, who, { runId: run!.id }), "run_not_found");
  const plan = {
    planId: isp.planId,
    name: "Theirs",
    priceCentavos: centavos(1),
    pppProfile: null,
    speed: null,
  };
  assertRefused(await updatePlan(ctx, id, who, plan), "plan_not_found");
  assertRefused(await archivePlan(ctx, id, who, { planId: isp.planId }), "plan_not_found");
  const contact = { name: "X", phone: null, email: null, address: null, notes: null };
  const subscriberId = isp.subscriberIds[0]!;
  assertRefused(await updateSubscriber(ctx, id, who, { subscriberId, ...contact }), "subscriber_not_found");
  assertOk(await createPlan(ctx, id, who, { ...plan, name: "Fiber 100" }));
  assert.deepEqual(await offNow(isp), []);
});

Deno.test("a manual suspension stays through payments and ends only by hand", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1 });
  const subscriptionId = isp.subscriptionIds[0]!;
  const suspension = { subscriptionId, reason: "abuse" as const, note: "Resells" };
  assertOk(await suspendSubscription(isp.context, isp.tenantId, isp.actor, suspension));
  assertRefused(
    await suspendSubscription(isp.context, isp.tenantId, isp.actor, suspension),
    "already_suspended",
  );
  await liveUntil(isp, "2026-02-14T10:00");
  await pay(isp, 0, 1000);
  assert.deepEqual(await offNow(isp), [0]);
  assertOk(
    await resumeSubscription(isp.context, isp.tenantId, isp.actor, { subscriptionId, reason: "abuse" }),
  );
  assert.deepEqual(await offNow(isp), []);
});
