import { type RawBuilder, sql } from "kysely";
import type { BillStatus } from "@/web/domain/billing/mod.ts";
import { BILL, type BillListRow } from "./bills.ts";
import type { Page, PageRequest } from "../db/keyset.ts";
import { orderingOf, type SortKey, windowOf } from "../db/ordering.ts";
import { idsByNumber } from "../db/search.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** What the page of bills is narrowed to. */
export interface BillPageFilter {
  /** As billStatus() of web/domain derives it on a business date. */
  status?: { is: BillStatus; today: Temporal.PlainDate } | undefined;
  /** Start of a bill number, or any part of a name or account number. */
  q?: string | undefined;
  subscriberId?: string | undefined;
  runId?: string | undefined;
  planId?: string | undefined;
  siteId?: string | undefined;
  issuedOn?: Temporal.PlainDate | undefined;
  /** Issued on this day or later. */
  issuedFrom?: Temporal.PlainDate | undefined;
  /** Issued on this day or earlier. */
  issuedTo?: Temporal.PlainDate | undefined;
  /** Without void bills. */
  isLive?: boolean | undefined;
  /** Only these: the ticked rows of a page. */
  ids?: readonly string[] | undefined;
}

const FOUND_MAX = 1000;

/** What the list can be sorted by. */
const NUMBER: SortKey<BillListRow> = { by: sql`b.number`, kind: "text", of: (bill) => bill.number ?? "" };
const SORTS: Readonly<Record<string, readonly SortKey<BillListRow>[]>> = {
  issued: [{ by: sql`b.issued_on`, kind: "date", of: (bill) => String(bill.issued_on) }, NUMBER],
  number: [NUMBER],
  due: [{ by: sql`b.due_on`, kind: "date", of: (bill) => String(bill.due_on) }, NUMBER],
  total: [
    { by: sql`b.total_centavos`, kind: "integer", of: (bill) => String(bill.total_centavos) },
    NUMBER,
  ],
};

/** Bills, the newest first unless another sort is asked for. Drafts have no number and are not listed. */
export async function listBills(
  trx: TenantTransaction,
  filter: BillPageFilter,
  request: PageRequest & { sort?: string | undefined },
): Promise<Page<BillListRow>> {
  const window = windowOf(orderingOf(SORTS, request.sort, "-issued"), request);
  const { rows } = await sql<BillListRow>`
    ${BILL} where ${billConditions(trx, filter)} and ${window.where}
    order by ${window.orderBy} limit ${window.limit}`.execute(trx);
  return window.toPage(rows);
}

/** How many bills have each status, whichever the filter asks for, and what is still owed on them. */
export async function countBillsByStatus(
  trx: TenantTransaction,
  filter: BillPageFilter,
  today: Temporal.PlainDate,
): Promise<{ status: BillStatus; count: number; owedCentavos: bigint }[]> {
  const { rows } = await sql<{ status: BillStatus; count: number; owedCentavos: bigint }>`
    select ${statusOf(today)} as status, count(*)::int as count,
      coalesce(sum(b.total_centavos - b.paid_centavos) filter (where b.status = 'issued'), 0)::bigint as "owedCentavos"
    from bills b where ${billConditions(trx, filter)} group by 1`.execute(trx);
  return rows;
}

/** The bills `b` of a filter, as a condition: the list and every figure that leads to it use it. */
export function billConditions(trx: TenantTransaction, filter: BillPageFilter): RawBuilder<unknown> {
  const conditions = [sql`b.tenant_id = ${trx.tenantId}`, sql`b.status <> 'draft'`];
  if (filter.subscriberId !== undefined) conditions.push(sql`b.subscriber_id = ${filter.subscriberId}`);
  if (filter.runId !== undefined) conditions.push(sql`b.run_id = ${filter.runId}`);
  if (filter.issuedOn !== undefined) conditions.push(sql`b.issued_on = ${filter.issuedOn}`);
  if (filter.issuedFrom !== undefined) conditions.push(sql`b.issued_on >= ${filter.issuedFrom}`);
  if (filter.issuedTo !== undefined) conditions.push(sql`b.issued_on <= ${filter.issuedTo}`);
  if (filter.isLive === true) conditions.push(sql`b.status = 'issued'`);
  if (filter.planId !== undefined) conditions.push(onConnection(sql`c.plan_id = ${filter.planId}`));
  if (filter.siteId !== undefined) {
    conditions.push(onConnection(sql`c.router_id in (select r.id from routers r
      where r.tenant_id = c.tenant_id and r.site_id = ${filter.siteId})`));
  }
  if (filter.ids !== undefined) conditions.push(sql`b.id = any(${[...filter.ids]}::uuid[])`);
  // What is open is few of many bills, and has an index of its own.
  if (filter.status !== undefined && !["paid", "void"].includes(filter.status.is)) {
    conditions.push(sql`b.status = 'issued' and b.paid_centavos < b.total_centavos`);
  }
  if (filter.status !== undefined) {
    conditions.push(sql`${statusOf(filter.status.today)} = ${filter.status.is}`);
  }
  const words = filter.q?.trim() ?? "";
  if (words !== "") {
    conditions.push(sql`b.id in (${sql.join(idsHolding(trx.tenantId, words), sql` union `)})`);
  }
  return sql.join(conditions, sql` and `);
}

/** Bills that a text leads to, by number and by person: one arm each, so that each has its index. */
function idsHolding(tenantId: string, words: string): RawBuilder<unknown>[] {
  const byNumber = idsByNumber(tenantId, "bills", words);
  return [
    sql`select n.id from bills n where n.tenant_id = ${tenantId} and n.subscriber_id in (
      select found.subscriber_id from search_subscriber_ids(${words}, ${FOUND_MAX}) found)`,
    ...(byNumber === null ? [] : [byNumber]),
  ];
}

function onConnection(condition: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`exists (select from subscriptions c where c.tenant_id = b.tenant_id and c.id = b.subscription_id
    and ${condition})`;
}

/** billStatus() of web/domain as a statement; a test compares both. */
function statusOf(today: Temporal.PlainDate): RawBuilder<BillStatus> {
  return sql<BillStatus>`(case when b.status <> 'issued' then b.status
    when b.paid_centavos >= b.total_centavos then 'paid'
    when b.total_centavos - b.paid_centavos <= b.disputed_centavos then 'disputed'
    when b.due_on + b.grace_days < ${today}::date then 'overdue'
    when b.due_on < ${today}::date then 'grace'
    when b.paid_centavos > 0 then 'partly_paid' else 'due' end)`;
}
