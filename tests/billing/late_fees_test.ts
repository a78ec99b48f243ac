import assert from "node:assert/strict";
import pg from "pg";
import { centavos } from "@/shared/money/mod.ts";
import { assertOk, assertRefused } from "@/tests/support/expect.ts";
import { createTestDatabase, type TestDatabase } from "@/tests/support/postgres.ts";
import { NO_OWN_RULES, type OwnRules } from "@/web/domain/billing/mod.ts";
import { agreePlanRules, agreeRules } from "@/web/services/billing/agree_rules.ts";
import { chargeLateFees } from "@/web/services/billing/charge_late_fees.ts";
import { decideDispute, disputeBill, type DisputeDecision } from "@/web/services/billing/dispute_bill.ts";
import { runDueDays } from "@/web/services/billing/run_due_days.ts";
import { voidBill } from "@/web/services/billing/void_bill.ts";
import { issueMemo } from "@/web/services/payments/issue_memo.ts";
import { recordPayment } from "@/web/services/payments/record_payment.ts";
import { reversePayment } from "@/web/services/payments/reverse_payment.ts";
import { listLateBills } from "@/web/store/billing/late_fees.ts";
import {
  assertBooksHold,
  createIsp,
  type Isp,
  type IspOptions,
  liveUntil,
  offNow,
  pay,
  todayOf,
} from "./isp.ts";

const call = (isp: Isp) => [isp.context, isp.tenantId, isp.actor] as const;
const day = Temporal.PlainDate.from;

/** Bills of ₱1,000 of the 1st, due on the 8th; from the 12th a late one costs 5 %. */
async function lateIsp(
  database: TestDatabase,
  options: IspOptions & { flatPesos?: number } = {},
): Promise<Isp> {
  const { flatPesos = 0, ...rest } = options;
  const isp = await createIsp(database, rest);
  await isp.run((trx) =>
    trx.updateTable("tenants").set({
      late_after_days: 3,
      ...(flatPesos === 0
        ? { late_fee_kind: "percent" as const, late_fee_bp: 500 }
        : { late_fee_kind: "flat" as const, late_fee_centavos: BigInt(flatPesos * 100) }),
    }).where("id", "=", isp.tenantId).execute()
  );
  return isp;
}

/** `pesos status` of each fee of a subscriber, oldest first; `paid` when nothing is left of it. */
async function feesOf(isp: Isp, n: number): Promise<string[]> {
  const rows = await isp.run((trx) =>
    trx.selectFrom("bills").selectAll().where("tenant_id", "=", isp.tenantId).where("kind", "=", "late_fee")
      .where("subscriber_id", "=", isp.subscriberIds[n]!).orderBy("created_at").orderBy("number").execute()
  );
  return rows.map((row) => {
    const state = row.status === "issued" && row.paid_centavos === row.total_centavos ? "paid" : row.status;
    return `${Number(row.total_centavos) / 100} ${state}`;
  });
}

/** The oldest live bill of a subscriber that is no fee. */
async function billOf(isp: Isp, n: number) {
  return await isp.run((trx) =>
    trx.selectFrom("bills").selectAll().where("tenant_id", "=", isp.tenantId)
      .where("subscription_id", "=", isp.subscriptionIds[n]!).where("status", "=", "issued")
      .where("kind", "<>", "late_fee").orderBy("period_start").executeTakeFirstOrThrow()
  );
}

/** Money that came in on a day and is recorded now. */
async function payOn(isp: Isp, n: number, pesos: number, receivedOn: string) {
  return assertOk(
    await recordPayment(...call(isp), {
      subscriberId: isp.subscriberIds[n]!,
      amountCentavos: centavos(pesos * 100),
      method: "cash",
      receivedOn: day(receivedOn),
      idempotencyKey: `late-${crypto.randomUUID()}`,
    }),
  );
}

async function balanceOf(isp: Isp, n: number): Promise<number> {
  const rows = await isp.run((trx) =>
    trx.selectFrom("bills").select(["total_centavos", "paid_centavos"]).where("tenant_id", "=", isp.tenantId)
      .where("subscriber_id", "=", isp.subscriberIds[n]!).where("status", "=", "issued").execute()
  );
  return rows.reduce((sum, row) => sum + Number(row.total_centavos - row.paid_centavos), 0) / 100;
}

function agree(isp: Isp, n: number, rules: Partial<OwnRules>) {
  return agreeRules(...call(isp), {
    subscriptionId: isp.subscriptionIds[n]!,
    rules: { ...NO_OWN_RULES, ...rules },
    lockIn: null,
  });
}

Deno.test("a bill that is not paid by then costs 5 percent of what is unpaid, once, as a bill of its own", async () => {
  await using database = await createTestDatabase();
  const isp = await lateIsp(database, { subscribers: 4 });
  await liveUntil(isp, "2026-02-05T12:00");
  await pay(isp, 1, 1000);
  await pay(isp, 2, 400);
  await liveUntil(isp, "2026-02-11T12:00");
  assert.deepEqual(await feesOf(isp, 0), [], "the third day late costs nothing");
  await pay(isp, 3, 1000);
  await liveUntil(isp, "2026-02-12T12:00");
  assert.deepEqual(await feesOf(isp, 0), ["50 issued"]);
  assert.deepEqual(await feesOf(isp, 1), []);
  assert.deepEqual(await feesOf(isp, 2), ["30 issued"]);
  assert.deepEqual(await feesOf(isp, 3), []);
  const [fee] = await isp.run((trx) =>
    trx.selectFrom("bills").selectAll().where("tenant_id", "=", isp.tenantId).where("kind", "=", "late_fee")
      .where("subscriber_id", "=", isp.subscriberIds[0]!).execute()
  );
  assert.equal(`${fee!.issued_on} ${fee!.due_on} ${fee!.late_fee_on}`, "2026-02-12 2026-02-19 null");
  // The fee is late by now, too, and costs no fee; the next bill is late on its own.
  await liveUntil(isp, "2026-03-11T12:00");
  assert.deepEqual(await feesOf(isp, 0), ["50 issued"]);
  await liveUntil(isp, "2026-03-12T12:00");
  assert.deepEqual(await feesOf(isp, 0), ["50 issued", "50 issued"]);
  const earned = await isp.run((trx) =>
    trx.selectFrom("ledger_entries").select("amount_centavos").where("tenant_id", "=", isp.tenantId)
      .where("account", "=", "revenue:late_fee").execute()
  );
  assert.equal(
    earned.reduce((sum, row) => sum - row.amount_centavos, 0n),
    BigInt(100 * (50 + 50 + 30 + 50 + 50 + 50)),
  );
  await assertBooksHold(isp);
});

Deno.test("fees alone cut nobody and stop no bills (R21)", async () => {
  await using database = await createTestDatabase();
  const isp = await lateIsp(database, { subscribers: 1, flatPesos: 100 });
  await liveUntil(isp, "2026-02-12T12:00");
  assert.deepEqual(await feesOf(isp, 0), ["100 issued"]);
  await pay(isp, 0, 1000);
  await liveUntil(isp, "2026-03-05T12:00");
  assert.equal(await balanceOf(isp, 0), 1100);
  await pay(isp, 0, 1000);
  await liveUntil(isp, "2026-03-30T12:00");
  assert.deepEqual(await offNow(isp), []);
  await assertBooksHold(isp);
});

Deno.test("off by default, and by the rule of the connection, else of its plan", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 3 });
  const { planId } = isp;
  const flat = { kind: "flat", amountCentavos: centavos(7500) } as const;
  assertOk(await agreePlanRules(...call(isp), { planId, rules: { ...NO_OWN_RULES, lateFee: flat } }));
  assertOk(await agree(isp, 1, { lateFee: { kind: "none" } }));
  assertOk(await agree(isp, 2, { lateFee: { kind: "percent", rateBp: 1050 }, lateAfterDays: 0 }));
  await liveUntil(isp, "2026-02-09T12:00");
  assert.deepEqual(await feesOf(isp, 2), ["105 issued"]);
  await liveUntil(isp, "2026-02-14T12:00");
  assert.deepEqual(await feesOf(isp, 0), ["75 issued"]);
  assert.deepEqual(await feesOf(isp, 1), []);
  assertRefused(
    await agree(isp, 0, { lateFee: { kind: "flat", amountCentavos: centavos(0) } }),
    "fee_out_of_range",
  );
  assertRefused(await agree(isp, 0, { lateFee: { kind: "percent", rateBp: 0 } }), "percent_out_of_range");
  assertRefused(await agree(isp, 0, { lateAfterDays: 91 }), "late_after_out_of_range");
  assertRefused(await agree(isp, 0, { reconnectionFeeCentavos: centavos(1_000_001) }), "fee_out_of_range");
});

Deno.test("a bill keeps the fee that it was issued with: switching it on or off is for the bills after it", async () => {
  await using database = await createTestDatabase();
  const isp = await lateIsp(database, { subscribers: 1 });
  const switchTo = (late_fee_kind: "none" | "percent") =>
    isp.run((trx) =>
      trx.updateTable("tenants").set({ late_fee_kind }).where("id", "=", isp.tenantId).execute()
    );
  await switchTo("none");
  await liveUntil(isp, "2026-02-02T12:00");
  await switchTo("percent");
  await liveUntil(isp, "2026-03-02T12:00");
  assert.deepEqual(await feesOf(isp, 0), []);
  await switchTo("none");
  await liveUntil(isp, "2026-03-12T12:00");
  assert.deepEqual(await feesOf(isp, 0), ["50 issued"]);
});

Deno.test("money that was received in time takes the fee back when it is recorded, and a part of it the part (LF-05)", async () => {
  await using database = await createTestDatabase();
  const isp = await lateIsp(database, { subscribers: 4 });
  await liveUntil(isp, "2026-02-14T12:00");
  assert.deepEqual(await feesOf(isp, 0), ["50 issued"]);
  await payOn(isp, 0, 1000, "2026-02-11");
  assert.deepEqual(await feesOf(isp, 0), ["50 void"]);
  assert.equal(await balanceOf(isp, 0), 0);
  // Late money does not undo the lateness.
  await payOn(isp, 1, 1000, "2026-02-12");
  assert.deepEqual(await feesOf(isp, 1), ["50 issued"]);
  // A part in time: the fee is of the rest.
  await payOn(isp, 2, 400, "2026-02-11");
  assert.deepEqual(await feesOf(isp, 2), ["50 void", "30 issued"]);
  // Paid meanwhile: the fee comes back as credit, by a memo.
  await pay(isp, 3, 50);
  await isp.run((trx) => trx.selectFrom("bills").select("id").execute());
  const late = await billOf(isp, 3);
  await pay(isp, 3, 1000);
  assert.equal(await balanceOf(isp, 3), 0);
  assert.deepEqual(await feesOf(isp, 3), ["50 paid"]);
  const moved = await payOn(isp, 3, 1000, "2026-02-07");
  assert.equal(moved.creditCentavos, 100000n);
  assert.deepEqual(await feesOf(isp, 3), ["50 paid"], "that bill was paid by late money, this is credit");
  assert.equal(late.late_fee_on?.toString(), "2026-02-12");
  await liveUntil(isp, "2026-02-20T12:00");
  assert.deepEqual(await feesOf(isp, 0), ["50 void"]);
  assert.deepEqual(await feesOf(isp, 2), ["50 void", "30 issued"]);
  await assertBooksHold(isp);
});

Deno.test("a fee that was paid goes back by a memo when the money for its bill turns out to be in time", async () => {
  await using database = await createTestDatabase();
  const isp = await lateIsp(database, { subscribers: 1 });
  await liveUntil(isp, "2026-02-14T12:00");
  const wrong = await pay(isp, 0, 1050);
  assert.deepEqual(await feesOf(isp, 0), ["50 paid"]);
  // Recorded with the wrong day: reversed, and recorded again with the right one.
  assertOk(await reversePayment(...call(isp), { paymentId: wrong.paymentId, reason: "Wrong day" }));
  assert.equal(await balanceOf(isp, 0), 1050);
  await pay(isp, 0, 50);
  const fee = await isp.run((trx) =>
    trx.selectFrom("bills").select(["id", "paid_centavos"]).where("tenant_id", "=", isp.tenantId)
      .where("kind", "=", "late_fee").executeTakeFirstOrThrow()
  );
  // The oldest due bill is paid first; what is left of it is paid with the money of then.
  assert.equal(fee.paid_centavos, 0n);
  await payOn(isp, 0, 950, "2026-02-10");
  // ₱50 of the bill were late after all.
  assert.deepEqual(await feesOf(isp, 0), ["50 void", "2.5 issued"]);
  await assertBooksHold(isp);
});

Deno.test("a payment in time that is reversed makes the fee due again by the next run, also after it was paid anew", async () => {
  await using database = await createTestDatabase();
  const isp = await lateIsp(database, { subscribers: 3 });
  await liveUntil(isp, "2026-02-05T12:00");
  const payments = [await pay(isp, 0, 1000), await pay(isp, 1, 1000), await pay(isp, 2, 1000)];
  await liveUntil(isp, "2026-02-20T12:00");
  for (const { paymentId } of payments) {
    assertOk(await reversePayment(...call(isp), { paymentId, reason: "The check bounced" }));
  }
  await pay(isp, 1, 1000);
  await payOn(isp, 2, 1000, "2026-02-06");
  assert.deepEqual(await feesOf(isp, 0), []);
  await liveUntil(isp, "2026-02-21T12:00");
  assert.deepEqual(await feesOf(isp, 0), ["50 issued"]);
  assert.deepEqual(await feesOf(isp, 1), ["50 issued"]);
  assert.deepEqual(await feesOf(isp, 2), []);
  // And once more the other way: charged, back, due again, once.
  const inTime = await payOn(isp, 0, 1000, "2026-02-06");
  assert.deepEqual(await feesOf(isp, 0), ["50 void"]);
  assertOk(await reversePayment(...call(isp), { paymentId: inTime.paymentId, reason: "Of somebody else" }));
  await liveUntil(isp, "2026-02-23T12:00");
  assert.deepEqual(await feesOf(isp, 0), ["50 void", "50 issued"]);
  await assertBooksHold(isp);
});

Deno.test("a void bill takes its fee with it; billed again, it is late on its own", async () => {
  await using database = await createTestDatabase();
  const isp = await lateIsp(database, { subscribers: 2 });
  await liveUntil(isp, "2026-02-14T12:00");
  const bill = await billOf(isp, 0);
  assertOk(await voidBill(...call(isp), { billId: bill.id, reason: "Wrong plan" }));
  assert.deepEqual(await feesOf(isp, 0), ["50 void"]);
  // Billed again the next night, due three days later.
  await liveUntil(isp, "2026-02-21T12:00");
  assert.deepEqual(await feesOf(isp, 0), ["50 void"]);
  await liveUntil(isp, "2026-02-22T12:00");
  assert.deepEqual(await feesOf(isp, 0), ["50 void", "50 issued"]);
  // A fee that a person voids is not charged again, whatever happens to its bill.
  const [fee] = await isp.run((trx) =>
    trx.selectFrom("bills").select("id").where("tenant_id", "=", isp.tenantId).where("kind", "=", "late_fee")
      .where("subscriber_id", "=", isp.subscriberIds[1]!).orderBy("number").execute()
  );
  assertOk(await voidBill(...call(isp), { billId: fee!.id, reason: "Goodwill" }));
  await payOn(isp, 1, 10, "2026-02-10");
  await liveUntil(isp, "2026-02-25T12:00");
  assert.deepEqual(await feesOf(isp, 1), ["50 void"]);
  await assertBooksHold(isp);
});

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
