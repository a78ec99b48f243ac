import { sql } from "kysely";
import { type TenantTransaction } from "@/web/store/db/tenant_transaction.ts";

/** What says when something was written, or keeps the machinery going, and nothing of the books. */
const LEFT_OUT = ["rate_limits", "clock_watches", "system_log", "security_events", "sessions"];

/**
 * Everything that a tenant has, as lines of text without ids, instants, hashes and the order of numbers: two tenants with the
 * same past have the same, whichever statements failed on the way.
 */
export async function contentOf(trx: TenantTransaction): Promise<string[]> {
  const content: string[] = [];
  for (const [name, own] of Map.groupBy(await columnsOf(trx), ({ table }) => table)) {
    const values = own.map(({ name, isArray }) =>
      isArray ? sql`(select array_agg(x order by x) from unnest(${sql.ref(name)}) x)` : sql.ref(name)
    );
    const row = sql`jsonb_build_array(${sql.join(values)})::text`;
    const { rows } = await sql<{ line: string }>`select ${row} as line from ${sql.table(name)}
      where tenant_id = ${trx.tenantId}`.execute(trx);
    content.push(...rows.map(({ line }) => `${name} ${line.replace(UNIQUE, "#")}`).sort());
  }
  return content;
}

/** Ids and numbers in texts: who of two alike came first is chance. */
const UNIQUE = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b[0-9a-f]{64}\b|\b(SOA|OR|RCPT|PAY|CM)-\d+/g;

interface Column {
  table: string;
  name: string;
  isArray: boolean;
}

/** The catalogue is slow, and one for all. */
let known: Promise<Column[]> | null = null;

function columnsOf(trx: TenantTransaction): Promise<Column[]> {
  return known ??= readColumns(trx);
}

async function readColumns(trx: TenantTransaction): Promise<Column[]> {
  const { rows } = await sql<Column>`
    select c.table_name as table, c.column_name as name, c.data_type = 'ARRAY' as "isArray"
    from information_schema.columns c join information_schema.columns own on own.table_schema = c.table_schema
      and own.table_name = c.table_name and own.column_name = 'tenant_id'
    where c.table_schema = 'public' and c.table_name <> all(${LEFT_OUT}::text[])
      and c.data_type in ('text', 'date', 'bigint', 'integer', 'smallint', 'boolean', 'ARRAY', 'jsonb')
      and c.column_name <> all(array['content_hash', 'state_hash', 'idempotency_key', 'request_hash', 'details', 'book_place',
        'salt'])
    order by 1, 2`.execute(trx);
  return rows;
}
