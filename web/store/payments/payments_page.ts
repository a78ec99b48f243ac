import { type RawBuilder, sql } from "kysely";
import type { Page, PageRequest } from "../db/keyset.ts";
import { orderingOf, type SortKey, windowOf } from "../db/ordering.ts";
import { PAYMENT, type PaymentListRow, type PaymentRow } from "./payments.ts";
import { foldReference, idsByNumber, startsWith } from "../db/search.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** What a list of payments is narrowed to. */
export interface PaymentFilter {
  subscriberId?: string | undefined;
  method?: PaymentRow["method"] | undefined;
  /** Business date on which it was recorded. */
  recordedOn?: Temporal.PlainDate | undefined;
  /** Recorded on this business date or later. */
  recordedFrom?: Temporal.PlainDate | undefined;
  /** Recorded on this business date or earlier. */
  recordedTo?: Temporal.PlainDate | undefined;
  status?: PaymentRow["status"] | undefined;
  /** Start of a receipt number or of a reference, or any part of a name or account number. */
  q?: string | undefined;
  /** Only these: the ticked rows of a page. */
  ids?: readonly string[] | undefined;
}

const FOUND_MAX = 1000;
const ID: SortKey<PaymentListRow> = { by: sql`p.id`, kind: "uuid", of: (payment) => payment.id };
/** What the list can be sorted by. */
const SORTS: Readonly<Record<string, readonly SortKey<PaymentListRow>[]>> = {
  recorded: [
    { by: sql`p.recorded_at`, kind: "instant", of: (payment) => String(payment.recorded_at) },
    ID,
  ],
  number: [{ by: sql`p.number`, kind: "text", of: (payment) => payment.number }],
  received: [{ by: sql`p.received_on`, kind: "date", of: (payment) => String(payment.received_on) }, ID],
  amount: [
    { by: sql`p.amount_centavos`, kind: "integer", of: (payment) => String(payment.amount_centavos) },
    ID,
  ],
};

/** Payments, the newest first unless another sort is asked for. */
export async function listPayments(
  trx: TenantTransaction,
  filter: PaymentFilter,
  request: PageRequest & { sort?: string | undefined },
): Promise<Page<PaymentListRow>> {
  const window = windowOf(orderingOf(SORTS, request.sort, "-recorded"), request);
  const { rows } = await sql<PaymentListRow>`${PAYMENT} where ${
    paymentConditions(trx, filter)
  } and ${window.where}
    order by ${window.orderBy} limit ${window.limit}`.execute(trx);
  return window.toPage(rows);
}

/** How many payments match, and what the posted ones come to. */
export async function countPayments(
  trx: TenantTransaction,
  filter: PaymentFilter,
): Promise<{ count: number; postedCentavos: bigint }> {
  const { rows } = await sql<{ count: number; postedCentavos: bigint }>`
    select count(*)::int as count,
      coalesce(sum(p.amount_centavos) filter (where p.status = 'posted'), 0)::bigint as "postedCentavos"
    from payments p where ${paymentConditions(trx, filter)}`.execute(trx);
  return rows[0] ?? { count: 0, postedCentavos: 0n };
}

/** The payments `p` of a filter, as a condition: the list and every figure that leads to it use it. */
export function paymentConditions(trx: TenantTransaction, filter: PaymentFilter): RawBuilder<unknown> {
  const where = [sql`p.tenant_id = ${trx.tenantId}`];
  if (filter.subscriberId !== undefined) where.push(sql`p.subscriber_id = ${filter.subscriberId}`);
  if (filter.method !== undefined) where.push(sql`p.method = ${filter.method}`);
  if (filter.recordedOn !== undefined) where.push(sql`p.recorded_on = ${filter.recordedOn}`);
  if (filter.recordedFrom !== undefined) where.push(sql`p.recorded_on >= ${filter.recordedFrom}`);
  if (filter.recordedTo !== undefined) where.push(sql`p.recorded_on <= ${filter.recordedTo}`);
  if (filter.status !== undefined) where.push(sql`p.status = ${filter.status}`);
  if (filter.ids !== undefined) where.push(sql`p.id = any(${[...filter.ids]}::uuid[])`);
  const words = filter.q?.trim() ?? "";
  if (words !== "") {
    where.push(
      sql`p.id in (${sql.join(idsHolding(trx.tenantId, words), sql` union `)})`,
    );
  }
  return sql.join(where, sql` and `);
}

/** Payments that a text leads to, by number, reference and person: one arm each, so that each has its index. */
function idsHolding(tenantId: string, words: string): RawBuilder<unknown>[] {
  const [byNumber, reference] = [idsByNumber(tenantId, "payments", words), foldReference(words)];
  const payments = sql`select n.id from payments n where n.tenant_id = ${tenantId}`;
  return [
    sql`${payments} and n.subscriber_id in (
      select found.subscriber_id from search_subscriber_ids(${words}, ${FOUND_MAX}) found)`,
    ...(byNumber === null ? [] : [byNumber]),
    ...(reference === "" ? [] : [sql`${payments} and ${startsWith(sql`n.reference_folded`, reference)}`]),
  ];
}

/** Where money of one payment went; released shares stay visible. */
export interface PaymentShareRow {
  bill_id: string;
  bill_number: string;
  period_start: Temporal.PlainDate;
  period_end: Temporal.PlainDate;
  amount_centavos: bigint;
  created_at: Temporal.Instant;
  released_at: Temporal.Instant | null;
}

/** Shares of a payment, oldest first. */
export async function listPaymentShares(
  trx: TenantTransaction,
  paymentId: string,
): Promise<PaymentShareRow[]> {
  const { rows } = await sql<PaymentShareRow>`
    select a.bill_id, b.number as bill_number, b.period_start, b.period_end,
      sum(a.amount_centavos)::bigint as amount_centavos, a.created_at, a.released_at
    from allocations a join bills b on b.tenant_id = a.tenant_id and b.id = a.bill_id
    where a.tenant_id = ${trx.tenantId} and a.source_id = ${paymentId}
    group by a.bill_id, b.number, b.period_start, b.period_end, b.due_on, a.created_at, a.released_at
    order by a.created_at, b.due_on, b.number`.execute(trx);
  return rows;
}
