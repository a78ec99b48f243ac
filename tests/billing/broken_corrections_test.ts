import { centavos } from "@/shared/money/mod.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { disputeBill } from "@/web/services/billing/dispute_bill.ts";
import { issueMemo } from "@/web/services/payments/issue_memo.ts";
import { refundCredit } from "@/web/services/payments/refund_credit.ts";
import { breakEach, type BrokenRow } from "./break_books.ts";
import { assertBooksHold, createIsp, liveUntil, pay } from "./isp.ts";

const REFUND = "(select id from refunds limit 1)";

/** Subscriber 1 got a memo on a bill, 2 a refund of what was paid too much, 3 disputes a part of a bill. */
const BROKEN: readonly BrokenRow[] = [
  {
    what: "the amount of a memo",
    statements: ["update credit_memos set amount_centavos = amount_centavos + 5"],
    name: "a",
    detail: /memo 20005, source none/,
  },
  {
    what: "a memo that is void and still pays a bill",
    statements: ["update credit_memos set voided_at = now(), void_reason = 'x'"],
    name: "a",
    detail: /memo 20000, source none/,
  },
  {
    what: "a source whose memo is gone",
    statements: ["delete from credit_memos"],
    name: "a",
    detail: /source is of no memo/,
  },
  {
    what: "a memo that the ledger does not know",
    statements: ["update ledger_transactions set source_id = null where kind = 'memo_issued'"],
    name: "M1",
    detail: /received 20000, ledger 0/,
  },
  {
    what: "the number of a memo",
    statements: ["update number_series set next_value = next_value + 1 where series = 'memo'"],
    name: "M5",
    detail: /1 numbers used, next is 3/,
  },
  {
    what: "the amount of a refund",
    statements: ["update refunds set amount_centavos = amount_centavos + 5"],
    name: "a",
    detail: /refund 30005, drawn 30000/,
  },
  {
    what: "a refund that the ledger paid out in another amount",
    statements: [
      "update refunds set amount_centavos = 25000",
      `update refund_shares set amount_centavos = 25000 where refund_id = ${REFUND}`,
    ],
    name: "M1",
    detail: /refunded 25000, ledger 30000/,
  },
  {
    what: "a refund that was drawn from somebody else",
    statements: [
      "update refunds set subscriber_id = (select id from subscribers where account_number = 'A-00003')",
    ],
    name: "a",
    detail: /of its subscriber 0/,
  },
  {
    what: "a refund that came back and is still drawn",
    statements: ["update refunds set reversed_at = now(), reverse_reason = 'x'"],
    name: "a",
    detail: /used 130000, allocated 100000, refunded 0/,
  },
  {
    what: "the number of a refund",
    statements: ["update number_series set next_value = next_value + 1 where series = 'refund'"],
    name: "M5",
    detail: /1 numbers used, next is 3/,
  },
  {
    what: "a disputed amount that no dispute says",
    statements: ["update bills set disputed_centavos = 50000 where disputed_centavos > 0"],
    name: "f",
    detail: /disputed 50000, open disputes 40000 in 1/,
  },
  {
    what: "a disputed amount of a dispute that was decided",
    statements: [
      "update disputes set decision = 'rejected', note = 'x', decided_on = '2026-02-03', decided_at = now(), decided_by = 'x'",
    ],
    name: "f",
    detail: /disputed 40000, open disputes 0 in 0/,
  },
  {
    what: "a dispute that the bill does not know",
    statements: ["update bills set disputed_centavos = 0"],
    name: "f",
    detail: /disputed 0, open disputes 40000 in 1/,
  },
];

Deno.test("broken memos, refunds and disputes are found, and named", async (t) => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 3 });
  await liveUntil(isp, "2026-02-02T10:00");
  const call = [isp.context, isp.tenantId, isp.actor] as const;
  const bills = await isp.run((trx) =>
    trx.selectFrom("bills").select(["id", "subscriber_id"]).where("tenant_id", "=", isp.tenantId).execute()
  );
  const billOf = (n: number) => bills.find((bill) => bill.subscriber_id === isp.subscriberIds[n])!.id;
  await pay(isp, 1, 1300);
  assertOk(
    await issueMemo(...call, {
      subscriberId: isp.subscriberIds[0]!,
      kind: "goodwill",
      reason: "Slow for two days",
      amountCentavos: centavos(20000),
      billId: billOf(0),
      idempotencyKey: "memo-of-the-test",
    }),
  );
  assertOk(
    await refundCredit(...call, {
      subscriberId: isp.subscriberIds[1]!,
      amountCentavos: centavos(30000),
      method: "cash",
      reference: "",
      reason: "Paid too much",
      idempotencyKey: "refund-of-the-test",
    }),
  );
  const disputed = { billId: billOf(2), amountCentavos: centavos(40000), reason: "Was away" };
  assertOk(await disputeBill(...call, disputed));
  await assertBooksHold(isp);
  await breakEach(t, { database, isp, rows: BROKEN });
  await assertBooksHold(isp);
});
