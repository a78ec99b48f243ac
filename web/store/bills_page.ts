import { type RawBuilder, sql } from "kysely";
import type { BillStatus } from "@/web/domain/billing/mod.ts";
import type { BillListRow } from "./bills.ts";
import { type Page, type PageRequest, positionOf, toPage } from "./keyset.ts";
import type { TenantTransaction } from "./tenant_transaction.ts";

/** What the page of bills is narrowed to. */
export interface BillPageFilter {
  /** As billStatus() of web/domain derives it. */
  status?: BillStatus | undefined;
  /** Start of a bill number, or any part of a name or account number. */
  q?: string | undefined;
  subscriberId?: string | undefined;
  runId?: string | undefined;
}

const FOUND_MAX = 1000;

/** Bills by issue date and number, newest first. */
export async function listBillPage(
  trx: TenantTransaction,
  filter: BillPageFilter,
  today: Temporal.PlainDate,
  request: PageRequest,
): Promise<Page<BillListRow>> {
  const position = positionOf(request, ["date", "text"]);
  const sign = sql.raw(position.isBackward ? ">" : "<");
  const direction = sql.raw(position.isBackward ? "asc" : "desc");
  const after = position.parts === null
    ? sql`true`
    : sql`(b.issued_on, b.number) ${sign} (${position.parts[0]}::date, ${position.parts[1]})`;
  const { rows } = await sql<BillListRow>`
    select b.*, s.name as subscriber_name, s.account_number, p.name as plan_name, c.ppp_name
    from bills b
    join subscribers s on s.tenant_id = b.tenant_id and s.id = b.subscriber_id
    join subscriptions c on c.tenant_id = b.tenant_id and c.id = b.subscription_id
    join plans p on p.tenant_id = b.tenant_id and p.id = c.plan_id
    where ${conditionsOf(trx, filter, today)} and ${after}
    order by b.issued_on ${direction}, b.number ${direction} limit ${request.limit + 1}`.execute(trx);
  return toPage(rows, request, position, (row) => [String(row.issued_on), row.number ?? ""]);
}

/** How many bills have each status, and what is still owed on them. */
export async function countBillsByStatus(
  trx: TenantTransaction,
  filter: Pick<BillPageFilter, "subscriberId" | "runId">,
  today: Temporal.PlainDate,
): Promise<{ status: BillStatus; count: number; owedCentavos: bigint }[]> {
  const { rows } = await sql<{ status: BillStatus; count: number; owedCentavos: bigint }>`
    select ${statusOf(today)} as status, count(*)::int as count,
      coalesce(sum(b.total_centavos - b.paid_centavos) filter (where b.status = 'issued'), 0)::bigint as "owedCentavos"
    from bills b where ${conditionsOf(trx, filter, today)} group by 1`.execute(trx);
  return rows;
}

function conditionsOf(
  trx: TenantTransaction,
  filter: BillPageFilter,
  today: Temporal.PlainDate,
): RawBuilder<unknown> {
  const conditions = [sql`b.tenant_id = ${trx.tenantId}`, sql`b.status <> 'draft'`];
  if (filter.subscriberId !== undefined) conditions.push(sql`b.subscriber_id = ${filter.subscriberId}`);
  if (filter.runId !== undefined) conditions.push(sql`b.run_id = ${filter.runId}`);
  if (filter.status !== undefined) conditions.push(sql`${statusOf(today)} = ${filter.status}`);
  const words = filter.q?.trim() ?? "";
  if (words !== "") {
    conditions.push(
      sql`(starts_with(lower(b.number), lower(${words})) or b.subscriber_id in (
        select found.subscriber_id from search_subscriber_ids(${words}, ${FOUND_MAX}) found))`,
    );
  }
  return sql.join(conditions, sql` and `);
}

/** billStatus() of web/domain as a statement; a test compares both. */
function statusOf(today: Temporal.PlainDate): RawBuilder<BillStatus> {
  return sql<BillStatus>`(case when b.status <> 'issued' then b.status
    when b.paid_centavos >= b.total_centavos then 'paid'
    when b.due_on + b.grace_days < ${today}::date then 'overdue'
    when b.due_on < ${today}::date then 'grace'
    when b.paid_centavos > 0 then 'partly_paid' else 'due' end)`;
}
