import assert from "node:assert/strict";
import { assertOk } from "@/tests/support/expect.ts";
import { liveUntil, pay } from "@/tests/billing/isp.ts";
import { playedIsp } from "@/tests/support/played.ts";
import { withScene } from "@/tests/support/scene.ts";
import { reversePayment } from "@/web/services/payments/reverse_payment.ts";
import { readStatement } from "@/web/services/payments/read_statement.ts";
import { voidPaid } from "@/tests/billing/void_paid.ts";
import { voidBill } from "@/web/services/billing/void_bill.ts";
import {
  type AccountLineFilter,
  listAccountLines,
  sumAccountLines,
} from "@/web/store/billing/account_lines.ts";
import { findSubscriberBalance } from "@/web/store/billing/ledger.ts";
import { moved, postStraight } from "./straight_postings.ts";

const day = Temporal.PlainDate.from;

Deno.test("the ledger runs through bills, voids, payments, reversals and postings of kinds to come", async () => {
  await using past = await playedIsp({ subscribers: 12 }, "2026-02-03T10:00");
  const { isp } = past;
  const subscriberId = isp.subscriberIds[0]!;
  const first = await pay(isp, 0, 400);
  await liveUntil(isp, "2026-02-05T10:00");
  assertOk(
    await reversePayment(isp.context, isp.tenantId, isp.actor, {
      paymentId: first.paymentId,
      reason: "Bounced",
    }),
  );
  await liveUntil(isp, "2026-02-05T11:00");
  const { rows: [bill] } = await isp.run((trx) =>
    listAccountLines(trx, { subscriberId, kind: "charge" }, { limit: 1 })
  );
  assertOk(
    await voidBill(isp.context, isp.tenantId, isp.actor, { billId: bill!.bill_id!, reason: "Wrong plan" }),
  );
  const credit = { account: "subscriber_credit", subscriberId } as const;
  const own = (account: "credit_memos" | "write_offs" | "refunds_payable") => ({
    account,
    subscriberId: null,
  });
  await postStraight(isp, { on: "2026-02-06", legs: moved(own("credit_memos"), credit, 50) });
  await postStraight(isp, { on: "2026-02-07", legs: moved(credit, own("refunds_payable"), 20) });
  await postStraight(isp, {
    on: "2026-02-08",
    legs: moved(own("write_offs"), { account: "receivable", subscriberId }, 5),
  });
  const { rows } = await isp.run((trx) =>
    listAccountLines(trx, { subscriberId }, { limit: 50, sort: "date" })
  );
  assert.deepEqual(
    rows.map((row) => `${row.counted_on} ${row.line_kind} ${row.amount_centavos} ${row.balance_centavos}`),
    [
      "2026-02-01 charge 100000 100000",
      "2026-02-03 payment -40000 60000",
      "2026-02-05 payment 40000 100000",
      "2026-02-05 charge -100000 0",
      "2026-02-06 credit -5000 -5000",
      "2026-02-07 payment 2000 -3000",
      "2026-02-08 credit -500 -3500",
    ],
  );
  const owed = await isp.run((trx) => findSubscriberBalance(trx, subscriberId));
  assert.equal(owed.receivableCentavos - owed.creditCentavos, -3500n);
  const span = await isp.run((trx) =>
    sumAccountLines(trx, { subscriberId, from: day("2026-02-03"), to: day("2026-02-07") })
  );
  assert.deepEqual(span, {
    openingCentavos: 100_000n,
    chargesCentavos: -100_000n,
    paymentsCentavos: -2_000n,
    creditsCentavos: 5_000n,
    closingCentavos: -3_000n,
    counts: { charge: 1, payment: 3, credit: 1 },
  });
});

Deno.test("every page of the ledger has its part of the lines and the same balance after each, backwards too", async () => {
  await withScene("2026-02-14T10:00", async ({ isp }) => {
    for (const pesos of [100, 200, 1_500]) await pay(isp, 0, pesos);
    await liveUntil(isp, "2026-02-16T10:00");
    for (const pesos of [10, 20]) await pay(isp, 0, pesos);
    const list = (
      filter: Partial<AccountLineFilter>,
      page: { limit: number; after?: string; before?: string; sort?: string },
    ) => isp.run((trx) => listAccountLines(trx, { subscriberId: isp.subscriberIds[0]!, ...filter }, page));
    const all = (await list({}, { limit: 50 })).rows;
    const seen = [];
    let after: string | null = "";
    let last = null;
    while (after !== null) {
      last = await list({}, { limit: 2, ...(after !== "" && { after }) });
      seen.push(...last.rows);
      after = last.next;
    }
    assert.deepEqual(seen, all);
    const back = await list({}, { limit: 2, before: last!.previous! });
    const at = all.findIndex(({ id }) => id === last!.rows[0]!.id);
    assert.deepEqual(back.rows, all.slice(at - 2, at));
    const later = await list({ from: day("2026-02-15"), to: day("2026-02-28") }, { limit: 50 });
    assert.deepEqual(later.rows, all.slice(0, 2));
  });
});

Deno.test("a statement opens with what the one before it closed with, and reads later as it did then", async () => {
  await using past = await playedIsp({ subscribers: 12 }, "2026-03-05T10:00");
  const { isp } = past;
  const subscriberId = isp.subscriberIds[0]!;
  const read = async (from: string, through: string, today: string) => {
    const view = await isp.run((trx) =>
      readStatement(trx, subscriberId, { from: day(from), through: day(through) }, day(today))
    );
    assert.ok(view !== null);
    return view;
  };
  await pay(isp, 0, 700);
  const february = await read("2026-02-01", "2026-02-28", "2026-03-05");
  const march = await read("2026-03-01", "2026-03-31", "2026-03-05");
  assert.equal(march.statement.openingCentavos, february.statement.closingCentavos);
  assert.equal(february.statement.closingCentavos, 100_000n);
  assert.deepEqual(february.open.map((bill) => [String(bill.due_on), bill.open_centavos]), [[
    "2026-02-08",
    100_000n,
  ]]);
  assert.equal(march.statement.closingCentavos, 130_000n);
  assert.deepEqual(march.open.map((bill) => bill.open_centavos), [30_000n, 100_000n]);
  // A bill that is voided later was still open on that day.
  await voidPaid(isp, { billId: february.open[0]!.id, reason: "Never installed" });
  const again = await read("2026-02-01", "2026-02-28", "2026-03-05");
  assert.deepEqual(again.statement, february.statement);
  assert.deepEqual(again.open, february.open);
  const now = await read("2026-03-01", "2026-03-05", "2026-03-05");
  assert.equal(now.statement.closingCentavos, 30_000n);
  assert.equal(now.open.reduce((total, bill) => total + bill.open_centavos, 0n), 30_000n);
});

Deno.test("a bill of a clock that was ahead and its void count on the same day, so no statement between shows half", async () => {
  await using past = await playedIsp({ subscribers: 12 }, "2026-02-03T10:00");
  const { isp } = past;
  const subscriberId = isp.subscriberIds[1]!;
  const { rows: [bill] } = await isp.run((trx) => listAccountLines(trx, { subscriberId }, { limit: 1 }));
  await postStraight(isp, {
    on: "2026-01-10",
    kind: "bill_voided",
    bill_id: bill!.bill_id,
    legs: moved(
      { account: "revenue:recurring", subscriberId: null },
      { account: "receivable", subscriberId },
      1000,
    ),
  });
  const sums = await isp.run((trx) => sumAccountLines(trx, { subscriberId, to: day("2026-01-20") }));
  assert.equal(sums.closingCentavos, 0n);
  const { rows } = await isp.run((trx) => listAccountLines(trx, { subscriberId }, { limit: 9 }));
  assert.deepEqual(rows.map((row) => row.balance_centavos), [0n, 100_000n]);
});

Deno.test("the ledger's page filters, links each line, adds up what it shows and gives it as a file", async () => {
  await withScene("2026-02-14T10:00", async ({ isp, owner, app }) => {
    const paid = await pay(isp, 0, 250);
    const path = `/admin/subscribers/${isp.subscriberIds[0]}/ledger`;
    const { text, html } = await owner.get(path);
    assert.match(
      text,
      /Opening balance ₱0\.00 \+ ?Charges ₱1,000\.00 − ?Payments ₱250\.00 − ?Credits ₱0\.00 = ?Closing balance ₱750\.00/,
    );
    assert.match(html, new RegExp(`href="/admin/payments/${paid.paymentId}"`));
    const payments = await owner.get(`${path}?kind=payment&from=2026-02-10&to=2026-02-14`);
    assert.match(payments.text, /Opening balance ₱1,000\.00/);
    assert.equal(payments.html.match(/<tr [^>]*data-key/g)?.length, 1);
    assert.match((await owner.get(`${path}?from=2027-01-01`)).text, /Nothing matches.*no such line/);
    const file = await owner.get(`${path}.csv?kind=payment`);
    assert.match(file.html, /"Date","What","Kind","Number","Charge","Payment","Credit","Balance"/);
    assert.match(file.html, /"2026-02-14",".*","Payments","RCPT-[^"]+","","250\.00","","750\.00"/);
    const technician = await app.signIn(isp.tenantId, "Technician");
    for (const place of [path, path.replace("ledger", "statement")]) {
      assert.equal((await technician.get(place)).status, 404);
      assert.equal((await owner.get(place.replace(isp.subscriberIds[0]!, isp.tenantId))).status, 404);
    }
  });
});

Deno.test("a statement says what it is and what it is not, whatever is asked for", async () => {
  await withScene("2026-02-14T10:00", async ({ isp, owner }) => {
    const path = `/admin/subscribers/${isp.subscriberIds[0]}/statement`;
    for (
      const query of [
        "",
        "?on=2026-02-10&from=2026-01-01",
        "?on=2025-01-01",
        "?from=2027-01-01",
        "?on=nonsense",
      ]
    ) {
      const { status, text } = await owner.get(path + query);
      assert.equal(status, 200, query);
      assert.match(text, /Statement of Account/);
      assert.match(text, /THIS DOCUMENT IS NOT VALID FOR CLAIM OF INPUT TAX/);
      assert.doesNotMatch(text, /official receipt|invoice/i);
    }
    const { text } = await owner.get(`${path}?on=2026-02-10`);
    assert.match(
      text,
      /As of Tue, 10 Feb 2026.*Amount due ₱1,000\.00.*SOA-\S+ 8 Feb 2026 · 2 days late ₱1,000\.00/,
    );
    assert.match((await owner.get(`${path}?on=2025-01-01`)).text, /No bill was open on this day/);
  });
});
