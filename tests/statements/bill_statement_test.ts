import assert from "node:assert/strict";
import { centavos } from "@/shared/money/mod.ts";
import { type Isp, liveUntil, pay, todayOf } from "@/tests/billing/isp.ts";
import { setTax } from "@/tests/billing/tax_isp.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { assertSoundPdf, pdfText } from "@/tests/support/pdf.ts";
import { playedIsp } from "@/tests/support/played.ts";
import { StatementPress } from "@/web/gateways/pdf/mod.ts";
import { PublicLinks } from "@/web/gateways/public_links/mod.ts";
import { voidBill } from "@/web/services/billing/void_bill.ts";
import { readBillStatement } from "@/web/services/payments/read_statement.ts";
import { recordPayment } from "@/web/services/payments/record_payment.ts";
import { makeBillStatement, makeStatement } from "@/web/services/statements/make_statement.ts";
import { findBill } from "@/web/store/billing/bills.ts";

const day = Temporal.PlainDate.from;
const parts = {
  press: new StatementPress(),
  links: new PublicLinks({ secret: new Uint8Array(32), publicUrl: "https://isp.example" }),
};

/** Bills of a subscriber, the oldest first. */
function billsOf(isp: Isp, n: number) {
  return isp.run((trx) =>
    trx.selectFrom("bills").select(["id", "number", "total_centavos", "issued_on"])
      .where("tenant_id", "=", isp.tenantId).where("subscriber_id", "=", isp.subscriberIds[n]!)
      .orderBy("created_at").orderBy("issued_on").execute()
  );
}

async function statementOf(isp: Isp, billId: string) {
  const file = await isp.run((trx) => makeBillStatement(trx, parts, billId));
  assert.ok(file !== null);
  await assertSoundPdf(file.bytes);
  return { ...file, text: (await pdfText(file.bytes))?.replace(/\s+/g, " ") ?? null };
}

async function viewOf(isp: Isp, billId: string) {
  const bill = await isp.run((trx) => findBill(trx, billId));
  const view = await isp.run((trx) => readBillStatement(trx, bill!));
  assert.ok(view !== null);
  return view;
}

Deno.test("a bill's statement is the same file whatever is posted afterwards, also with an earlier date", async () => {
  await using past = await playedIsp({ subscribers: 3 }, "2026-03-01T10:00");
  const { isp } = past;
  await isp.run((trx) =>
    trx.updateTable("tenants").set({ ways_to_pay: "GCash 0917 555 0101" }).where("id", "=", isp.tenantId)
      .execute()
  );
  const [first, second] = await billsOf(isp, 1);
  const before = await statementOf(isp, second!.id);
  assert.equal(before.fileName, `statement-${second!.number}.pdf`);
  await liveUntil(isp, "2026-03-02T10:00");
  assertOk(
    await voidBill(isp.context, isp.tenantId, isp.actor, { billId: first!.id, reason: "Wrong plan" }),
  );
  await pay(isp, 1, 400);
  assertOk(
    await recordPayment(isp.context, isp.tenantId, isp.actor, {
      subscriberId: isp.subscriberIds[1]!,
      amountCentavos: centavos(10_000n),
      method: "cash",
      receivedOn: day("2026-02-10"),
      idempotencyKey: `late-${crypto.randomUUID()}`,
    }),
  );
  assert.deepEqual((await statementOf(isp, second!.id)).bytes, before.bytes);
  await liveUntil(isp, "2026-05-01T10:00");
  assert.deepEqual((await statementOf(isp, second!.id)).bytes, before.bytes);
});

Deno.test("each statement opens with what the one before it closed with, and adds up to the centavo", async () => {
  await using past = await playedIsp({ subscribers: 3, priceCentavos: 149_933 }, "2026-02-10T10:00");
  const { isp } = past;
  await pay(isp, 0, 700.01);
  await liveUntil(isp, "2026-03-05T10:00");
  await pay(isp, 0, 6000);
  // Settles a bill of an earlier period, and carries a date before the last statement.
  assertOk(
    await recordPayment(isp.context, isp.tenantId, isp.actor, {
      subscriberId: isp.subscriberIds[0]!,
      amountCentavos: centavos(33_333n),
      method: "cash",
      receivedOn: day("2026-02-20"),
      idempotencyKey: `late-${crypto.randomUUID()}`,
    }),
  );
  await liveUntil(isp, "2026-05-02T10:00");
  const bills = await billsOf(isp, 0);
  assert.ok(bills.length >= 3);
  let closed = 0n;
  for (const { id } of bills) {
    const { statement, sums } = await viewOf(isp, id);
    assert.equal(statement.openingCentavos, closed);
    const total = (amounts: readonly bigint[]) => amounts.reduce((all, one) => all + one, 0n);
    closed = sums.openingCentavos + total(sums.charges) - total(sums.payments) - total(sums.credits);
    assert.equal(statement.closingCentavos, closed);
  }
  const told = (await Promise.all(bills.map(({ id }) => viewOf(isp, id))))
    .flatMap(({ statement }) => statement.lines.map(({ row }) => row.id));
  assert.equal(new Set(told).size, told.length, "an entry is told once");
});

Deno.test("a bill that was taken back says so, and asks for nothing", async () => {
  await using past = await playedIsp({ subscribers: 3 }, "2026-03-01T10:00");
  const { isp } = past;
  const [, second] = await billsOf(isp, 1);
  assertOk(
    await voidBill(isp.context, isp.tenantId, isp.actor, { billId: second!.id, reason: "Wrong plan" }),
  );
  const { text } = await statementOf(isp, second!.id);
  if (text !== null) {
    assert.match(text, /VOID/);
    assert.doesNotMatch(text, /Please pay by/);
  }
});

Deno.test("the statement of a bill has its lines, its VAT, its dates in words and its public page", async () => {
  await using past = await playedIsp({ subscribers: 3 }, "2026-02-10T10:00");
  const { isp } = past;
  await setTax(isp, "vat_inclusive");
  await pay(isp, 0, 1000);
  await isp.run((trx) =>
    trx.updateTable("subscribers").set({ language: "fil" }).where("tenant_id", "=", isp.tenantId)
      .where("id", "=", isp.subscriberIds[2]!).execute()
  );
  await liveUntil(isp, "2026-03-01T10:00");
  const bill = (await billsOf(isp, 1)).at(-1)!;
  const { text } = await statementOf(isp, bill.id);
  const paid = await statementOf(isp, (await billsOf(isp, 0)).at(-1)!.id);
  const filipino = await statementOf(isp, (await billsOf(isp, 2)).at(-1)!.id);
  if (text === null || filipino.text === null) return;
  for (
    const words of [
      bill.number!,
      "Fiber 50",
      "Sunday, 8 March 2026",
      "₱1,000.00 of it was due before: please pay that now.",
      "Previous balance",
      "₱2,000.00",
      "VATable sales",
      "₱892.86",
      "₱107.14",
      "TIN: 123",
      "https://isp.example/b/",
      "NOT VALID FOR CLAIM OF INPUT TAX",
    ]
  ) assert.ok(text.includes(words), `${words} is not in: ${text}`);
  assert.doesNotMatch(text, /invoice|official receipt/i);
  // The bill before it could have cut already: from here nobody can tell.
  assert.doesNotMatch(text, /connection is cut/);
  assert.match(paid.text ?? "", /If unpaid, the connection is cut on Saturday, 14 March 2026/);
  assert.doesNotMatch(paid.text ?? "", /due before/);
  assert.match(filipino.text, /Linggo, 8 Marso 2026/);
});

Deno.test("a statement of any days is a file of its own, and a stranger's bill has none", async () => {
  await using past = await playedIsp({ subscribers: 3 }, "2026-03-01T10:00");
  const { isp } = past;
  const days = { from: day("2026-02-01"), through: day("2026-02-28") };
  const file = await isp.run((trx) =>
    makeStatement(trx, parts, isp.subscriberIds[0]!, { days, today: todayOf(isp) })
  );
  assert.match(file!.fileName, /^statement-[\w-]+-2026-02-28\.pdf$/);
  await assertSoundPdf(file!.bytes);
  assert.equal(await isp.run((trx) => makeBillStatement(trx, parts, crypto.randomUUID())), null);
});

Deno.test("the statement at a bill's public address names the person no further than its page; the mail's is whole", async () => {
  await using past = await playedIsp({ subscribers: 2 }, "2026-02-03T10:00");
  const { isp } = past;
  await isp.run((trx) =>
    trx.updateTable("subscribers").set({
      name: "Juan Miguel Dela Cruz",
      address: "12 Rizal St",
      city: "Lucena",
    })
      .where("tenant_id", "=", isp.tenantId).where("id", "=", isp.subscriberIds[1]!).execute()
  );
  const [bill] = await billsOf(isp, 1);
  const print = () => isp.run((trx) => makeBillStatement(trx, parts, bill!.id, { isAnybody: true }));
  const file = await print();
  const text = (await pdfText(file!.bytes))?.replace(/\s+/g, " ") ?? "";
  assert.match(text, /Juan C\./);
  assert.match(text, /0002/);
  assert.doesNotMatch(text, /Miguel|Dela|A-00002|Rizal|Lucena/);
  assert.deepEqual((await print())!.bytes, file!.bytes, "the same file each time");
  const whole = (await statementOf(isp, bill!.id)).text ?? "";
  for (const said of ["Juan Miguel Dela Cruz", "A-00002", "12 Rizal St"]) {
    assert.ok(whole.includes(said), said);
  }
  assertOk(
    await voidBill(isp.context, isp.tenantId, isp.actor, {
      billId: bill!.id,
      reason: "Wrong",
      periods: "never",
    }),
  );
  assert.equal(await print(), null, "a void bill has none there");
  assert.match((await statementOf(isp, bill!.id)).text ?? "", /Juan Miguel/);
});
