import { type RawBuilder, sql } from "kysely";
import type { Page, PageRequest } from "../db/keyset.ts";
import { orderingOf, type SortKey, windowOf } from "../db/ordering.ts";
import { idsByNumber } from "../db/search.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";
import { MEMO, type MemoListRow, type MemoRow } from "./memos.ts";

/** What a list of memos is narrowed to. */
export interface MemoFilter {
  subscriberId?: string | undefined;
  kind?: MemoRow["kind"] | undefined;
  status?: "live" | "voided" | undefined;
  /** Given on this business date or later. */
  from?: Temporal.PlainDate | undefined;
  /** Given on this business date or earlier. */
  to?: Temporal.PlainDate | undefined;
  /** Start of a number, or any part of a name or account number. */
  q?: string | undefined;
  /** Only these: the ticked rows of a page. */
  ids?: readonly string[] | undefined;
}

const FOUND_MAX = 1000;
const ID: SortKey<MemoListRow> = { by: sql`m.id`, kind: "uuid", of: (memo) => memo.id };
const SORTS: Readonly<Record<string, readonly SortKey<MemoListRow>[]>> = {
  issued: [{ by: sql`m.recorded_at`, kind: "instant", of: (memo) => String(memo.recorded_at) }, ID],
  number: [{ by: sql`m.number`, kind: "text", of: (memo) => memo.number }],
  amount: [{ by: sql`m.amount_centavos`, kind: "integer", of: (memo) => String(memo.amount_centavos) }, ID],
};

/** Memos and write-offs, the newest first unless another sort is asked for. */
export async function listMemos(
  trx: TenantTransaction,
  filter: MemoFilter,
  request: PageRequest & { sort?: string | undefined },
): Promise<Page<MemoListRow>> {
  const window = windowOf(orderingOf(SORTS, request.sort, "-issued"), request);
  const { rows } = await sql<MemoListRow>`${MEMO} where ${conditions(trx, filter)} and ${window.where}
    order by ${window.orderBy} limit ${window.limit}`.execute(trx);
  return window.toPage(rows);
}

/** How many memos match, and what the live ones come to. */
export async function countMemos(
  trx: TenantTransaction,
  filter: MemoFilter,
): Promise<{ count: number; liveCentavos: bigint }> {
  const { rows } = await sql<{ count: number; liveCentavos: bigint }>`
    select count(*)::int as count,
      coalesce(sum(m.amount_centavos) filter (where m.voided_at is null), 0)::bigint as "liveCentavos"
    from credit_memos m where ${conditions(trx, filter)}`.execute(trx);
  return rows[0] ?? { count: 0, liveCentavos: 0n };
}

function conditions(trx: TenantTransaction, filter: MemoFilter): RawBuilder<unknown> {
  const where = [sql`m.tenant_id = ${trx.tenantId}`];
  if (filter.subscriberId !== undefined) where.push(sql`m.subscriber_id = ${filter.subscriberId}`);
  if (filter.kind !== undefined) where.push(sql`m.kind = ${filter.kind}`);
  if (filter.status !== undefined) {
    where.push(filter.status === "live" ? sql`m.voided_at is null` : sql`m.voided_at is not null`);
  }
  if (filter.from !== undefined) where.push(sql`m.issued_on >= ${filter.from}`);
  if (filter.to !== undefined) where.push(sql`m.issued_on <= ${filter.to}`);
  if (filter.ids !== undefined) where.push(sql`m.id = any(${[...filter.ids]}::uuid[])`);
  const words = filter.q?.trim() ?? "";
  if (words !== "") {
    const byNumber = idsByNumber(trx.tenantId, "credit_memos", words);
    const arms = [
      sql`select n.id from credit_memos n where n.tenant_id = ${trx.tenantId} and n.subscriber_id in (
        select found.subscriber_id from search_subscriber_ids(${words}, ${FOUND_MAX}) found)`,
      ...(byNumber === null ? [] : [byNumber]),
    ];
    where.push(sql`m.id in (${sql.join(arms, sql` union `)})`);
  }
  return sql.join(where, sql` and `);
}
