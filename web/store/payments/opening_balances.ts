import { sql } from "kysely";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** What was taken over from the books from before, as it stands. */
export interface OpeningBalanceRow {
  /** Of the bill, or of the source of credit. */
  id: string;
  side: "owed" | "credit";
  number: string;
  amount_centavos: bigint;
  /** The day since when it was owed, or was credit. */
  as_of: Temporal.PlainDate;
}

/** The opening balance of a subscriber; null when there is none, or it was taken back. */
export async function findOpeningBalance(
  trx: TenantTransaction,
  subscriberId: string,
): Promise<OpeningBalanceRow | null> {
  const { rows } = await sql<OpeningBalanceRow>`
    select id, 'owed' as side, number, total_centavos as amount_centavos, due_on as as_of from bills
      where tenant_id = ${trx.tenantId} and subscriber_id = ${subscriberId} and kind = 'opening' and status = 'issued'
    union all
    select id, 'credit', number, amount_centavos, received_on from credit_sources
      where tenant_id = ${trx.tenantId} and subscriber_id = ${subscriberId} and kind = 'opening' and ended_at is null`
    .execute(trx);
  return rows[0] ?? null;
}

/** The connection that a debt from before is filed under: the oldest that lives, else the oldest. */
export async function findOpeningConnection(
  trx: TenantTransaction,
  subscriberId: string,
): Promise<string | null> {
  const { rows } = await sql<{ id: string }>`
    select id from subscriptions where tenant_id = ${trx.tenantId} and subscriber_id = ${subscriberId}
    order by status = 'cancelled', activated_on nulls last, id limit 1`.execute(trx);
  return rows[0]?.id ?? null;
}
