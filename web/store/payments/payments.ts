import { columnsOf } from "@/web/store/db/columns.ts";
import { type Insertable, type Selectable, sql } from "kysely";
import { sendAhead } from "../db/ahead.ts";
import type { PaymentsTable } from "../db/schema.ts";
import { foldReference } from "../db/search.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

const COLUMNS = [
  "tenant_id",
  "id",
  "subscriber_id",
  "number",
  "method",
  "amount_centavos",
  "tendered_centavos",
  "received_on",
  "recorded_at",
  "recorded_on",
  "recorded_by",
  "staff_user_id",
  "reference",
  "note",
  "status",
  "reversed_at",
  "reverse_reason",
  "idempotency_key",
  "request_hash",
] as const;

/** A payment as it is stored. */
export type PaymentRow = Pick<Selectable<PaymentsTable>, (typeof COLUMNS)[number]>;

/** A payment in a list. */
export interface PaymentListRow extends PaymentRow {
  subscriber_name: string;
  account_number: string;
  /** Allocated to bills and not released. */
  applied_centavos: bigint;
}

/** A payment with the names around it. */
export const PAYMENT = sql`
  select ${columnsOf("p", COLUMNS)}, s.name as subscriber_name, s.account_number,
    (select coalesce(sum(a.amount_centavos), 0)::bigint from allocations a where a.tenant_id = p.tenant_id
      and a.source_id = p.id and a.released_at is null) as applied_centavos
  from payments p join subscribers s on s.tenant_id = p.tenant_id and s.id = p.subscriber_id`;

/** One payment; null when not of this tenant. */
export async function findPayment(trx: TenantTransaction, paymentId: string): Promise<PaymentListRow | null> {
  const { rows } = await sql<PaymentListRow>`
    ${PAYMENT} where p.tenant_id = ${trx.tenantId} and p.id = ${paymentId}`.execute(trx);
  return rows[0] ?? null;
}

/** The payment that an idempotency key made. */
export async function findPaymentByKey(trx: TenantTransaction, key: string): Promise<PaymentRow | null> {
  return await trx.selectFrom("payments").select(COLUMNS).where("tenant_id", "=", trx.tenantId)
    .where("idempotency_key", "=", key).executeTakeFirst() ?? null;
}

/** A live payment with the same method and reference number, whoever made it; none where nothing of it is a number. */
export async function findPaymentByReference(
  trx: TenantTransaction,
  method: PaymentRow["method"],
  reference: string,
): Promise<PaymentListRow | null> {
  const folded = foldReference(reference);
  if (folded === "") return null;
  const { rows } = await sql<PaymentListRow>`${PAYMENT}
    where p.tenant_id = ${trx.tenantId} and p.method = ${method} and p.reference_folded = ${folded}
      and p.status = 'posted' order by p.recorded_at desc limit 1`.execute(trx);
  return rows[0] ?? null;
}

/** Adds a payment. */
export async function insertPayment(
  trx: TenantTransaction,
  payment: Omit<Insertable<PaymentsTable>, "tenant_id">,
): Promise<void> {
  await sendAhead(trx, trx.insertInto("payments").values({ ...payment, tenant_id: trx.tenantId }));
}

/** Marks a payment as reversed. */
export async function updatePaymentReversed(
  trx: TenantTransaction,
  paymentId: string,
  reversed: { reversed_at: Temporal.Instant; reverse_reason: string },
): Promise<void> {
  await trx.updateTable("payments").set({ ...reversed, status: "reversed" })
    .where("tenant_id", "=", trx.tenantId).where("id", "=", paymentId).execute();
}

/** How many payments a subscriber has ever had, reversed ones too: none is ever deleted. */
export async function countPayments(trx: TenantTransaction, subscriberId: string): Promise<number> {
  const { count } = await trx.selectFrom("payments").select(({ fn }) => fn.countAll<bigint>().as("count"))
    .where("tenant_id", "=", trx.tenantId).where("subscriber_id", "=", subscriberId)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** The newest of a subscriber's last `among` payments that stands; null when all of those were reversed. */
export async function findLatestPayment(
  trx: TenantTransaction,
  subscriberId: string,
  among: number,
): Promise<
  Pick<PaymentRow, "number" | "recorded_by" | "recorded_at" | "recorded_on" | "amount_centavos"> | null
> {
  const rows = await trx.selectFrom("payments")
    .select(["number", "recorded_by", "recorded_at", "recorded_on", "amount_centavos", "status"])
    .where("tenant_id", "=", trx.tenantId).where("subscriber_id", "=", subscriberId)
    .orderBy("recorded_at", "desc").orderBy("number", "desc").limit(among).execute();
  return rows.find((row) => row.status === "posted") ?? null;
}
