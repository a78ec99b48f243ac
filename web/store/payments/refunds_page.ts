import { type RawBuilder, sql } from "kysely";
import type { Page, PageRequest } from "../db/keyset.ts";
import { orderingOf, type SortKey, windowOf } from "../db/ordering.ts";
import { idsByNumber } from "../db/search.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";
import { REFUND, type RefundListRow, type RefundRow } from "./refunds.ts";

/** What a list of refunds is narrowed to. */
export interface RefundFilter {
  subscriberId?: string | undefined;
  method?: RefundRow["method"] | undefined;
  status?: "live" | "reversed" | undefined;
  /** Paid out on this business date or later. */
  from?: Temporal.PlainDate | undefined;
  /** Paid out on this business date or earlier. */
  to?: Temporal.PlainDate | undefined;
  /** Start of a number, or any part of a name or account number. */
  q?: string | undefined;
  /** Only these: the ticked rows of a page. */
  ids?: readonly string[] | undefined;
}

const FOUND_MAX = 1000;
const ID: SortKey<RefundListRow> = { by: sql`r.id`, kind: "uuid", of: (refund) => refund.id };
const SORTS: Readonly<Record<string, readonly SortKey<RefundListRow>[]>> = {
  paid: [{ by: sql`r.recorded_at`, kind: "instant", of: (refund) => String(refund.recorded_at) }, ID],
  number: [{ by: sql`r.number`, kind: "text", of: (refund) => refund.number }],
  amount: [
    { by: sql`r.amount_centavos`, kind: "integer", of: (refund) => String(refund.amount_centavos) },
    ID,
  ],
};

/** Refunds, the newest first unless another sort is asked for. */
export async function listRefunds(
  trx: TenantTransaction,
  filter: RefundFilter,
  request: PageRequest & { sort?: string | undefined },
): Promise<Page<RefundListRow>> {
  const window = windowOf(orderingOf(SORTS, request.sort, "-paid"), request);
  const { rows } = await sql<RefundListRow>`${REFUND} where ${conditions(trx, filter)} and ${window.where}
    order by ${window.orderBy} limit ${window.limit}`.execute(trx);
  return window.toPage(rows);
}

/** How many refunds match, and what the live ones come to. */
export async function countRefunds(
  trx: TenantTransaction,
  filter: RefundFilter,
): Promise<{ count: number; liveCentavos: bigint }> {
  const { rows } = await sql<{ count: number; liveCentavos: bigint }>`
    select count(*)::int as count,
      coalesce(sum(r.amount_centavos) filter (where r.reversed_at is null), 0)::bigint as "liveCentavos"
    from refunds r where ${conditions(trx, filter)}`.execute(trx);
  return rows[0] ?? { count: 0, liveCentavos: 0n };
}

function conditions(trx: TenantTransaction, filter: RefundFilter): RawBuilder<unknown> {
  const where = [sql`r.tenant_id = ${trx.tenantId}`];
  if (filter.subscriberId !== undefined) where.push(sql`r.subscriber_id = ${filter.subscriberId}`);
  if (filter.method !== undefined) where.push(sql`r.method = ${filter.method}`);
  if (filter.status !== undefined) {
    where.push(filter.status === "live" ? sql`r.reversed_at is null` : sql`r.reversed_at is not null`);
  }
  if (filter.from !== undefined) where.push(sql`r.paid_on >= ${filter.from}`);
  if (filter.to !== undefined) where.push(sql`r.paid_on <= ${filter.to}`);
  if (filter.ids !== undefined) where.push(sql`r.id = any(${[...filter.ids]}::uuid[])`);
  const words = filter.q?.trim() ?? "";
  if (words !== "") {
    const byNumber = idsByNumber(trx.tenantId, "refunds", words);
    const arms = [
      sql`select n.id from refunds n where n.tenant_id = ${trx.tenantId} and n.subscriber_id in (
        select found.subscriber_id from search_subscriber_ids(${words}, ${FOUND_MAX}) found)`,
      ...(byNumber === null ? [] : [byNumber]),
    ];
    where.push(sql`r.id in (${sql.join(arms, sql` union `)})`);
  }
  return sql.join(where, sql` and `);
}
