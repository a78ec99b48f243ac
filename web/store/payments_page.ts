import { sql } from "kysely";
import type { TenantTransaction } from "./tenant_transaction.ts";

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
    select a.bill_id, b.number as bill_number, b.period_start, b.period_end, a.amount_centavos, a.created_at,
      a.released_at
    from allocations a join bills b on b.tenant_id = a.tenant_id and b.id = a.bill_id
    where a.tenant_id = ${trx.tenantId} and a.payment_id = ${paymentId}
    order by a.created_at, b.due_on, a.id`.execute(trx);
  return rows;
}
