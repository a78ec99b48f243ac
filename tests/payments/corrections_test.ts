import assert from "node:assert/strict";
import { centavos } from "@/shared/money/mod.ts";
import { assertBooksHold, createIsp, type Isp, liveUntil, offNow, pay } from "@/tests/billing/isp.ts";
import { assertOk, assertRefused } from "@/tests/support/expect.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { issueCharge } from "@/web/services/billing/issue_charge.ts";
import { voidBill } from "@/web/services/billing/void_bill.ts";
import type { MemoInput } from "@/web/services/payments/give_memo.ts";
import { issueMemo } from "@/web/services/payments/issue_memo.ts";
import { refundCredit } from "@/web/services/payments/refund_credit.ts";
import { reversePayment } from "@/web/services/payments/reverse_payment.ts";
import { reverseRefund } from "@/web/services/payments/reverse_refund.ts";
import { voidMemo } from "@/web/services/payments/void_memo.ts";
import { findSubscriberBalance } from "@/web/store/billing/ledger.ts";

const pesos = (amount: number) => centavos(Math.round(amount * 100));
const call = (isp: Isp) => [isp.context, isp.tenantId, isp.actor] as const;

async function bills(isp: Isp, n = 0) {
  return await isp.run((trx) =>
    trx.selectFrom("bills").select([
      "id",
      "number",
      "status",
      "total_centavos",
      "paid_centavos",
      "period_start",
    ])
      .where("tenant_id", "=", isp.tenantId).where("subscriber_id", "=", isp.subscriberIds[n]!)
      .orderBy("created_at").orderBy("number").execute()
  );
}

async function credit(isp: Isp, n = 0): Promise<number> {
  const { creditCentavos } = await isp.run((trx) => findSubscriberBalance(trx, isp.subscriberIds[n]!));
  return Number(creditCentavos) / 100;
}

function memo(isp: Isp, amount: number, more: Partial<MemoInput> = {}) {
  return issueMemo(...call(isp), {
    subscriberId: isp.subscriberIds[0]!,
    kind: "goodwill",
    reason: "Slow week",
    amountCentavos: pesos(amount),
    billId: null,
    idempotencyKey: crypto.randomUUID(),
    ...more,
  });
}

function refund(isp: Isp, amount: number, key: string = crypto.randomUUID()) {
  return refundCredit(...call(isp), {
    subscriberId: isp.subscriberIds[0]!,
    amountCentavos: pesos(amount),
    method: "gcash",
    reference: "9001",
    reason: "Moves away",
    idempotencyKey: key,
  });
}

Deno.test("a credit memo pays its bill first; of a paid bill it is credit; voided, it leaves wherever it went", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1 });
  await liveUntil(isp, "2026-03-02T10:00");
  const [january, february] = await bills(isp);
  const given = assertOk(await memo(isp, 50, { billId: february!.id }));
  assert.equal(given.number, "CM-000001");
  assert.deepEqual((await bills(isp)).map((bill) => Number(bill.paid_centavos) / 100), [0, 50]);
  const above = await memo(isp, 950.01, { billId: february!.id });
  assertRefused(above, "memo_above_bill");
  await pay(isp, 0, 1950);
  assert.equal(await credit(isp), 0);
  const late = assertOk(await memo(isp, 100, { billId: january!.id, kind: "correction" }));
  assert.equal(await credit(isp), 100, "LG-11");
  assertOk(await voidMemo(...call(isp), { memoId: given.memoId, reason: "Wrong person" }));
  assert.equal(await credit(isp), 50, "the credit pays what the void memo had paid");
  assertRefused(await voidMemo(...call(isp), { memoId: given.memoId, reason: "Twice" }), "memo_was_voided");
  assertOk(await voidMemo(...call(isp), { memoId: late.memoId, reason: "Wrong as well" }));
  assert.deepEqual((await bills(isp)).map((bill) => Number(bill.paid_centavos) / 100), [1000, 950]);
  await assertBooksHold(isp);
});

Deno.test("a payment bounces on a bill whose correction paid the next one: the correction comes back to its bill", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1 });
  await liveUntil(isp, "2026-02-02T10:00");
  const { paymentId } = await pay(isp, 0, 1000);
  const [january] = await bills(isp);
  assertOk(await memo(isp, 1000, { billId: january!.id, kind: "correction", reason: "Never installed" }));
  await liveUntil(isp, "2026-03-02T10:00");
  const paid = async () => (await bills(isp)).map((bill) => Number(bill.paid_centavos) / 100);
  assert.deepEqual(await paid(), [1000, 1000], "what was paid for January has paid February");
  assertOk(await reversePayment(...call(isp), { paymentId, reason: "Bounced" }));
  assert.deepEqual(await paid(), [1000, 0], "February is owed, in its own time");
  await assertBooksHold(isp);
  await liveUntil(isp, "2026-03-13T10:00");
  assert.deepEqual(await offNow(isp), [], "nobody is cut for a month that was taken back");
  await liveUntil(isp, "2026-03-14T10:00");
  assert.deepEqual(await offNow(isp), [0]);
  // A part comes back as far as its bill is open; what is over stays where it was.
  const march = await pay(isp, 0, 1000);
  const [, february] = await bills(isp);
  assertOk(await memo(isp, 300, { billId: february!.id, kind: "correction" }));
  await liveUntil(isp, "2026-04-02T10:00");
  assert.deepEqual(await paid(), [1000, 1000, 300]);
  assertOk(await reversePayment(...call(isp), { paymentId: march.paymentId, reason: "Bounced" }));
  assert.deepEqual(await paid(), [1000, 300, 0]);
  await assertBooksHold(isp);
});

Deno.test("one payment of two bills bounces: the correction of the younger one, which waited as credit, is for that one", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1 });
  await liveUntil(isp, "2026-03-02T10:00");
  const { paymentId } = await pay(isp, 0, 2000);
  const [, february] = await bills(isp);
  assertOk(await memo(isp, 300, { billId: february!.id, kind: "correction" }));
  const paid = async () => (await bills(isp)).map((bill) => Number(bill.paid_centavos) / 100);
  assert.deepEqual([await paid(), await credit(isp)], [[1000, 1000], 300]);
  assertOk(await reversePayment(...call(isp), { paymentId, reason: "Bounced" }));
  assert.deepEqual([await paid(), await credit(isp)], [[0, 300], 0]);
  await assertBooksHold(isp);
});

Deno.test("the same memo form is one memo, also sent twice at once; another one with its key is refused", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1 });
  const idempotencyKey = crypto.randomUUID();
  const two = await Promise.all([memo(isp, 5, { idempotencyKey }), memo(isp, 5, { idempotencyKey })]);
  assert.deepEqual(two.map((one) => assertOk(one).number), ["CM-000001", "CM-000001"]);
  assertRefused(await memo(isp, 6, { idempotencyKey }), "memo_key_used");
  assertOk(await voidMemo(...call(isp), { memoId: assertOk(two[0]!).memoId, reason: "Wrong" }));
  assertRefused(await memo(isp, 5, { idempotencyKey }), "memo_was_voided");
  assert.equal(assertOk(await memo(isp, 5)).number, "CM-000002", "no gap");
  assertRefused(await memo(isp, 0), "payment_amount_not_positive");
  assertRefused(await memo(isp, 5, { reason: " " }), "reason_required");
  const other = await memo(isp, 5, { billId: crypto.randomUUID() });
  assertRefused(other, "bill_not_found");
  await assertBooksHold(isp);
});

Deno.test("a refund never exceeds the credit, also of two at once; what was refunded cannot bounce as well", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1 });
  const first = await pay(isp, 0, 100);
  isp.clock.set(isp.clock.now().add({ hours: 1 }));
  const given = assertOk(await memo(isp, 50));
  assertRefused(await refund(isp, 150.01), "refund_above_credit");
  const both = await Promise.all([refund(isp, 120), refund(isp, 120)]);
  assert.deepEqual(both.map((one) => one.ok).sort(), [false, true]);
  assert.equal(await credit(isp), 30);
  await assertBooksHold(isp);
  const payment = { paymentId: first.paymentId, reason: "Bounced" };
  assertRefused(await reversePayment(...call(isp), payment), "source_refunded");
  assertRefused(await voidMemo(...call(isp), { memoId: given.memoId, reason: "Wrong" }), "source_refunded");
  const { refundId } = assertOk(both.find((one) => one.ok)!);
  assertOk(await reverseRefund(...call(isp), { refundId, reason: "GCash number is wrong" }));
  assert.equal(await credit(isp), 150);
  assertRefused(await reverseRefund(...call(isp), { refundId, reason: "Twice" }), "refund_was_reversed");
  assertOk(await voidMemo(...call(isp), { memoId: given.memoId, reason: "Wrong" }));
  assertOk(await reversePayment(...call(isp), payment));
  assert.equal(await credit(isp), 0);
  assertRefused(await refund(isp, 1), "refund_above_credit");
  await assertBooksHold(isp);
});

Deno.test("the same refund form is one refund, and credit that came back pays what became open meanwhile", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1 });
  await pay(isp, 0, 100);
  const key = crypto.randomUUID();
  const [one, two] = await Promise.all([refund(isp, 100, key), refund(isp, 100, key)]);
  assert.equal(assertOk(one).number, assertOk(two).number);
  assertRefused(await refund(isp, 99, key), "refund_key_used");
  await liveUntil(isp, "2026-02-02T10:00");
  assert.equal((await bills(isp))[0]!.paid_centavos, 0n);
  assertOk(
    await reverseRefund(...call(isp), { refundId: assertOk(one).refundId, reason: "Did not go through" }),
  );
  assert.equal((await bills(isp))[0]!.paid_centavos, 10_000n);
  assertRefused(await refund(isp, 100, key), "refund_was_reversed");
  await assertBooksHold(isp);
});

Deno.test("a write-off takes the rest of one bill, brings service back by the rules, and can be taken back", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1 });
  await liveUntil(isp, "2026-02-05T10:00");
  await pay(isp, 0, 300);
  await liveUntil(isp, "2026-02-14T10:00");
  assert.deepEqual(await offNow(isp), [0]);
  const [bill] = await bills(isp);
  const off = { kind: "write_off" as const, billId: bill!.id };
  assertRefused(await memo(isp, 1000, off), "owed_changed");
  assertRefused(await memo(isp, 700, { kind: "write_off" }), "bill_not_found");
  const given = assertOk(await memo(isp, 700, off));
  assert.deepEqual(given.restored, isp.subscriptionIds);
  assert.deepEqual(await offNow(isp), []);
  assertRefused(await memo(isp, 700, off), "nothing_to_write_off");
  const lost = await isp.run((trx) =>
    trx.selectFrom("ledger_entries").select("amount_centavos").where("tenant_id", "=", isp.tenantId)
      .where("account", "=", "write_offs").execute()
  );
  assert.deepEqual(lost.map((row) => row.amount_centavos), [70_000n]);
  assertOk(await voidMemo(...call(isp), { memoId: given.memoId, reason: "He came to pay" }));
  assert.deepEqual(await offNow(isp), [], "a posting never cuts; the next run does");
  await liveUntil(isp, "2026-02-15T10:00");
  assert.deepEqual(await offNow(isp), [0]);
  await assertBooksHold(isp);
});

Deno.test("only an unpaid bill that is not reported is voided; the others say that a credit memo is the way", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 2 });
  await liveUntil(isp, "2026-02-02T10:00");
  await pay(isp, 0, 1);
  const [part] = await bills(isp);
  assertRefused(await voidBill(...call(isp), { billId: part!.id, reason: "Wrong" }), "bill_has_money");
  const [reported] = await bills(isp, 1);
  await isp.run((trx) =>
    trx.updateTable("bills").set({ bir_invoice_no: "000123" }).where("tenant_id", "=", isp.tenantId)
      .where("id", "=", reported!.id).execute()
  );
  assertRefused(await voidBill(...call(isp), { billId: reported!.id, reason: "Wrong" }), "bill_is_reported");
  await pay(isp, 0, 999);
  assertRefused(await voidBill(...call(isp), { billId: part!.id, reason: "Wrong" }), "bill_has_money");
  await assertBooksHold(isp);
});

Deno.test("a memo that went to another bill is back on its own when the payment bounces, and its bill is not voided beside it", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1 });
  await liveUntil(isp, "2026-02-02T10:00");
  const paid = await pay(isp, 0, 1000);
  const [january] = await bills(isp);
  const given = assertOk(await memo(isp, 1000, { billId: january!.id }));
  await liveUntil(isp, "2026-03-02T10:00");
  assertOk(await reversePayment(...call(isp), { paymentId: paid.paymentId, reason: "Bounced" }));
  assert.deepEqual((await bills(isp)).map((bill) => Number(bill.paid_centavos) / 100), [1000, 0]);
  const gone = () => voidBill(...call(isp), { billId: january!.id, reason: "Wrong" });
  assert.match(assertRefused(await gone(), "bill_has_money"), /credit memo/);
  assertOk(await voidMemo(...call(isp), { memoId: given.memoId, reason: "The bill is void" }));
  assertOk(await gone());
  await assertBooksHold(isp);
});

Deno.test("a void bills the periods again once, also after bills had stopped, or never where a person says so", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 2 });
  await liveUntil(isp, "2026-06-10T10:00");
  for (const n of [0, 1]) {
    const [january] = await bills(isp, n);
    const periods = n === 0 ? "bill_again" as const : "never" as const;
    assertOk(await voidBill(...call(isp), { billId: january!.id, reason: "Was never on", periods }));
  }
  await assertBooksHold(isp);
  await liveUntil(isp, "2026-06-12T10:00");
  const months = async (n: number) =>
    (await bills(isp, n)).filter((bill) => bill.status === "issued").map((bill) =>
      bill.period_start.toString().slice(5, 7)
    ).sort();
  assert.deepEqual(await months(0), ["01", "02"]);
  assert.deepEqual(await months(1), ["02"]);
  await pay(isp, 1, 1000);
  await liveUntil(isp, "2026-08-02T10:00");
  assert.equal((await months(1)).includes("01"), false, "never means never");
  await assertBooksHold(isp);
});

Deno.test("a one-time charge is a bill of one line, due by the terms, and credit pays it at once", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 2 });
  await pay(isp, 0, 200);
  const billId = crypto.randomUUID();
  const charge = {
    subscriberId: isp.subscriberIds[0]!,
    kind: "one_time" as const,
    what: "Router",
    amountCentavos: pesos(1500),
    subscriptionId: null,
    billId,
  };
  const [one, two] = await Promise.all([
    issueCharge(...call(isp), charge),
    issueCharge(...call(isp), charge),
  ]);
  assert.equal(assertOk(one).number, assertOk(two).number);
  assert.deepEqual([one, two].map((sent) => assertOk(sent).duplicate).sort(), [false, true]);
  assert.equal(assertOk(one).paidCentavos, 20_000n);
  for (
    const other of [{ amountCentavos: pesos(1) }, { what: "Cable" }, {
      subscriptionId: isp.subscriptionIds[0]!,
    }]
  ) {
    assertRefused(await issueCharge(...call(isp), { ...charge, ...other }), "charge_key_used");
  }
  const elsewhere = { ...charge, billId: crypto.randomUUID(), subscriptionId: isp.subscriptionIds[1]! };
  assertRefused(await issueCharge(...call(isp), elsewhere), "subscription_not_found");
  assertRefused(await issueCharge(...call(isp), { ...elsewhere, what: " " }), "charge_what_required");
  assertOk(
    await issueCharge(...call(isp), {
      ...elsewhere,
      kind: "debit_memo",
      subscriberId: isp.subscriberIds[1]!,
      billId: crypto.randomUUID(),
    }),
  );
  await liveUntil(isp, "2026-01-14T10:00");
  assert.deepEqual(await offNow(isp), [1], "what is nobody's service cuts nobody alone");
  const [bill] = await bills(isp, 1);
  assertOk(await voidBill(...call(isp), { billId: bill!.id, reason: "Given back" }));
  assert.deepEqual(await offNow(isp), []);
  await assertBooksHold(isp);
});

Deno.test("under a past of plan change and stop a memo, a write-off and a refund keep the books whole", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1 });
  await pay(isp, 0, 2500);
  await liveUntil(isp, "2026-06-10T10:00");
  const [january, , third] = await bills(isp);
  assertOk(await memo(isp, 400, { billId: january!.id, kind: "outage" }));
  const owed = (await bills(isp)).map((bill) => Number(bill.total_centavos - bill.paid_centavos) / 100);
  assert.ok(owed.some((amount) => amount > 0) && third !== undefined);
  for (const bill of await bills(isp)) {
    const rest = Number(bill.total_centavos - bill.paid_centavos) / 100;
    if (rest > 0) assertOk(await memo(isp, rest, { billId: bill.id, kind: "write_off" }));
  }
  assert.deepEqual(await offNow(isp), []);
  await pay(isp, 0, 700);
  assertOk(await refund(isp, 700));
  await liveUntil(isp, "2026-08-02T10:00");
  await assertBooksHold(isp);
});
