import { sql } from "kysely";
import { everHad, hadBy } from "../billing/payer_changes.ts";
import type { PaymentRow } from "./payments.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** What a payment did at the moment when it was posted, for a form that is sent twice. */
export async function findFirstResult(
  trx: TenantTransaction,
  payment: PaymentRow,
): Promise<{ shares: { bill_id: string; amount_centavos: bigint }[]; restored: string[] }> {
  const { rows: shares } = await sql<{ bill_id: string; amount_centavos: bigint }>`
    select bill_id, sum(amount_centavos)::bigint as amount_centavos from allocations
    where tenant_id = ${trx.tenantId} and source_id = ${payment.id} and created_at = ${payment.recorded_at}
    group by bill_id order by min(id::text)`.execute(trx);
  const { rows } = await sql<{ id: string }>`
    select c.id from ${everHad(trx.tenantId, payment.subscriber_id)} c
    join block_reasons k on k.tenant_id = c.tenant_id and k.subscription_id = c.id
    where ${
    hadBy(sql`k.removed_at`)
  } = ${payment.subscriber_id} and k.reason = 'nonpayment' and k.removed_at = ${payment.recorded_at}
    order by c.id`.execute(trx);
  return { shares, restored: rows.map((row) => row.id) };
}
