import type { Isp } from "@/tests/billing/isp.ts";
import { payRun } from "./pay_run.ts";
import { type BenchDatabase, timeBillRun } from "./scenarios/bill_run.ts";

/** What books have behind them: months of bills, most of them paid. */
export interface History {
  /** The first day that is billed; one run each month. */
  from: Temporal.PlainDate;
  months: number;
  /** Bills that each run issues. */
  bills: number;
}

/** What a month leaves in the books: its tables, and their ids that are new each month. */
const MONTHLY: readonly { table: string; ids: readonly string[] }[] = [
  { table: "runs", ids: ["id"] },
  { table: "bills", ids: ["id", "run_id"] },
  { table: "bill_lines", ids: ["bill_id"] },
  { table: "charged_periods", ids: ["id", "bill_id"] },
  { table: "payments", ids: ["id"] },
  { table: "credit_sources", ids: ["id"] },
  { table: "allocations", ids: ["id", "source_id", "bill_id"] },
  { table: "ledger_transactions", ids: ["id", "bill_id", "source_id"] },
  { table: "ledger_entries", ids: ["transaction_id"] },
];

/**
 * Gives a provider that has no bills yet months of them: the first month by the service, with payments as posting them
 * would have left the books, and each further one as a copy of it: the service would take minutes for what is no part of
 * the measurement.
 */
export async function liveMonths(
  database: BenchDatabase,
  isp: Isp,
  { from, months, bills }: History,
): Promise<void> {
  const { runId } = await timeBillRun(isp, from, bills);
  await payRun(database, { tenantId: isp.tenantId, runId, on: from.add({ days: 3 }) });
  if (months > 1) await repeatMonth(database, isp.tenantId, { from, months });
  await database.query("vacuum analyze");
}

async function repeatMonth(
  database: BenchDatabase,
  tenantId: string,
  { from, months }: Pick<History, "from" | "months">,
): Promise<void> {
  await database.query(
    // As ids of that time would be: the milliseconds first, so that they stand together in every index.
    `create function pg_temp.of_month(id uuid, later int) returns uuid language sql immutable return (lpad(to_hex(
      (extract(epoch from date '${from}' + make_interval(months => later)) * 1000)::bigint), 12, '0')
      || substr(replace(id::text, '-', ''), 13))::uuid`,
  );
  // What each row refers to is copied with it, and the books of a copied month hold as those of the first do.
  await database.query("set session_replication_role = replica");
  for (const { table, ids } of MONTHLY) {
    const indexes = await dropIndexes(database, table);
    const { rows } = await database.query(
      `select attname as name, format_type(atttypid, null) as type from pg_attribute
        where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = ''`,
      [table],
    );
    const columns: { name: string; type: string }[] = rows;
    const values = columns.map((column) => valueOf(column, ids));
    const first = columns.some(({ name }) => name === "created_at")
      ? "order by later, r.created_at"
      : "order by later";
    await database.query(
      `create temporary table first_month as select * from ${table} where tenant_id = '${tenantId}'`,
    );
    await database.query(
      `insert into ${table} (${columns.map(({ name }) => name).join(", ")})
        select ${values.join(", ")} from first_month r, generate_series(1, ${months - 1}) later,
          (select count(*) as per_month from first_month) c ${first}`,
    );
    await database.query("drop table first_month");
    for (const index of indexes) await database.query(index);
  }
  await database.query("set session_replication_role = origin");
  await database.query(
    `update number_series set next_value = 1 + (next_value - 1) * ${months} where tenant_id = $1`,
    [tenantId],
  );
  const later = `make_interval(months => ${months - 1})`;
  await database.query(
    `update subscriptions set billed_through_on = billed_through_on + ${later}, next_bill_on = next_bill_on + ${later}
      where tenant_id = $1`,
    [tenantId],
  );
}

/** Indexes that no key stands on are made again afterwards: the rows go in several times as fast. */
async function dropIndexes(database: BenchDatabase, table: string): Promise<string[]> {
  const { rows } = await database.query(
    `select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as statement from pg_index i
      where i.indrelid = $1::regclass and not exists (select from pg_constraint c where c.conindid = i.indexrelid)`,
    [table],
  );
  for (const { name } of rows) await database.query(`drop index ${name}`);
  return rows.map((row) => row.statement);
}

/** A column of a copied row `r`, so many months later. */
function valueOf({ name, type }: { name: string; type: string }, ids: readonly string[]): string {
  if (ids.includes(name)) return `pg_temp.of_month(r.${name}, later)`;
  if (type === "date" || type.startsWith("timestamp")) return `r.${name} + make_interval(months => later)`;
  if (name === "number") {
    return `regexp_replace(r.number, '\\d+$', '') ||
      lpad((substring(r.number from '\\d+$')::bigint + later * per_month)::text, 6, '0')`;
  }
  // Unique for a tenant: what a form sends with a payment.
  if (name === "idempotency_key") return `r.idempotency_key || '-' || later`;
  return `r.${name}`;
}
