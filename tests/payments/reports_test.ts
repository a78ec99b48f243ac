import assert from "node:assert/strict";
import { sql } from "kysely";
import { centavos } from "@/shared/money/mod.ts";
import { createIsp, type Isp, liveUntil, pay, todayOf } from "@/tests/billing/isp.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { playedOnce } from "@/tests/support/played.ts";
import { createWebApp } from "@/tests/support/web_app.ts";
import { voidPaid } from "@/tests/billing/void_paid.ts";
import { type Account, ACCOUNTS, AGES, billedAgainstCollected } from "@/web/domain/payments/mod.ts";
import { ENGLISH, type MessageKey } from "@/web/messages/mod.ts";
import { reversePayment } from "@/web/services/payments/reverse_payment.ts";
import {
  listAccountBalances,
  listAccountEntries,
  listMonthSums,
  sumAccountEntries,
} from "@/web/store/billing/account_balances.ts";
import { listAging, sumAging } from "@/web/store/billing/aging.ts";
import { listCollections } from "@/web/store/payments/collections.ts";
import { billedIn, collectedIn, listDailyMoney } from "@/web/store/live/today_money.ts";
import { readConnectionFigures } from "@/web/store/live/today_connections.ts";
import { moved, postStraight } from "./straight_postings.ts";

const day = Temporal.PlainDate.from;

/** Half a year of ten subscribers who pay late, twice, too much or not at all, with voids and reversals across months. */
function play() {
  return playedOnce("reports: ten subscribers until June, with voids, reversals, memos", async (database) => {
    const isp = await createIsp(database, { subscribers: 10 });
    const bounced = [];
    for (const [month, at] of ["2026-02-03", "2026-03-10", "2026-04-06", "2026-05-20"].entries()) {
      await liveUntil(isp, `${at}T10:00`);
      for (let n = month; n < 8; n++) {
        bounced.push(await pay(isp, n, [1000, 350.5, 2100, 999.99][(n + month) % 4]!));
      }
    }
    await liveUntil(isp, "2026-05-25T10:00");
    for (const n of [3, 9, 17]) {
      const { paymentId } = bounced[n]!;
      assertOk(await reversePayment(isp.context, isp.tenantId, isp.actor, { paymentId, reason: "Bounced" }));
    }
    for (const [n, at] of [[9, 0], [2, 1]] as const) {
      const { rows } = await isp.run((trx) =>
        sql<{ id: string }>`select id from bills where tenant_id = ${trx.tenantId}
          and subscriber_id = ${isp.subscriberIds[n]!} order by issued_on offset ${at} limit 1`.execute(trx)
      );
      await voidPaid(isp, { billId: rows[0]!.id, reason: "Never there" });
    }
    await liveUntil(isp, "2026-06-12T10:00");
    return isp;
  });
}

/** What the ledger says of an account through a day, added up entry by entry. */
async function ledgerOf(
  isp: Isp,
  account: string,
  through = "2026-12-31",
  subscriberId?: string,
): Promise<bigint> {
  const { rows } = await isp.run((trx) =>
    sql<{ sum: bigint }>`select coalesce(sum(e.amount_centavos), 0)::bigint as sum from ledger_entries e
      join ledger_transactions t on t.tenant_id = e.tenant_id and t.id = e.transaction_id
      where e.tenant_id = ${trx.tenantId} and e.account like ${account} and t.business_on <= ${through}
        and (${subscriberId ?? null}::uuid is null or e.subscriber_id = ${subscriberId ?? null}::uuid)`
      .execute(trx)
  );
  return rows[0]!.sum;
}

Deno.test("aging is the ledger's receivable on any day, of each subscriber and together", async () => {
  await using past = await play();
  const { isp } = past;
  for (const on of ["2026-01-31", "2026-02-09", "2026-03-31", "2026-05-24", "2026-05-25", "2026-06-12"]) {
    const filter = { on: day(on), isPast: on < "2026-06-12" };
    const totals = await isp.run((trx) => sumAging(trx, filter));
    assert.equal(totals.amounts.total, await ledgerOf(isp, "receivable", on), on);
    assert.equal(AGES.reduce((sum, age) => sum + totals.amounts[age], 0n), totals.amounts.total, on);
    const { rows } = await isp.run((trx) => listAging(trx, filter, { limit: 50 }));
    assert.equal(rows.length, totals.subscribers.total);
    for (const row of rows) {
      assert.equal(row.total, await ledgerOf(isp, "receivable", on, row.subscriber_id), on);
    }
  }
  // The bill of February that was voided on 25 May was open, and over 90 days late, until the day before.
  const late = await isp.run((trx) =>
    listAging(trx, { on: day("2026-05-24"), isPast: true, age: "older" }, { limit: 50 })
  );
  const ninth = late.rows.find((row) => row.subscriber_id === isp.subscriberIds[9]);
  assert.equal(String(ninth?.oldest_due_on), "2026-02-08");
  const after = await isp.run((trx) =>
    listAging(trx, { on: day("2026-05-25"), isPast: true }, { limit: 50 })
  );
  assert.notEqual(
    String(after.rows.find((row) => row.subscriber_id === isp.subscriberIds[9])?.oldest_due_on),
    "2026-02-08",
  );
});

Deno.test("aging has the sums that Today shows, whoever is narrowed to", async () => {
  await using past = await play();
  const { isp } = past;
  const on = todayOf(isp);
  const totals = await isp.run((trx) => sumAging(trx, { on, isPast: false }));
  const today = await isp.run((trx) => readConnectionFigures(trx, { today: on, now: isp.clock.now() }));
  assert.equal(totals.amounts.total, today.current.balanceCentavos + today.late.balanceCentavos);
  const { rows: [site] } = await isp.run((trx) => sql<{ id: string }>`select id from sites`.execute(trx));
  const same = await isp.run((trx) =>
    sumAging(trx, { on, isPast: false, siteId: site!.id, planId: isp.planId })
  );
  assert.deepEqual(same, totals);
  const past90 = await isp.run((trx) =>
    sumAging(trx, { on: day("2026-04-01"), isPast: true, planId: isp.planId })
  );
  assert.deepEqual(past90, await isp.run((trx) => sumAging(trx, { on: day("2026-04-01"), isPast: true })));
  const nobody = await isp.run((trx) => sumAging(trx, { on, isPast: false, planId: isp.tenantId }));
  assert.equal(nobody.amounts.total, 0n);
});

Deno.test("collections are the ledger's money and Today's, by whatever they are told", async () => {
  await using past = await play();
  const { isp } = past;
  const span = { from: day("2026-01-01"), to: day("2026-06-30") };
  const total = (rows: Awaited<ReturnType<typeof listCollections>>) =>
    rows.reduce((sum, row) => sum + row.receivedCentavos - row.reversedCentavos, 0n);
  for (const by of ["day", "month", "method", "staff"] as const) {
    for (const withReversed of [false, true]) {
      const rows = await isp.run((trx) => listCollections(trx, { ...span, withReversed }, by));
      assert.equal(total(rows), await ledgerOf(isp, "cash:%"), `${by} ${withReversed}`);
      for (const row of rows) {
        assert.equal(Object.values(row.byMethod).reduce((sum, part) => sum + part, 0n), row.receivedCentavos);
      }
    }
  }
  // With reversals each span has what the ledger has in it, whatever came later.
  for (const through of ["2026-02-28", "2026-05-24", "2026-05-31"]) {
    const rows = await isp.run((trx) =>
      listCollections(trx, { from: span.from, to: day(through), withReversed: true }, "day")
    );
    assert.equal(total(rows), await ledgerOf(isp, "cash:%", through), through);
  }
  // Without them it is Today's figure of the same days, and the list of payments behind it.
  const daily = await isp.run((trx) =>
    listDailyMoney(trx, { from: day("2026-05-14"), to: day("2026-06-12") })
  );
  const left = await isp.run((trx) =>
    listCollections(trx, { from: day("2026-05-14"), to: day("2026-06-12"), withReversed: false }, "day")
  );
  assert.equal(total(left), daily.reduce((sum, row) => sum + row.collectedCentavos, 0n));
  assert.equal(collectedIn({ from: day("2026-05-14"), to: day("2026-06-12") }).status, "posted");
});

Deno.test("billed against collected is the ledger by month, and its open is the receivable at each month's end", async () => {
  await using past = await play();
  const { isp } = past;
  const months = ["2026-01-01", "2026-02-01", "2026-03-01", "2026-04-01", "2026-05-01", "2026-06-01"].map((
    text,
  ) => day(text));
  const read = async (from: number) => {
    const sums = await isp.run((trx) => listMonthSums(trx, months[from]!, {}));
    const now = await isp.run((trx) => sumAging(trx, { on: todayOf(isp), isPast: false }));
    return billedAgainstCollected(
      sums.map((sum) => ({ ...sum, amountCentavos: centavos(sum.amountCentavos) })),
      months.slice(from),
      centavos(now.amounts.total),
    );
  };
  const rows = await read(0);
  assert.equal(rows.length, 6);
  let owed = 0n;
  for (const row of rows) {
    const end = String(row.month.with({ day: row.month.daysInMonth }));
    assert.equal(row.open, await ledgerOf(isp, "receivable", end), end);
    owed += row.takenOver + row.billed - row.voided - row.memos - row.collected + row.reversed +
      row.refunded -
      row.writtenOff;
    assert.equal(
      owed,
      await ledgerOf(isp, "receivable", end) + await ledgerOf(isp, "subscriber_credit", end),
      end,
    );
  }
  assert.equal(rows[4]!.voided, 200_000n);
  assert.deepEqual(await read(3), rows.slice(3));
  // Bills that are not void are what Today adds up.
  const today = await isp.run((trx) =>
    listDailyMoney(trx, { from: day("2026-01-01"), to: day("2026-06-30") })
  );
  assert.equal(
    rows.reduce((sum, row) => sum + row.billed - row.voided, 0n),
    today.reduce((sum, row) => sum + row.billedCentavos, 0n),
  );
  assert.equal(billedIn({ from: months[0]!, to: months[5]! }).isLive, true);
});

Deno.test("bills of a clock that was ahead, taken back on an earlier date, are in no report of the days between", async () => {
  await using past = await play();
  const { isp } = past;
  // Seen from 20 May, the bills of 1 June were issued under a clock ahead; one is taken back on that day.
  const { rows: [bill] } = await isp.run((trx) =>
    sql<
      { id: string; subscriber_id: string }
    >`select id, subscriber_id from bills where tenant_id = ${trx.tenantId}
      and issued_on = '2026-06-01' and status = 'issued' and paid_centavos = 0 order by number limit 1`
      .execute(trx)
  );
  const subscriberId = bill!.subscriber_id;
  const on = "2026-05-30";
  const read = async () => ({
    aging: (await isp.run((trx) => sumAging(trx, { on: day(on), isPast: true }))).amounts,
    accounts: await isp.run((trx) => listAccountBalances(trx, day(on))),
    may: await monthOf(isp, "2026-05-01"),
  });
  const before = await read();
  const revenue = { account: "revenue:recurring", subscriberId: null } as const;
  await postStraight(isp, {
    on: "2026-05-20",
    kind: "bill_voided",
    bill_id: bill!.id,
    legs: moved(revenue, { account: "receivable", subscriberId }, 1000),
  });
  await isp.run((trx) => sql`update bills set status = 'void' where id = ${bill!.id}`.execute(trx));
  assert.deepEqual(await read(), before);
  assert.equal((await monthOf(isp, "2026-06-01")).voided, 100_000n);
});

Deno.test("a posting of a kind that nobody knew falls into the column of its account", async () => {
  await using past = await play();
  const { isp } = past;
  const subscriberId = isp.subscriberIds[4]!;
  const credit = { account: "subscriber_credit", subscriberId } as const;
  const own = (account: Account) => ({ account, subscriberId: null });
  const on = "2026-06-12";
  const kind = "credit_applied";
  const before = await monthOf(isp, on);
  await postStraight(isp, { on, kind, legs: moved(own("credit_memos"), credit, 70) });
  await postStraight(isp, { on, kind, legs: moved(credit, own("refunds_payable"), 30) });
  // The pay-out of a refund takes nothing from anybody a second time.
  await postStraight(isp, { on, kind, legs: moved(own("refunds_payable"), own("cash:cash"), 30) });
  await postStraight(isp, {
    on,
    kind,
    legs: moved(own("write_offs"), { account: "receivable", subscriberId }, 15),
  });
  await postStraight(isp, {
    on,
    kind,
    legs: moved({ account: "receivable", subscriberId }, own("revenue:late_fee"), 25),
  });
  const after = await monthOf(isp, on);
  assert.deepEqual(
    Object.fromEntries(
      Object.entries(after).map(([name, amount]) => [name, amount - before[name as keyof typeof before]]),
    ),
    {
      takenOver: 0n,
      billed: 2500n,
      voided: 0n,
      memos: 7000n,
      collected: 0n,
      reversed: 0n,
      refunded: 3000n,
      writtenOff: 1500n,
    },
  );
});

async function monthOf(isp: Isp, on: string) {
  const month = day(on).with({ day: 1 });
  const sums = await isp.run((trx) => listMonthSums(trx, month, {}));
  const [row] = billedAgainstCollected(
    sums.map((sum) => ({ ...sum, amountCentavos: centavos(sum.amountCentavos) })),
    [month],
    centavos(0n),
  );
  const { month: _month, open: _open, ...moves } = row!;
  return moves;
}

Deno.test("the accounts balance on any day, and each one's lines add up to it", async () => {
  await using past = await play();
  const { isp } = past;
  for (const on of [undefined, "2026-02-28", "2026-05-24"]) {
    const rows = await isp.run((trx) => listAccountBalances(trx, on === undefined ? undefined : day(on)));
    assert.equal(rows.length, Object.keys(ACCOUNTS).length);
    assert.equal(rows.reduce((sum, row) => sum + row.debitCentavos - row.creditCentavos, 0n), 0n);
    for (const row of rows) {
      assert.equal(
        row.debitCentavos - row.creditCentavos,
        await ledgerOf(isp, row.account, on),
        `${row.account} ${on}`,
      );
    }
  }
  const filter = { account: "receivable" as const, from: day("2026-03-01"), to: day("2026-05-24") };
  const sums = await isp.run((trx) => sumAccountEntries(trx, filter));
  const lines = [];
  for (let after: string | null = ""; after !== null;) {
    const page: Awaited<ReturnType<typeof listAccountEntries>> = await isp.run((trx) =>
      listAccountEntries(trx, filter, { limit: 7, ...(after !== "" && { after: after! }) })
    );
    lines.push(...page.rows);
    after = page.next;
  }
  assert.equal(new Set(lines.map((line) => `${line.transaction_id} ${line.line_no}`)).size, lines.length);
  assert.equal(lines.length, sums.count);
  assert.equal(sums.openingCentavos, await ledgerOf(isp, "receivable", "2026-02-28"));
  assert.equal(
    sums.openingCentavos + lines.reduce((sum, line) => sum + line.amount_centavos, 0n),
    await ledgerOf(isp, "receivable", "2026-05-24"),
  );
  assert.ok(lines.every((line) => line.subscriber_name !== null));
});

Deno.test("the pages of reports say their sums, in files too, and only to who may see them", async () => {
  await using past = await play();
  const { isp } = past;
  const app = await createWebApp(isp.context);
  const [owner, cashier] = [
    await app.signIn(isp.tenantId, "Owner"),
    await app.signIn(isp.tenantId, "Cashier"),
  ];
  const paths = [
    "",
    "/aging",
    "/aging?on=2026-03-31&age=d30",
    "/collections",
    "/collections?by=staff&reversed=yes",
    "/collections?from=2026-01-01&to=2026-06-30&by=method",
    "/collections?from=2027-01-01&to=2026-01-01",
    "/billed",
    "/billed?months=6",
    "/accounts",
    "/accounts?on=2026-02-01&show=all",
    "/accounts/lines?account=cash:cash&from=2026-02-01",
    "/accounts/lines?account=write_offs",
    "/accounts/lines",
  ];
  for (const path of paths) {
    const { status, html } = await owner.get(`/admin/reports${path}`);
    assert.equal(status, 200, path);
    assert.equal((await cashier.get(`/admin/reports${path}`)).status, 404, path);
    const file = /href="([^"]*\.csv[^"]*)"/.exec(html)?.[1]?.replaceAll("&amp;", "&");
    if (path !== "") assert.equal((await owner.get(file!)).status, 200, path);
  }
  assert.doesNotMatch((await cashier.get("/admin")).html, /href="\/admin\/reports"/);
  const total = (await isp.run((trx) => sumAging(trx, { on: todayOf(isp), isPast: false }))).amounts.total;
  const csv = (await owner.get("/admin/reports/aging.csv")).html.trim().split("\r\n").slice(1);
  const sum = csv.reduce((all, line) => all + BigInt(line.split('","').at(-1)!.replace(/\D/g, "")), 0n);
  assert.equal(sum, total);
  assert.match(
    (await owner.get("/admin/reports/accounts")).text,
    /The books balance: (₱[\d,.]+) of debit balances, \1 of credit/,
  );
});

Deno.test("a day that nobody means has its answer, and no endless page, wherever days are asked for", async () => {
  await using past = await play();
  const owner = await (await createWebApp(past.isp.context)).signIn(past.isp.tenantId, "Owner");
  const person = `/admin/subscribers/${past.isp.subscriberIds[0]}`;
  for (const days of ["0000-01-01", "0001-01-01", "9999-12-31", "2026-02-30", "nonsense"]) {
    for (
      const path of [
        `/admin/reports/aging?on=${days}`,
        `/admin/reports/collections?from=${days}`,
        `/admin/reports/collections?from=0001-01-01&to=${days}&reversed=yes`,
        `/admin/reports/accounts?on=${days}`,
        `/admin/reports/accounts/lines?from=${days}&to=${days}`,
        `${person}/ledger?from=${days}&to=${days}`,
        `${person}/statement?on=${days}`,
        `${person}/statement?from=${days}`,
      ]
    ) {
      const { status, html } = await owner.get(path);
      assert.equal(status, 200, path);
      assert.ok(html.length < 200_000, `${path} is ${html.length} letters long`);
    }
  }
});

Deno.test("the names of accounts on pages are those of the catalogue", () => {
  for (const [code, { words }] of Object.entries(ACCOUNTS)) {
    assert.equal(ENGLISH[`reports.account_${code.replace(":", "_")}` as MessageKey], words);
  }
});
