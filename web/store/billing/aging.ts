import { type RawBuilder, sql } from "kysely";
import { type Age, AGES } from "@/web/domain/payments/mod.ts";
import type { Page, PageRequest } from "../db/keyset.ts";
import { orderingOf, type SortKey, windowOf } from "../db/ordering.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";
import { inScope, type ReportScope } from "./counted_entries.ts";

/** Which debts. */
export interface AgingFilter extends ReportScope {
  /** The day that ages are counted to. */
  on: Temporal.PlainDate;
  /** The books as they were at the end of that day; otherwise as they are. */
  isPast: boolean;
  /** Only subscribers who have something of this age. */
  age?: Age | undefined;
}

/** Amounts by age, and together. */
export type AgingAmounts = Record<Age | "total", bigint>;

/** What one subscriber owes on bills. */
export interface AgingRow extends AgingAmounts {
  subscriber_id: string;
  name: string;
  name_sort: string;
  account_number: string;
  bills: number;
  oldest_due_on: Temporal.PlainDate;
}

/** What all of a filter owe, and how many they are by age; the filter's own age does not narrow these. */
export interface AgingTotals {
  amounts: AgingAmounts;
  subscribers: Record<Age | "total", number>;
}

const TOTAL: SortKey<AgingRow> = { by: sql`total`, kind: "integer", of: (row) => String(row.total) };
const NAME: SortKey<AgingRow> = { by: sql`name_sort`, kind: "text", of: (row) => row.name_sort };
const ID: SortKey<AgingRow> = { by: sql`subscriber_id`, kind: "uuid", of: (row) => row.subscriber_id };
const SORTS: Readonly<Record<string, readonly SortKey<AgingRow>[]>> = {
  total: [TOTAL, ID],
  name: [NAME, ID],
  oldest: [{ by: sql`oldest_due_on`, kind: "date", of: (row) => String(row.oldest_due_on) }, ID],
};

/** Who owes how much for how long, the most first unless another sort is asked for. */
export async function listAging(
  trx: TenantTransaction,
  filter: AgingFilter,
  request: PageRequest & { sort?: string | undefined },
): Promise<Page<AgingRow>> {
  const window = windowOf(orderingOf(SORTS, request.sort, "-total"), request);
  const { rows } = await sql<AgingRow>`
    select owing.subscriber_id, s.name, s.name_sort, s.account_number, owing.bills, owing.oldest_due_on, owing.current,
      owing.d30, owing.d60, owing.d90, owing.older, owing.total
    from (${bySubscriber(trx, filter)}) owing
    join subscribers s on s.tenant_id = ${trx.tenantId} and s.id = owing.subscriber_id
    where ${ofAge(filter.age)} and ${window.where} order by ${window.orderBy} limit ${window.limit}`.execute(
    trx,
  );
  return window.toPage(rows);
}

/** The sums of a filter. */
export async function sumAging(trx: TenantTransaction, filter: AgingFilter): Promise<AgingTotals> {
  const names = [...AGES, "total"] as const;
  const columns = names.map((name) =>
    sql`coalesce(sum(${sql.ref(name)}), 0)::bigint as ${sql.id(name)},
      count(*) filter (where ${sql.ref(name)} <> 0)::int as ${sql.id(`${name}_n`)}`
  );
  const { rows: [row = {}] } = await sql<Record<string, bigint | number>>`
    select ${sql.join(columns)} from (${bySubscriber(trx, filter)}) owing`.execute(trx);
  const each = <T>(read: (name: string) => T) =>
    Object.fromEntries(names.map((name) => [name, read(name)])) as Record<Age | "total", T>;
  return {
    amounts: each((name) => BigInt(row[name] ?? 0)),
    subscribers: each((name) => Number(row[`${name}_n`] ?? 0)),
  };
}

function bySubscriber(trx: TenantTransaction, filter: AgingFilter): RawBuilder<unknown> {
  const late = sql`(${filter.on}::date - o.due_on)`;
  const sumWhere = (condition: RawBuilder<unknown>) =>
    sql`coalesce(sum(o.open) filter (where ${condition}), 0)::bigint`;
  return sql`
    select o.subscriber_id, count(*)::int as bills, min(o.due_on) as oldest_due_on,
      ${sumWhere(sql`${late} <= 0`)} as current,
      ${sumWhere(sql`${late} between 1 and 30`)} as d30,
      ${sumWhere(sql`${late} between 31 and 60`)} as d60,
      ${sumWhere(sql`${late} between 61 and 90`)} as d90,
      ${sumWhere(sql`${late} > 90`)} as older,
      sum(o.open)::bigint as total
    from (${openBills(trx, filter)}) o group by o.subscriber_id`;
}

/**
 * Bills with something open: as they are, or as they were at the end of a day. On that day there were the bills of until
 * then; what was posted on these since is taken back, each posting read by its key (`offset` keeps it so).
 */
function openBills(trx: TenantTransaction, filter: AgingFilter): RawBuilder<unknown> {
  const tenant = trx.tenantId;
  const ofWhom = inScope(trx, filter, sql`b.subscriber_id`);
  const isOpen = sql`b.status = 'issued' and b.paid_centavos < b.total_centavos`;
  if (!filter.isPast) {
    return sql`select b.subscriber_id, b.due_on, b.total_centavos - b.paid_centavos as open from bills b
      where b.tenant_id = ${tenant} and ${isOpen} and ${ofWhom}`;
  }
  return sql`
    select subscriber_id, due_on, sum(open)::bigint as open from (
      select b.id, b.subscriber_id, b.due_on, b.total_centavos - b.paid_centavos as open from bills b
      where b.tenant_id = ${tenant} and ${isOpen} and b.issued_on <= ${filter.on}::date and ${ofWhom}
      union all
      select b.id, b.subscriber_id, b.due_on, -e.amount_centavos
      from ledger_transactions t
      join bills b on b.tenant_id = ${tenant} and b.id = t.bill_id and b.issued_on <= ${filter.on}::date and ${ofWhom}
      cross join lateral (select e.amount_centavos from ledger_entries e where e.tenant_id = ${tenant}
        and e.transaction_id = t.id and e.account = 'receivable' offset 0) e
      where t.tenant_id = ${tenant} and t.business_on > ${filter.on}::date) parts
    group by id, subscriber_id, due_on having sum(open) <> 0`;
}

function ofAge(age: Age | undefined): RawBuilder<unknown> {
  return age === undefined ? sql`true` : sql`owing.${sql.ref(age)} <> 0`;
}
