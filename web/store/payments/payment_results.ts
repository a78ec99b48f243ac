import { sql } from "kysely";
import type { PaymentRow } from "./payments.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** What a payment did at the moment when it was posted, for a form that is sent twice. */
export async function findFirstResult(
  trx: TenantTransaction,
  payment: PaymentRow,
): Promise<{ shares: { bill_id: string; amount_centavos: bigint }[]; restored: string[] }> {
  const shares = await trx.selectFrom("allocations").select(["bill_id", "amount_centavos"])
    .where("tenant_id", "=", trx.tenantId).where("payment_id", "=", payment.id)
    .where("created_at", "=", payment.recorded_at).orderBy("id").execute();
  const { rows } = await sql<{ id: string }>`
    select c.id from subscriptions c join block_reasons k on k.tenant_id = c.tenant_id and k.subscription_id = c.id
    where c.tenant_id = ${trx.tenantId} and c.subscriber_id = ${payment.subscriber_id}
      and k.reason = 'nonpayment' and k.removed_at = ${payment.recorded_at}
    order by c.id`.execute(trx);
  return { shares, restored: rows.map((row) => row.id) };
}
