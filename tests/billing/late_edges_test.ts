import assert from "node:assert/strict";
import pg from "pg";
import { centavos } from "@/shared/money/mod.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { chargeLateFees } from "@/web/services/billing/charge_late_fees.ts";
import { decideDispute, disputeBill, type DisputeDecision } from "@/web/services/billing/dispute_bill.ts";
import { runDueDays } from "@/web/services/billing/run_due_days.ts";
import { issueMemo } from "@/web/services/payments/issue_memo.ts";
import { reversePayment } from "@/web/services/payments/reverse_payment.ts";
import { listLateBills } from "@/web/store/billing/late_fees.ts";
import { assertBooksHold, liveUntil, pay, todayOf } from "./isp.ts";
import { balanceOf, billOf, call, feesOf, lateIsp, payOn } from "@/tests/billing/late_isp.ts";

Deno.test("what is disputed costs no fee; lost, it is late after the days that the decision leaves", async () => {
  await using database = await createTestDatabase();
  const isp = await lateIsp(database, { subscribers: 5 });
  const dispute = async (n: number, pesos: number | null) =>
    assertOk(
      await disputeBill(...call(isp), {
        billId: (await billOf(isp, n)).id,
        amountCentavos: pesos === null ? null : centavos(pesos * 100),
        reason: "Was off for a week",
      }),
    );
  const decide = async (n: number, decision: DisputeDecision) =>
    assertOk(
      await decideDispute(...call(isp), { billId: (await billOf(isp, n)).id, decision, note: "Looked" }),
    );
  await liveUntil(isp, "2026-02-05T12:00");
  await dispute(0, null);
  await dispute(1, 300);
  await dispute(2, 300);
  await pay(isp, 2, 700);
  await liveUntil(isp, "2026-02-12T12:00");
  assert.deepEqual(await Promise.all([0, 1, 2].map((n) => feesOf(isp, n))), [[], ["35 issued"], []]);
  await decide(0, "rejected");
  await decide(1, "rejected");
  await decide(2, "withdrawn");
  // Five days of grace from the decision on, the fee on the day after them.
  await liveUntil(isp, "2026-02-17T12:00");
  assert.deepEqual(await feesOf(isp, 0), []);
  await liveUntil(isp, "2026-02-18T12:00");
  assert.deepEqual(await feesOf(isp, 0), ["50 issued"]);
  assert.deepEqual(await feesOf(isp, 1), ["35 issued"], "once for the bill");
  assert.deepEqual(await feesOf(isp, 2), ["15 issued"]);
  // Won after the fee was charged: it goes with what should never have been asked for.
  await dispute(3, null);
  await dispute(4, 400);
  assert.deepEqual(await feesOf(isp, 3), ["50 issued"]);
  await decide(3, "upheld");
  await decide(4, "upheld");
  assert.deepEqual(await feesOf(isp, 3), ["50 void"]);
  assert.deepEqual(await feesOf(isp, 4), ["50 void", "30 issued"]);
  await assertBooksHold(isp);
});

Deno.test("what was paid while it was disputed is never late, however the dispute ends and whatever is posted later", async () => {
  await using database = await createTestDatabase();
  const isp = await lateIsp(database, { subscribers: 3 });
  await liveUntil(isp, "2026-02-05T12:00");
  const bills = await Promise.all([0, 1, 2].map((n) => billOf(isp, n)));
  for (const { id: billId } of bills) {
    assertOk(await disputeBill(...call(isp), { billId, amountCentavos: null, reason: "Was off" }));
  }
  // The day of the fee goes by.
  await liveUntil(isp, "2026-02-20T12:00");
  const paid = [await pay(isp, 0, 1000), await pay(isp, 1, 1000)];
  const goodwill = { kind: "goodwill", reason: "Asked", amountCentavos: centavos(40_000) } as const;
  assertOk(
    await issueMemo(...call(isp), {
      ...goodwill,
      subscriberId: isp.subscriberIds[2]!,
      billId: bills[2]!.id,
      idempotencyKey: "goodwill",
    }),
  );
  await liveUntil(isp, "2026-02-21T12:00");
  for (const [n, decision] of (["rejected", "rejected", "upheld"] as const).entries()) {
    assertOk(await decideDispute(...call(isp), { billId: bills[n]!.id, decision, note: "Looked" }));
  }
  await liveUntil(isp, "2026-02-22T12:00");
  // Money of before that has nothing to do with it has all fees looked at again.
  for (const n of [0, 1, 2]) await payOn(isp, n, 1, "2026-02-19");
  await liveUntil(isp, "2026-02-24T12:00");
  assert.deepEqual(await Promise.all([0, 1, 2].map((n) => feesOf(isp, n))), [[], [], []]);
  // Not paid after all, and the dispute is over.
  assertOk(await reversePayment(...call(isp), { paymentId: paid[1]!.paymentId, reason: "Bounced" }));
  await liveUntil(isp, "2026-02-25T12:00");
  assert.deepEqual(await Promise.all([0, 1, 2].map((n) => feesOf(isp, n))), [[], ["49.95 issued"], []]);
  await assertBooksHold(isp);
});

Deno.test("what a bill should not have asked for costs no fee either when its payment bounces and the memo paid another", async () => {
  await using database = await createTestDatabase();
  const isp = await lateIsp(database, { subscribers: 1 });
  await liveUntil(isp, "2026-02-05T12:00");
  const { paymentId } = await pay(isp, 0, 1000);
  assertOk(
    await issueMemo(...call(isp), {
      subscriberId: isp.subscriberIds[0]!,
      kind: "correction",
      reason: "Was off",
      amountCentavos: centavos(30_000),
      billId: (await billOf(isp, 0)).id,
      idempotencyKey: "correction",
    }),
  );
  await liveUntil(isp, "2026-03-02T12:00");
  assert.equal(await balanceOf(isp, 0), 700, "what was given back is on the bill of March");
  assertOk(await reversePayment(...call(isp), { paymentId, reason: "Bounced" }));
  await liveUntil(isp, "2026-03-03T12:00");
  assert.deepEqual(await feesOf(isp, 0), ["35 issued"]);
  await assertBooksHold(isp);
});

Deno.test("a correction memo lowers the fee, goodwill does not, and a waived fee stands as waived", async () => {
  await using database = await createTestDatabase();
  const isp = await lateIsp(database, { subscribers: 3 });
  await liveUntil(isp, "2026-02-14T12:00");
  const memo = async (n: number, billId: string, kind: "correction" | "goodwill", pesos: number) =>
    assertOk(
      await issueMemo(...call(isp), {
        subscriberId: isp.subscriberIds[n]!,
        kind,
        reason: "Agreed by phone",
        amountCentavos: centavos(pesos * 100),
        billId,
        idempotencyKey: `memo-${crypto.randomUUID()}`,
      }),
    );
  await memo(0, (await billOf(isp, 0)).id, "correction", 200);
  assert.deepEqual(await feesOf(isp, 0), ["50 void", "40 issued"]);
  await memo(1, (await billOf(isp, 1)).id, "goodwill", 200);
  assert.deepEqual(await feesOf(isp, 1), ["50 issued"]);
  const fee = await isp.run((trx) =>
    trx.selectFrom("late_fees").select("fee_bill_id").where("tenant_id", "=", isp.tenantId)
      .where(
        "bill_id",
        "in",
        (eb) => eb.selectFrom("bills").select("id").where("subscriber_id", "=", isp.subscriberIds[2]!),
      ).executeTakeFirstOrThrow()
  );
  await memo(2, fee.fee_bill_id, "goodwill", 50);
  assert.deepEqual(await feesOf(isp, 2), ["50 paid"]);
  const inTime = await payOn(isp, 2, 1000, "2026-02-10");
  assertOk(await reversePayment(...call(isp), { paymentId: inTime.paymentId, reason: "Bounced" }));
  await liveUntil(isp, "2026-02-20T12:00");
  assert.deepEqual(await feesOf(isp, 2), ["50 paid"]);
  await assertBooksHold(isp);
});

Deno.test("a run that is late by three weeks charges the same fees as one on the day", async () => {
  await using database = await createTestDatabase();
  const isp = await lateIsp(database, { subscribers: 4 });
  await liveUntil(isp, "2026-02-05T12:00");
  await pay(isp, 1, 1000);
  // Nothing runs. Two pay meanwhile: one in time, one late.
  isp.clock.set(Temporal.Instant.from("2026-02-10T12:00+08:00"));
  await pay(isp, 2, 1000);
  isp.clock.set(Temporal.Instant.from("2026-02-15T12:00+08:00"));
  await pay(isp, 3, 1000);
  isp.clock.set(Temporal.Instant.from("2026-03-07T12:00+08:00"));
  const reports = assertOk(await runDueDays(...call(isp)));
  const charged = reports.filter((report) => report.fees.count > 0)
    .map((report) => `${report.businessOn} ${report.fees.count} ${report.fees.amountCentavos}`);
  assert.deepEqual(charged, ["2026-02-12 2 10000"]);
  const fees = await Promise.all([0, 1, 2, 3].map((n) => feesOf(isp, n)));
  assert.deepEqual(fees, [["50 issued"], [], [], ["50 issued"]]);
  await assertBooksHold(isp);
});

Deno.test("killed between batches, repeated and run twice at once, each bill gets one fee", async () => {
  await using database = await createTestDatabase();
  const isp = await lateIsp(database, { subscribers: 40 });
  await liveUntil(isp, "2026-02-11T12:00");
  isp.clock.set(Temporal.Instant.from("2026-02-12T00:10+08:00"));
  const businessOn = todayOf(isp);
  let batches = 0;
  const dying = {
    ...isp.context,
    // The first one passes over what was paid.
    before: () => ++batches > 3 ? Promise.reject(new Error("killed")) : Promise.resolve(),
  };
  await assert.rejects(
    chargeLateFees(dying, isp.tenantId, isp.actor, { businessOn, batchSize: 7 }),
    /killed/,
  );
  const countFees = async () =>
    (await isp.run((trx) =>
      trx.selectFrom("late_fees").select("bill_id").where("tenant_id", "=", isp.tenantId).execute()
    )).length;
  assert.equal(await countFees(), 14);
  const both = await Promise.all(
    [1, 2, 3].map(() => chargeLateFees(...call(isp), { businessOn, batchSize: 5 })),
  );
  assert.equal(both.reduce((sum, one) => sum + assertOk(one).count, 0), 26);
  assert.equal(assertOk(await chargeLateFees(...call(isp), { businessOn })).count, 0);
  assert.equal(await countFees(), 40);
  assert.deepEqual(await isp.run((trx) => listLateBills(trx, { lookedOn: businessOn })), []);
  await assertBooksHold(isp);
});

Deno.test("the database takes one fee that stands for a bill, and none on a fee itself", async () => {
  await using database = await createTestDatabase();
  const isp = await lateIsp(database, { subscribers: 1 });
  await liveUntil(isp, "2026-02-12T12:00");
  const fee = await isp.run((trx) =>
    trx.selectFrom("late_fees").selectAll().where("tenant_id", "=", isp.tenantId).executeTakeFirstOrThrow()
  );
  const add = (bill_id: string, fee_bill_id: string) =>
    isp.run((trx) => trx.insertInto("late_fees").values({ ...fee, bill_id, fee_bill_id }).execute());
  await assert.rejects(add(fee.bill_id, fee.bill_id), /late_fees_not_on_itself/);
  await assert.rejects(add(fee.bill_id, (await billOf(isp, 0)).id), /late_fees/);
});

Deno.test("one that the database refuses stops nobody else and is tried again the next night", async () => {
  await using database = await createTestDatabase();
  const isp = await lateIsp(database, { subscribers: 3 });
  await liveUntil(isp, "2026-02-11T12:00");
  const client = new pg.Client({ connectionString: database.superuserUrl });
  await client.connect();
  await client.query(`
    create function refuse_one() returns trigger language plpgsql as $$
    begin
      if new.kind = 'late_fee' and new.subscriber_id = '${isp.subscriberIds[1]}' then
        raise exception 'this one not' using errcode = 'check_violation';
      end if;
      return new;
    end $$;
    create trigger refuse_one before insert on bills for each row execute function refuse_one()`);
  await liveUntil(isp, "2026-02-12T12:00");
  const fees = () => Promise.all([0, 1, 2].map((n) => feesOf(isp, n)));
  assert.deepEqual(await fees(), [["50 issued"], [], ["50 issued"]]);
  const logged = await isp.run((trx) =>
    trx.selectFrom("system_log").select("event").where("tenant_id", "=", isp.tenantId)
      .where("event", "=", "late_fee_not_charged").execute()
  );
  assert.equal(logged.length, 1);
  await client.query("drop trigger refuse_one on bills");
  await client.end();
  await liveUntil(isp, "2026-02-13T12:00");
  assert.deepEqual(await fees(), [["50 issued"], ["50 issued"], ["50 issued"]]);
  await assertBooksHold(isp);
});

Deno.test("a fee that becomes smaller is paid at once by what was given back: no credit idles beside it", async () => {
  await using database = await createTestDatabase();
  const isp = await lateIsp(database, { subscribers: 1 });
  await liveUntil(isp, "2026-02-13T10:00");
  assert.deepEqual(await feesOf(isp, 0), ["50 issued"]);
  await pay(isp, 0, 500);
  // Of the bill half was in time after all: 5 % of the other half is right.
  await payOn(isp, 0, 700, "2026-02-10");
  assert.deepEqual(await feesOf(isp, 0), ["50 paid", "25 paid"]);
  await assertBooksHold(isp);
});
