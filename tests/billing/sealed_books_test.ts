import assert from "node:assert/strict";
import { type RawBuilder, sql } from "kysely";
import pg from "pg";
import { assertOk } from "@/tests/support/expect.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { ACCOUNTS } from "@/web/domain/payments/mod.ts";
import { runDueDays } from "@/web/services/billing/run_due_days.ts";
import { sqlState } from "@/web/store/db/unavailable.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { assertBooksHold, createIsp, type Isp, pay } from "./isp.ts";

/** The tables of the books, with the columns that the web may change. Another one is added here on purpose or not at all. */
const MAY_CHANGE: Readonly<Record<string, readonly string[]>> = {
  allocations: ["released_at"],
  bill_lines: ["settled_centavos"],
  bills: [
    "bir_invoice_no",
    "disputed_centavos",
    "grace_days",
    "is_imported",
    "late_fee_look_on",
    "late_fee_on",
    "link_generation",
    "paid_centavos",
    "status",
    "void_reason",
    "voided_at",
  ],
  credit_memos: ["void_reason", "voided_at"],
  credit_sources: ["ended_at", "used_centavos"],
  late_fees: ["ended_at", "ended_why"],
  ledger_accounts: [],
  ledger_entries: [],
  ledger_transactions: [],
  payments: ["reverse_reason", "reversed_at", "status"],
  reconnection_fees: ["bill_id", "given_back_at"],
  refund_shares: [],
  refunds: ["reverse_reason", "reversed_at"],
};
const DENIED = "42501";
const CHECK = "23514";
const NO_SUCH = "23503";

async function asSuperuser<Row extends pg.QueryResultRow>(url: string, text: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(text)).rows;
  } finally {
    await client.end();
  }
}

/** The SQL state that a statement of the web fails with, in a transaction of its own; null when it is taken. */
async function refusal(
  isp: Isp,
  ...statements: ((trx: TenantTransaction) => RawBuilder<unknown>)[]
): Promise<string | null> {
  try {
    await isp.run(async (trx) => {
      for (const statement of statements) await statement(trx).execute(trx);
    });
    return null;
  } catch (error) {
    return sqlState(error);
  }
}

/** One bill for each subscriber, and one payment of half of the first. */
async function withOneBill(database: Awaited<ReturnType<typeof createTestDatabase>>): Promise<Isp> {
  const isp = await createIsp(database, { subscribers: 2 });
  isp.clock.set("2026-02-01T00:10:00+08:00");
  assertOk(await runDueDays(isp.context, isp.tenantId, isp.actor));
  await pay(isp, 0, 500);
  return isp;
}

interface RawLeg {
  line: number;
  account: string;
  amount: number;
  subscriberId?: string;
}

const head = (id: string) => ({ tenantId }: TenantTransaction) =>
  sql`insert into ledger_transactions (tenant_id, id, kind, business_on, recorded_at, description, actor)
    values (${tenantId}, ${id}, 'bill_issued', '2026-02-01', now(), 'x', 'x')`;
const entries = (id: string, legs: readonly RawLeg[]) => ({ tenantId }: TenantTransaction) =>
  sql`insert into ledger_entries (tenant_id, transaction_id, line_no, account, subscriber_id, amount_centavos)
    values ${
    sql.join(legs.map(({ line, account, amount, subscriberId }) =>
      sql`(${tenantId}, ${id}, ${line}, ${account}, ${subscriberId ?? null}, ${amount}::bigint)`
    ))
  }`;
const whole = (id: string, legs: readonly RawLeg[]) => (trx: TenantTransaction) =>
  sql`with head as (${head(id)(trx)}) ${entries(id, legs)(trx)}`;

Deno.test("the web may change the listed columns of the books and no other, and deletes nothing", async () => {
  await using database = await createTestDatabase();
  const isp = await withOneBill(database);
  const tables = Object.keys(MAY_CHANGE).map((name) => `'${name}'`).join(", ");
  const granted = await asSuperuser<{ column: string }>(
    database.superuserUrl,
    `select table_name || '.' || column_name as column from information_schema.column_privileges
      where grantee = 'linya_app' and privilege_type = 'UPDATE' and table_name in (${tables}) order by 1`,
  );
  assert.deepEqual(
    granted.map((row) => row.column),
    Object.entries(MAY_CHANGE).flatMap(([table, columns]) => columns.map((one) => `${table}.${one}`)).sort(),
  );
  const columns = await asSuperuser<{ table: string; column: string; generated: string }>(
    database.superuserUrl,
    `select table_name as table, column_name as column, is_generated as generated from information_schema.columns
      where table_schema = 'public' and table_name in (${tables})`,
  );
  for (const { table, column, generated } of columns) {
    const value = sql.raw(generated === "ALWAYS" ? "default" : column);
    const state = await refusal(isp, () => sql`update ${sql.table(table)} set ${sql.ref(column)} = ${value}`);
    assert.equal(state, MAY_CHANGE[table]!.includes(column) ? null : DENIED, `${table}.${column}`);
  }
  for (const table of Object.keys(MAY_CHANGE)) {
    assert.equal(await refusal(isp, () => sql`delete from ${sql.table(table)}`), DENIED, table);
    assert.equal(await refusal(isp, () => sql`truncate ${sql.table(table)} cascade`), DENIED, table);
  }
  await assertBooksHold(isp);
});

Deno.test("the accounts of the database are those of the rules, and the web adds none", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1 });
  const rows = await isp.run((trx) => trx.selectFrom("ledger_accounts").selectAll().execute());
  assert.deepEqual(
    Object.fromEntries(rows.map((row) => [row.code, row.is_by_subscriber])),
    Object.fromEntries(Object.entries(ACCOUNTS).map(([code, facts]) => [code, facts.isBySubscriber])),
  );
  const state = await refusal(isp, () => sql`insert into ledger_accounts values ('cash:crypto', false)`);
  assert.equal(state, DENIED);
});

Deno.test("an entry on an unknown account, without its subscriber or with one too many is refused", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1 });
  const subscriberId = isp.subscriberIds[0]!;
  const id = () => crypto.randomUUID();
  const earned = { line: 2, account: "revenue:recurring", amount: -100 };
  const cases: [RawLeg[], string | null][] = [
    [[{ line: 1, account: "receivable", amount: 100, subscriberId }, earned], null],
    [[{ line: 1, account: "receivable", amount: 100 }, earned], NO_SUCH],
    [[{ line: 1, account: "cash:crypto", amount: 100 }, earned], NO_SUCH],
    [[{ line: 1, account: "cash:cash", amount: 100, subscriberId }, earned], NO_SUCH],
    [[{ line: 1, account: "subscriber_credit", amount: 100 }, earned], NO_SUCH],
  ];
  for (const [account, { isBySubscriber }] of Object.entries(ACCOUNTS)) {
    const leg = { line: 1, account, amount: 100 };
    cases.push([[leg, earned], isBySubscriber ? NO_SUCH : null]);
    cases.push([[{ ...leg, subscriberId }, earned], isBySubscriber ? null : NO_SUCH]);
  }
  for (const [legs, expected] of cases) {
    assert.equal(await refusal(isp, whole(id(), legs)), expected, JSON.stringify(legs));
  }
});

Deno.test("a ledger transaction is whole when it is written, sums to zero, and takes no entry later", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1 });
  const [id, other] = [crypto.randomUUID(), crypto.randomUUID()];
  const leg = (line: number, amount: number): RawLeg => ({ line, account: "cash:cash", amount });
  const pair = [leg(1, 100), leg(2, -100)];
  assert.equal(await refusal(isp, head(id)), CHECK, "no entries");
  assert.equal(await refusal(isp, head(id), entries(id, pair)), CHECK, "entries come with it, not after it");
  assert.equal(await refusal(isp, whole(id, [leg(1, 100)])), CHECK, "one entry");
  assert.equal(await refusal(isp, whole(id, [leg(1, 100), leg(2, -99)])), CHECK, "off by one");
  assert.equal(await refusal(isp, whole(id, [leg(1, 100), leg(3, -100)])), CHECK, "a line is left out");
  assert.equal(
    await refusal(isp, whole(id, pair), entries(id, [leg(3, 5), leg(4, -5)])),
    CHECK,
    "added at once",
  );
  assert.equal(await refusal(isp, whole(id, pair)), null);
  assert.equal(await refusal(isp, entries(id, [leg(3, 5), leg(4, -5)])), CHECK, "added later");
  assert.equal(await refusal(isp, entries(id, [leg(1, 5), leg(2, -5)])), "23505", "its lines again");
  assert.equal(await refusal(isp, entries(other, pair)), NO_SUCH, "entries of nothing");
  const both = (trx: TenantTransaction) =>
    sql`with head as (${head(other)(trx)}), one as (${entries(other, pair)(trx)})
      ${entries(id, [leg(3, 5), leg(4, -5)])(trx)}`;
  assert.equal(await refusal(isp, both), CHECK, "beside a new one");
  const added = await Promise.all(
    [1, 2, 3].map(() => refusal(isp, whole(other, [leg(1, 7), leg(2, -7)]))),
  );
  assert.deepEqual(added.filter((state) => state === null).length, 1, "written once by many");
});
