import assert from "node:assert/strict";
import pg from "pg";
import { assertBooksHold, createIsp, type Isp } from "@/tests/billing/isp.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { payRun } from "./pay_run.ts";
import { timeBillRun } from "./scenarios/bill_run.ts";
import { liveMonths } from "./year.ts";

const FROM = Temporal.PlainDate.from("2026-02-01");
const BILLS = 40;

Deno.test("months that are copied leave what months that were lived leave, and the next run goes on behind them", async () => {
  await using database = await createTestDatabase();
  const client = new pg.Client({ connectionString: database.superuserUrl });
  await client.connect();
  try {
    const query = (text: string, values: unknown[] = []) => client.query(text, values);
    const [lived, copied] = [
      await createIsp(database, { subscribers: BILLS }),
      await createIsp(database, {
        subscribers: BILLS,
      }),
    ];
    // Who pays late is decided by the id: the same ones in both.
    await query("set session_replication_role = replica");
    await query(SAME_IDS, [lived.tenantId, copied.tenantId]);
    await query("set session_replication_role = origin");
    for (let month = 0; month < 4; month++) {
      const on = FROM.add({ months: month });
      const { runId } = await timeBillRun(lived, on, BILLS);
      await payRun({ query }, { tenantId: lived.tenantId, runId, on: on.add({ days: 3 }) });
    }
    await liveMonths({ ...database, query }, copied, { from: FROM, months: 4, bills: BILLS });
    assert.deepEqual(await booksOf(query, copied), await booksOf(query, lived));
    await timeBillRun(copied, FROM.add({ months: 4 }), BILLS);
    await assertBooksHold(copied);
  } finally {
    await client.end();
  }
});

/** Nothing names these subscribers yet but their connections. */
const SAME_IDS = `
  with same as (select a.id as there, b.id as here from subscribers a join subscribers b on b.account_number = a.account_number
    where a.tenant_id = $1 and b.tenant_id = $2),
  moved as (update subscriptions c set subscriber_id = s.there from same s where c.tenant_id = $2 and c.subscriber_id = s.here)
  update subscribers p set id = s.there from same s where p.tenant_id = $2 and p.id = s.here`;

async function booksOf(query: (text: string, values?: unknown[]) => Promise<pg.QueryResult>, isp: Isp) {
  const found = await Promise.all([
    `select period_start, period_end, due_on, total_centavos, paid_centavos, count(*) from bills where tenant_id = $1
      group by 1, 2, 3, 4, 5 order by 1, 5`,
    "select min(number), max(number), count(distinct number) from bills where tenant_id = $1",
    "select period_start, period_end, state, count(*) from charged_periods where tenant_id = $1 group by 1, 2, 3 order by 1, 2, 3",
    `select t.kind, t.business_on, e.account, sum(e.amount_centavos) from ledger_transactions t
      join ledger_entries e on e.tenant_id = t.tenant_id and e.transaction_id = t.id where t.tenant_id = $1
      group by 1, 2, 3 order by 1, 2, 3`,
    "select received_on, amount_centavos, count(*) from payments where tenant_id = $1 group by 1, 2 order by 1",
    "select min(number), max(number), count(distinct number) from payments where tenant_id = $1",
    "select sum(amount_centavos) from allocations where tenant_id = $1",
    "select billed_through_on, next_bill_on, count(*) from subscriptions where tenant_id = $1 group by 1, 2",
    "select series, next_value from number_series where tenant_id = $1 order by series",
  ].map((text) => query(text, [isp.tenantId])));
  return found.map(({ rows }) => rows);
}
