import { type Insertable, type Selectable, sql } from "kysely";
import { columnsOf } from "../db/columns.ts";
import { toRecordset } from "../db/recordset.ts";
import type { RefundsTable } from "../db/schema.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

const COLUMNS = [
  "tenant_id",
  "id",
  "subscriber_id",
  "number",
  "method",
  "reference",
  "amount_centavos",
  "reason",
  "paid_on",
  "recorded_at",
  "recorded_by",
  "request_hash",
  "reversed_at",
  "reverse_reason",
] as const;

/** A refund as it is stored. */
export type RefundRow = Pick<Selectable<RefundsTable>, (typeof COLUMNS)[number]>;

/** A refund in a list. */
export interface RefundListRow extends RefundRow {
  subscriber_name: string;
  account_number: string;
}

/** A refund with the names around it. */
export const REFUND = sql`
  select ${columnsOf("r", COLUMNS)}, s.name as subscriber_name, s.account_number
  from refunds r join subscribers s on s.tenant_id = r.tenant_id and s.id = r.subscriber_id`;

/** One refund; null when not of this tenant. */
export async function findRefund(trx: TenantTransaction, refundId: string): Promise<RefundListRow | null> {
  const { rows } = await sql<
    RefundListRow
  >`${REFUND} where r.tenant_id = ${trx.tenantId} and r.id = ${refundId}`
    .execute(trx);
  return rows[0] ?? null;
}

/** The refund that an idempotency key made. */
export async function findRefundByKey(trx: TenantTransaction, key: string): Promise<RefundRow | null> {
  return await trx.selectFrom("refunds").select(COLUMNS).where("tenant_id", "=", trx.tenantId)
    .where("idempotency_key", "=", key).executeTakeFirst() ?? null;
}

/** A part of a refund, with what it was drawn from. */
export interface RefundShareRow {
  source_id: string;
  source_kind: "payment" | "memo" | "opening";
  source_number: string;
  amount_centavos: bigint;
}

/** What a refund was drawn from, the oldest source first. */
export async function listRefundShares(trx: TenantTransaction, refundId: string): Promise<RefundShareRow[]> {
  const { rows } = await sql<RefundShareRow>`
    select h.source_id, c.kind as source_kind, c.number as source_number, h.amount_centavos from refund_shares h
    join credit_sources c on c.tenant_id = h.tenant_id and c.id = h.source_id
    where h.tenant_id = ${trx.tenantId} and h.refund_id = ${refundId}
    order by c.received_on, c.created_at, c.id`.execute(trx);
  return rows;
}

/** A live refund that drew from a source. */
export interface SourceRefundRow {
  refund_id: string;
  number: string;
  paid_on: Temporal.PlainDate;
  amount_centavos: bigint;
}

/** What of a source was paid back and stands, oldest first. */
export async function listRefundsOfSource(
  trx: TenantTransaction,
  sourceId: string,
): Promise<SourceRefundRow[]> {
  const { rows } = await sql<SourceRefundRow>`
    select r.id as refund_id, r.number, r.paid_on, h.amount_centavos from refund_shares h
    join refunds r on r.tenant_id = h.tenant_id and r.id = h.refund_id and r.reversed_at is null
    where h.tenant_id = ${trx.tenantId} and h.source_id = ${sourceId} order by r.recorded_at, r.id`
    .execute(trx);
  return rows;
}

/** Adds a refund with what it is drawn from; the sources have that much less. */
export async function insertRefund(
  trx: TenantTransaction,
  refund: Omit<Insertable<RefundsTable>, "tenant_id" | "reversed_at" | "reverse_reason">,
  shares: readonly { source_id: string; amount_centavos: bigint }[],
): Promise<void> {
  await trx.insertInto("refunds").values({ ...refund, tenant_id: trx.tenantId }).execute();
  await trx.insertInto("refund_shares").values(
    shares.map((share) => ({ ...share, tenant_id: trx.tenantId, refund_id: refund.id })),
  ).execute();
  await moveUsed(trx, shares, 1);
}

/** Takes a refund back: its sources have what was drawn from them again. */
export async function updateRefundReversed(
  trx: TenantTransaction,
  refundId: string,
  reversed: { reversed_at: Temporal.Instant; reverse_reason: string },
): Promise<void> {
  await trx.updateTable("refunds").set(reversed).where("tenant_id", "=", trx.tenantId)
    .where("id", "=", refundId).execute();
  await moveUsed(trx, await listRefundShares(trx, refundId), -1);
}

/** The database refuses to use more of a source than it has. */
async function moveUsed(
  trx: TenantTransaction,
  shares: readonly { source_id: string; amount_centavos: bigint }[],
  sign: 1 | -1,
): Promise<void> {
  const moves = shares.map(({ source_id, amount_centavos }) => ({
    source_id,
    amount_centavos: amount_centavos * BigInt(sign),
  }));
  await sql`
    update credit_sources c set used_centavos = c.used_centavos + r.amount_centavos
    from jsonb_to_recordset(${toRecordset(moves)}::jsonb) as r(source_id uuid, amount_centavos bigint)
    where c.tenant_id = ${trx.tenantId} and c.id = r.source_id`.execute(trx);
}
