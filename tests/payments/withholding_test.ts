import assert from "node:assert/strict";
import { centavos } from "@/shared/money/mod.ts";
import { assertOk, assertRefused } from "@/tests/support/expect.ts";
import { buy, createPrepaidIsp } from "@/tests/billing/prepaid_isp.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { assertBooksHold, createIsp, type Isp, liveUntil, offNow, todayOf } from "@/tests/billing/isp.ts";
import { balanceOn, setTax } from "@/tests/billing/tax_isp.ts";
import { issueCharge } from "@/web/services/billing/issue_charge.ts";
import { voidBill } from "@/web/services/billing/void_bill.ts";
import { issueMemo } from "@/web/services/payments/issue_memo.ts";
import { readStatement } from "@/web/services/payments/read_statement.ts";
import { recordPayment } from "@/web/services/payments/record_payment.ts";
import { refundCredit } from "@/web/services/payments/refund_credit.ts";
import { reversePayment } from "@/web/services/payments/reverse_payment.ts";
import { withheldSplit } from "@/web/services/payments/withheld_split.ts";
import { updateSubscriber } from "@/web/services/subscribers/update_subscriber.ts";
import { listOpenOnDay } from "@/web/store/billing/account_lines.ts";

const person = { name: "Ilaya Hardware", phone: null, email: null, address: null, notes: null };

async function withhold(isp: Isp, n: number, rateBp: number | null): Promise<void> {
  const input = { subscriberId: isp.subscriberIds[n]!, withholdingRateBp: rateBp, ...person };
  assertOk(await updateSubscriber(isp.context, isp.tenantId, isp.actor, input));
}

function post(
  isp: Isp,
  n: number,
  method: "cash" | "withholding_2307",
  amount: bigint,
  { reference = "2307-1", billId }: { reference?: string; billId?: string } = {},
) {
  return recordPayment(isp.context, isp.tenantId, isp.actor, {
    subscriberId: isp.subscriberIds[n]!,
    amountCentavos: centavos(amount),
    method,
    receivedOn: todayOf(isp),
    idempotencyKey: crypto.randomUUID(),
    ...(method === "cash" ? {} : { reference }),
    ...(billId === undefined ? {} : { targetBillId: billId }),
  });
}

/** `money + certificate` of what is open. */
async function splitOf(isp: Isp, n: number, rateBp = 200): Promise<string> {
  const open = await isp.run((trx) => listOpenOnDay(trx, { subscriberId: isp.subscriberIds[n]! }));
  const { moneyCentavos, certificateCentavos } = withheldSplit(open, rateBp);
  return `${moneyCentavos} + ${certificateCentavos}`;
}

async function charge(isp: Isp, n: number, amount: bigint): Promise<string> {
  return assertOk(
    await issueCharge(isp.context, isp.tenantId, isp.actor, {
      subscriberId: isp.subscriberIds[n]!,
      kind: "one_time",
      what: "Line for the office",
      amountCentavos: centavos(amount),
      subscriptionId: isp.subscriptionIds[n]!,
      billId: crypto.randomUUID(),
    }),
  ).billId;
}

Deno.test("money and the certificate settle the bill together, on the amount without VAT (WH-01, LG-20)", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1 });
  await withhold(isp, 0, 200);
  await setTax(isp, "vat_inclusive");
  await charge(isp, 0, 168000n);
  assert.equal(await splitOf(isp, 0), "165000 + 3000");
  assertOk(await post(isp, 0, "cash", 165000n));
  assert.equal(await splitOf(isp, 0), "0 + 3000", "what is left is the certificate's");
  const { paymentId } = assertOk(await post(isp, 0, "withholding_2307", 3000n));
  assert.equal(await splitOf(isp, 0), "0 + 0");
  assert.deepEqual(
    [await balanceOn(isp, "withholding_receivable"), await balanceOn(isp, "cash:cash")],
    [3000n, 165000n],
  );
  await assertBooksHold(isp);
  const reversal = { paymentId, reason: "Not signed" };
  assertOk(await reversePayment(isp.context, isp.tenantId, isp.actor, reversal));
  assert.equal(await splitOf(isp, 0), "0 + 3000");
  assert.equal(await balanceOn(isp, "withholding_receivable"), 0n);
  assertOk(await post(isp, 0, "withholding_2307", 3000n));
  await assertBooksHold(isp);
});

Deno.test("a certificate is of who withholds, has a number of its own, and never more than is owed", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 2 });
  await charge(isp, 0, 100000n);
  const second = await charge(isp, 0, 50000n);
  assertRefused(await post(isp, 0, "withholding_2307", 2000n), "not_withholding");
  await withhold(isp, 0, 200);
  assertRefused(await post(isp, 0, "withholding_2307", 2000n, { reference: "" }), "reference_required");
  assertRefused(await post(isp, 0, "withholding_2307", 150001n), "certificate_above_owed");
  assertRefused(
    await post(isp, 0, "withholding_2307", 50001n, { billId: second }),
    "certificate_above_owed",
  );
  assertOk(await post(isp, 0, "withholding_2307", 1000n, { billId: second }));
  await withhold(isp, 1, 200);
  await charge(isp, 1, 100000n);
  assertRefused(await post(isp, 1, "withholding_2307", 2000n), "duplicate_reference");
  const tooMuch = { subscriberId: isp.subscriberIds[0]!, withholdingRateBp: 3201, ...person };
  assertRefused(
    await updateSubscriber(isp.context, isp.tenantId, isp.actor, tooMuch),
    "withholding_out_of_range",
  );
  await assertBooksHold(isp);
});

Deno.test("a certificate whose bill is taken back is credit for other bills, and never paid out: no money came in", async () => {
  await using database = await createTestDatabase();
  const isp = await createPrepaidIsp(database);
  await withhold(isp, 0, 200);
  const reason = "Never delivered";
  const { billId, paymentId } = assertOk(await buy(isp, 0, { count: 7, pesos: 199 }));
  assert.ok(paymentId);
  assertOk(await reversePayment(isp.context, isp.tenantId, isp.actor, { paymentId, reason }));
  assertOk(await post(isp, 0, "withholding_2307", 2000n));
  assertOk(await voidBill(isp.context, isp.tenantId, isp.actor, { billId, reason }));
  const refund = (amount: bigint) =>
    refundCredit(isp.context, isp.tenantId, isp.actor, {
      subscriberId: isp.subscriberIds[0]!,
      amountCentavos: centavos(amount),
      method: "cash",
      reference: "",
      reason,
      idempotencyKey: crypto.randomUUID(),
    });
  assertRefused(await refund(1n), "refund_above_credit");
  await charge(isp, 0, 100000n);
  assert.equal(await splitOf(isp, 0), "98000 + 0", "the certificate pays the next bill");
  await assertBooksHold(isp);
});

Deno.test("a memo makes the certificate smaller, a cut looks at what is left, and the statement of a past day stays", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1 });
  await withhold(isp, 0, 200);
  await setTax(isp, "vat_exclusive");
  await liveUntil(isp, "2026-02-01T10:00");
  assert.equal(await splitOf(isp, 0), "110000 + 2000");
  assertOk(
    await issueMemo(isp.context, isp.tenantId, isp.actor, {
      subscriberId: isp.subscriberIds[0]!,
      kind: "goodwill",
      reason: "Was off",
      amountCentavos: centavos(56000n),
      billId: (await isp.run((trx) => listOpenOnDay(trx, { subscriberId: isp.subscriberIds[0]! })))[0]!.id,
      idempotencyKey: crypto.randomUUID(),
    }),
  );
  assert.equal(await splitOf(isp, 0), "55000 + 1000");
  await liveUntil(isp, "2026-02-05T10:00");
  assertOk(await post(isp, 0, "cash", 55000n));
  await liveUntil(isp, "2026-02-14T10:00");
  assert.deepEqual(await offNow(isp), [0], "the certificate has not come");
  assertOk(await post(isp, 0, "withholding_2307", 1000n));
  assert.deepEqual(await offNow(isp), []);
  const on = (day: string) =>
    isp.run((trx) => {
      const through = Temporal.PlainDate.from(day);
      return readStatement(
        trx,
        isp.subscriberIds[0]!,
        { from: through.with({ day: 1 }), through },
        todayOf(isp),
      );
    });
  const before = await on("2026-02-10");
  assert.deepEqual(before?.withheld, { moneyCentavos: 0n, certificateCentavos: 1000n });
  assert.deepEqual(before?.tax, { vatableCentavos: 100000n, vatCentavos: 12000n, vatBackCentavos: 6000n });
  assert.equal((await on("2026-02-14"))?.withheld, null);
  await assertBooksHold(isp);
});
