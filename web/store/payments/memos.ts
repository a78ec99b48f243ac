import { type Insertable, type Selectable, sql } from "kysely";
import { sendAhead } from "../db/ahead.ts";
import { columnsOf } from "../db/columns.ts";
import type { CreditMemosTable } from "../db/schema.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

const COLUMNS = [
  "tenant_id",
  "id",
  "subscriber_id",
  "number",
  "kind",
  "reason",
  "amount_centavos",
  "vat_centavos",
  "bill_id",
  "subscription_id",
  "issued_on",
  "recorded_at",
  "recorded_by",
  "request_hash",
  "voided_at",
  "void_reason",
] as const;

/** A credit memo or write-off as it is stored. */
export type MemoRow = Pick<Selectable<CreditMemosTable>, (typeof COLUMNS)[number]>;

/** A memo in a list. */
export interface MemoListRow extends MemoRow {
  subscriber_name: string;
  account_number: string;
  /** Of the bill that it was given to. */
  bill_number: string | null;
  /** On bills now. */
  applied_centavos: bigint;
  /** Paid back to the subscriber. */
  refunded_centavos: bigint;
}

/** A memo with the names around it. */
export const MEMO = sql`
  select ${columnsOf("m", COLUMNS)}, s.name as subscriber_name, s.account_number, b.number as bill_number,
    (select coalesce(sum(a.amount_centavos), 0)::bigint from allocations a where a.tenant_id = m.tenant_id
      and a.source_id = m.id and a.released_at is null) as applied_centavos,
    (select coalesce(sum(h.amount_centavos), 0)::bigint from refund_shares h join refunds r
      on r.tenant_id = h.tenant_id and r.id = h.refund_id and r.reversed_at is null
      where h.tenant_id = m.tenant_id and h.source_id = m.id) as refunded_centavos
  from credit_memos m join subscribers s on s.tenant_id = m.tenant_id and s.id = m.subscriber_id
  left join bills b on b.tenant_id = m.tenant_id and b.id = m.bill_id`;

/** One memo; null when not of this tenant. */
export async function findMemo(trx: TenantTransaction, memoId: string): Promise<MemoListRow | null> {
  const { rows } = await sql<MemoListRow>`${MEMO} where m.tenant_id = ${trx.tenantId} and m.id = ${memoId}`
    .execute(trx);
  return rows[0] ?? null;
}

/** The memo that an idempotency key made. */
export async function findMemoByKey(trx: TenantTransaction, key: string): Promise<MemoRow | null> {
  return await trx.selectFrom("credit_memos").select(COLUMNS).where("tenant_id", "=", trx.tenantId)
    .where("idempotency_key", "=", key).executeTakeFirst() ?? null;
}

/** What live memos that were given to a bill come to, in all or from a moment on. */
export async function sumMemosOfBill(
  trx: TenantTransaction,
  billId: string,
  from: Temporal.Instant | null = null,
): Promise<bigint> {
  const query = trx.withSchema("public").selectFrom("credit_memos")
    .select(sql<bigint>`coalesce(sum(amount_centavos), 0)::bigint`.as("total"))
    .where("tenant_id", "=", trx.tenantId).where("bill_id", "=", billId).where("voided_at", "is", null);
  const { total } = await (from === null ? query : query.where("recorded_at", ">=", from))
    .executeTakeFirstOrThrow();
  return total;
}

/** Live memos and write-offs that were given to a bill, oldest first; those that were voided too where that is asked for. */
export async function listMemosOfBill(
  trx: TenantTransaction,
  billId: string,
  { withVoided = false }: { /** @default false */ withVoided?: boolean } = {},
): Promise<MemoRow[]> {
  const all = trx.selectFrom("credit_memos").select(COLUMNS).where("tenant_id", "=", trx.tenantId)
    .where("bill_id", "=", billId).orderBy("id");
  return await (withVoided ? all : all.where("voided_at", "is", null)).execute();
}

/** What live memos and write-offs of a bill have given back, and what of that was its VAT. */
export async function sumVatBackOfBill(
  trx: TenantTransaction,
  billId: string,
): Promise<{ back: bigint; vat: bigint }> {
  return await trx.selectFrom("credit_memos").select([
    sql<bigint>`coalesce(sum(amount_centavos), 0)::bigint`.as("back"),
    sql<bigint>`coalesce(sum(vat_centavos), 0)::bigint`.as("vat"),
  ]).where("tenant_id", "=", trx.tenantId).where("bill_id", "=", billId).where("voided_at", "is", null)
    .executeTakeFirstOrThrow();
}

/** The last live memo or write-off that was given to a bill, if any. Those for outages are taken back with it. */
export async function findMemoOfBill(
  trx: TenantTransaction,
  billId: string,
): Promise<Pick<MemoRow, "id" | "number"> | null> {
  return await trx.withSchema("public").selectFrom("credit_memos").select(["id", "number"]).where(
    "tenant_id",
    "=",
    trx.tenantId,
  )
    .where("bill_id", "=", billId).where("voided_at", "is", null)
    .where(({ not, exists, selectFrom }) =>
      not(exists(
        selectFrom("outage_credits").select("memo_id").whereRef(
          "outage_credits.tenant_id",
          "=",
          "credit_memos.tenant_id",
        )
          .whereRef("outage_credits.memo_id", "=", "credit_memos.id"),
      ))
    ).orderBy("id", "desc").limit(1)
    .executeTakeFirst() ?? null;
}

/** Adds a memo. Its source of credit is added beside it. */
export async function insertMemo(
  trx: TenantTransaction,
  memo: Omit<Insertable<CreditMemosTable>, "tenant_id" | "voided_at" | "void_reason">,
): Promise<void> {
  await sendAhead(trx, trx.insertInto("credit_memos").values({ ...memo, tenant_id: trx.tenantId }));
}

/** Takes a memo back. Its number stays used. */
export async function updateMemoVoided(
  trx: TenantTransaction,
  memoId: string,
  voided: { voided_at: Temporal.Instant; void_reason: string },
): Promise<void> {
  await trx.updateTable("credit_memos").set(voided).where("tenant_id", "=", trx.tenantId)
    .where("id", "=", memoId).execute();
}
