import { assertOk } from "@/tests/support/expect.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { runDueDays } from "@/web/services/billing/run_due_days.ts";
import { breakEach, type BrokenRow } from "./break_books.ts";
import { assertBooksHold, createIsp, pay, runUntil } from "./isp.ts";
import { buy, createPrepaidIsp } from "./prepaid_isp.ts";

/** Subscriber 1 has paid half of a bill, 2 all of the first and half of the second, 3 nothing. Nobody is cut. */
const FIRST_BILL =
  "(select id from bills where status = 'issued' order by period_start, subscriber_id, number limit 1)";
const OF_TWO = "subscriber_id = (select id from subscribers where account_number = 'A-00002')";
const PAYMENT_OF_TWO = `(select id from payments where ${OF_TWO})`;
const ANY_TRANSACTION = "(select id from ledger_transactions order by id limit 1)";
const ANY_SUBSCRIBER = "(select id from subscribers order by id limit 1)";

/** Rows that no program could write, each with what has to be found. */
const BROKEN: readonly BrokenRow[] = [
  {
    what: "a late fee of no bill",
    statements: [`update bills set kind = 'late_fee' where id = ${FIRST_BILL}`],
    name: "h",
    detail: /a late fee of no bill/,
  },
  {
    what: "a late fee on a fee",
    statements: [
      `update bills set kind = 'late_fee' where id in (select id from bills order by number limit 2)`,
      `insert into late_fees (tenant_id, bill_id, fee_bill_id, principal_centavos, amount_centavos, charged_on)
        select a.tenant_id, a.id, b.id, 1000, 50, a.due_on from bills a join bills b on b.number > a.number
        where a.kind = 'late_fee' and b.kind = 'late_fee'`,
    ],
    name: "h",
    detail: /a late fee on .*, which is late_fee/,
  },
  {
    what: "a reconnection that no cut is noted for",
    statements: [`update bill_lines set kind = 'reconnection_fee' where bill_id = ${FIRST_BILL}`],
    name: "h",
    detail: /0 reconnections asked for, 1 lines/,
  },
  {
    what: "an amount of an entry",
    statements: [`update ledger_entries set amount_centavos = amount_centavos + 1
      where transaction_id = ${ANY_TRANSACTION} and line_no = 1`],
    name: "M1",
    detail: /entries sum to 1/,
  },
  {
    what: "a transaction without entries",
    statements: [`delete from ledger_entries where transaction_id = ${ANY_TRANSACTION}`],
    name: "M1",
    detail: /0 entries, lines none/,
  },
  {
    what: "entries added to a sealed transaction",
    statements: [`insert into ledger_entries (tenant_id, transaction_id, line_no, account, amount_centavos)
      select tenant_id, id, 8 + n, 'cash:cash', 100 - 200 * n from ledger_transactions, generate_series(0, 1) n
      where id = ${ANY_TRANSACTION}`],
    name: "M1",
    detail: /4 entries, lines 1 to 9/,
  },
  {
    what: "an account that does not exist",
    statements: [`update ledger_entries set account = 'cash:crypto' where account = 'cash:cash'`],
    name: "M1",
    detail: /cash:crypto, which is no account/,
  },
  {
    what: "an account of subscribers without one",
    statements: [`update ledger_entries set subscriber_id = null where account = 'receivable'`],
    name: "M1",
    detail: /receivable names no subscriber/,
  },
  {
    what: "an account of the tenant with a subscriber",
    statements: [`update ledger_entries set subscriber_id = ${ANY_SUBSCRIBER} where account = 'cash:cash'`],
    name: "M1",
    detail: /cash:cash names a subscriber/,
  },
  {
    what: "two bills of one subscriber that differ by as much",
    statements: [
      `update bills set total_centavos = total_centavos + case when period_start = '2026-01-01' then 7 else -7 end
        where ${OF_TWO}`,
    ],
    name: "M1",
    detail: /^owed 7, ledger 0$/,
  },
  {
    what: "the amount of a payment",
    statements: [`update payments set amount_centavos = amount_centavos + 5 where id = ${PAYMENT_OF_TWO}`],
    name: "a",
    detail: /payment 150005, source none/,
  },
  {
    what: "the amount of what a payment gives",
    statements: [
      `update credit_sources set amount_centavos = amount_centavos + 5 where id = ${PAYMENT_OF_TWO}`,
    ],
    name: "M1",
    detail: /received 150005, ledger 150000/,
  },
  {
    what: "more used of a payment than was allocated",
    statements: [`update credit_sources set used_centavos = used_centavos - 5 where id = ${PAYMENT_OF_TWO}`],
    name: "a",
    detail: /used 149995, allocated 150000/,
  },
  {
    what: "a line that says it is settled",
    statements: [
      `update bill_lines set settled_centavos = amount_centavos - 1 where bill_id = ${FIRST_BILL}`,
    ],
    name: "c",
    detail: /paid \d+, lines settled 99999/,
  },
  {
    what: "a receivable that no bill explains",
    statements: [`update bills set total_centavos = total_centavos + 5 where id = ${FIRST_BILL}`],
    name: "M1",
    detail: /^ledger \d+, bills \d+$/,
  },
  {
    what: "a reversed payment whose money is still there",
    statements: [`update payments set status = 'reversed' where id = ${PAYMENT_OF_TWO}`],
    name: "a",
    detail: /payment 150000, source none/,
  },
  {
    what: "credit that no source explains",
    statements: [
      `update credit_sources set amount_centavos = amount_centavos + 5, used_centavos = used_centavos`,
    ],
    name: "M1",
    detail: /^ledger 0, sources 5$/,
  },
  {
    what: "one reference on two payments",
    statements: ["drop index payments_one_live_reference", "update payments set reference = 'GC 1'"],
    name: "M2",
    detail: /on RCPT-\d+, RCPT-\d+/,
  },
  {
    what: "what a bill was paid",
    statements: [`update bills set paid_centavos = paid_centavos - 1 where ${OF_TWO} and paid_centavos > 0`],
    name: "M3, c",
    detail: /paid 99999, allocated 100000/,
  },
  {
    what: "a bill paid above its total",
    statements: [`update bills set paid_centavos = total_centavos + 1 where id = ${FIRST_BILL}`],
    name: "b",
    detail: /paid 100001 of 100000/,
  },
  {
    what: "a line of a bill",
    statements: [`update bill_lines set amount_centavos = 5 where bill_id = ${FIRST_BILL}`],
    name: "c",
    detail: /total 100000, lines 5/,
  },
  {
    what: "more allocated than was paid",
    statements: [`update allocations set amount_centavos = amount_centavos * 2`],
    name: "a",
    detail: /amount 150000, used 150000, allocated 300000/,
  },
  {
    what: "an allocation to somebody else's bill",
    statements: [
      `update credit_sources set subscriber_id = (select id from subscribers where account_number = 'A-00003')`,
    ],
    name: "a",
    detail: /source and bill are of different subscribers/,
  },
  {
    what: "an allocation of nothing",
    statements: [`update allocations set amount_centavos = 0`],
    name: "e",
    detail: /amount 0/,
  },
  {
    what: "idle credit beside an open bill",
    statements: [`update allocations set released_at = now() where source_id = ${PAYMENT_OF_TWO}`],
    name: "d",
    detail: /credit 150000 beside an open bill/,
  },
  {
    what: "days that are charged twice",
    statements: [
      "alter table charged_periods drop constraint charged_periods_do_not_overlap",
      "update charged_periods set period_end = period_end + 3 where period_start = '2026-01-01'",
    ],
    name: "M4",
    detail: /overlap at 2026-02-01/,
  },
  {
    what: "days that are left out",
    statements: ["update charged_periods set period_end = period_end - 3 where period_start = '2026-01-01'"],
    name: "M4",
    detail: /gap at 2026-02-01/,
  },
  {
    what: "a bill whose days nobody charged",
    statements: [
      "update charged_periods set state = 'never', why = 'decided', bill_id = null where period_start = '2026-01-01'",
    ],
    name: "M4",
    detail: /a line of 2026-01-01 has no period/,
  },
  {
    what: "bills behind the watermark",
    statements: ["update subscriptions set billed_through_on = '2026-01-01'"],
    name: "M4",
    detail: /billed through 2026-01-01, periods end 2026-03-01/,
  },
  {
    what: "a number that was left out",
    statements: ["update number_series set next_value = next_value + 1 where series = 'bill'"],
    name: "M5",
    detail: /6 numbers used, next is 8/,
  },
  {
    what: "a number that was changed to one that nobody took",
    statements: ["update bills set number = 'SOA-000900' where number = 'SOA-000003'"],
    name: "M5",
    detail: /^is no number of its series, which has SOA- and 1 to 6$/,
  },
  {
    what: "a number that is written in another way",
    statements: ["update payments set number = 'RCPT-2' where number = 'RCPT-000002'"],
    name: "M5",
    detail: /^is no number of its series/,
  },
  {
    what: "numbers whose series is gone",
    statements: ["delete from number_series where series = 'bill'"],
    name: "M5",
    detail: /6 numbers used, next is unknown/,
  },
  {
    what: "days that a bill charges and does not say",
    statements: [
      `insert into charged_periods select (jsonb_populate_record(p, jsonb_build_object('period_start', p.period_end,
        'period_end', p.period_end + 30))).* from charged_periods p where period_start = '2026-02-01'`,
      "update subscriptions set billed_through_on = billed_through_on + 30",
    ],
    name: "M4",
    detail: /charges from 2026-03-01, which none of its lines says/,
  },
  {
    what: "money on the account of another method",
    statements: ["update ledger_entries set account = 'cash:gcash' where account = 'cash:cash'"],
    name: "M1",
    detail: /posted on cash:gcash in place of cash:cash/,
  },
  {
    what: "revenue on the account of another kind",
    statements: [
      "update ledger_entries set account = 'revenue:late_fee' where account = 'revenue:recurring'",
    ],
    name: "M1",
    detail: /lines of revenue:recurring 100000, ledger 0/,
  },
  {
    what: "the entries of two bills that name each other's subscriber",
    statements: [
      `update ledger_entries e set subscriber_id = (select id from subscribers where id <> e.subscriber_id
        and account_number in ('A-00001', 'A-00003')) where account = 'receivable' and amount_centavos = 100000
        and subscriber_id in (select id from subscribers where account_number in ('A-00001', 'A-00003'))`,
    ],
    name: "M1",
    detail: /posted to somebody else on receivable/,
  },
  {
    what: "a guard of the database that is gone",
    statements: ["drop index payments_one_live_reference"],
    name: "M6",
    detail: /the database does not keep to it/,
  },
  {
    what: "books that every company can read",
    statements: ["alter table bills disable row level security"],
    name: "M6",
    detail: /is open to every company/,
  },
  {
    what: "a connection that its router knows nothing of",
    statements: ["update desired_secrets set removed_at = now()"],
    name: "M10",
    detail: /its router is not told whether it is on/,
  },
  {
    what: "a right to change amounts",
    statements: ["grant update (total_centavos) on bills to linya_app"],
    name: "M6",
    detail: /linya_app may UPDATE/,
  },
  {
    what: "a right to delete entries",
    statements: ["grant delete on ledger_entries to linya_app"],
    name: "M6",
    detail: /linya_app may DELETE/,
  },
  {
    what: "a seal that is off",
    statements: ["alter table ledger_transactions disable trigger ledger_transactions_have_entries"],
    name: "M6",
    detail: /does not watch/,
  },
  {
    what: "somebody who owes nothing and is off",
    statements: [
      `insert into block_reasons (tenant_id, id, subscription_id, reason, added_by, added_on, added_at)
        select tenant_id, gen_random_uuid(), id, 'nonpayment', 'x', '2026-02-02', now() from subscriptions`,
      "update bills set paid_centavos = total_centavos",
    ],
    name: "M10",
    detail: /off for non-payment and owes nothing/,
  },
  {
    what: "a desired state that says something else",
    statements: ["update desired_secrets set is_disabled = not is_disabled"],
    name: "M10",
    detail: /desired off, block reasons 0/,
  },
];

Deno.test("every broken book is found, and named", async (t) => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 3 });
  isp.clock.set("2026-02-01T00:10:00+08:00");
  assertOk(await runDueDays(isp.context, isp.tenantId, isp.actor));
  await pay(isp, 0, 500);
  await pay(isp, 1, 1500);
  isp.clock.set("2026-03-01T00:10:00+08:00");
  assertOk(await runDueDays(isp.context, isp.tenantId, isp.actor));
  await assertBooksHold(isp);
  await breakEach(t, { database, isp, rows: BROKEN });
  await assertBooksHold(isp);
});

Deno.test("a line that is off although its days are paid is found", async (t) => {
  await using database = await createTestDatabase();
  const isp = await createPrepaidIsp(database);
  assertOk(await buy(isp, 0));
  await runUntil(isp, "2026-01-03T10:00");
  await assertBooksHold(isp);
  await breakEach(t, {
    database,
    isp,
    rows: [{
      what: "cut while a paid bill covers the day",
      statements: [
        `insert into block_reasons (tenant_id, id, subscription_id, reason, added_by, added_on, added_at)
          select tenant_id, gen_random_uuid(), id, 'nonpayment', 'x', '2026-01-03', now() from subscriptions`,
        "update desired_secrets set is_disabled = true",
      ],
      name: "M10",
      detail: /^off for non-payment on days that are paid$/,
    }],
  });
});
