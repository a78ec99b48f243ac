import assert from "node:assert/strict";
import { centavos } from "@/shared/money/mod.ts";
import type { Account } from "./accounts.ts";
import { billedAgainstCollected, movesOf, type PostedSum } from "./mod.ts";

const month = (text: string) => Temporal.PlainDate.from(`${text}-01`);

function posted(on: string, kind: string, account: Account, amount: number): PostedSum {
  return { month: month(on), kind, account, amountCentavos: centavos(amount) };
}

Deno.test("each posting finds its column by its account, and by its kind where it undoes another", () => {
  assert.deepEqual(
    movesOf([
      posted("2026-02", "bill_issued", "receivable", 1120),
      posted("2026-02", "bill_issued", "revenue:recurring", -900),
      posted("2026-02", "bill_issued", "revenue:late_fee", -100),
      posted("2026-02", "bill_issued", "vat_payable", -120),
      posted("2026-02", "bill_voided", "revenue:recurring", 300),
      posted("2026-02", "payment_posted", "cash:gcash", 500),
      posted("2026-02", "payment_posted", "withholding_receivable", 20),
      posted("2026-02", "payment_reversed", "cash:gcash", -50),
      posted("2026-02", "memo", "credit_memos", 70),
      posted("2026-02", "bad_debt", "write_offs", 11),
      posted("2026-02", "refund_granted", "refunds_payable", -38),
      posted("2026-02", "refund_paid", "refunds_payable", 38),
      posted("2026-02", "refund_paid", "cash:cash", -38),
      // One of them failed: both of its postings are undone by one kind, and their legs on the way cancel out.
      posted("2026-02", "refund_reversed", "cash:cash", 10),
      posted("2026-02", "given_away", "cash:cash", -2),
      posted("2026-02", "gateway_settled", "gateway_clearing", 40),
      posted("2026-02", "import", "opening_balance", -5),
    ]),
    {
      takenOver: 5n,
      billed: 1120n,
      voided: 300n,
      memos: 70n,
      collected: 560n,
      reversed: 50n,
      refunded: 30n,
      writtenOff: 11n,
    },
  );
});

Deno.test("what is open at the end of a month is what is open now less all that came since, also what is dated ahead", () => {
  const rows = billedAgainstCollected(
    [
      posted("2026-02", "bill_issued", "receivable", 100),
      posted("2026-02", "credit_applied", "receivable", -30),
      posted("2026-04", "bill_issued", "receivable", 50),
      posted("2027-01", "bill_issued", "receivable", 7),
    ],
    ["2026-01", "2026-02", "2026-03", "2026-04"].map(month),
    centavos(127),
  );
  assert.deepEqual(rows.map((row) => [String(row.month), row.open]), [
    ["2026-01-01", 0n],
    ["2026-02-01", 70n],
    ["2026-03-01", 70n],
    ["2026-04-01", 120n],
  ]);
});
