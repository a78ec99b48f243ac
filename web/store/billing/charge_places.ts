import { sql } from "kysely";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** Connections of a subscriber that a bill can be filed under: those in use first, then the newest. */
export async function listConnectionsToFile(
  trx: TenantTransaction,
  subscriberId: string,
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from subscriptions where tenant_id = ${trx.tenantId} and subscriber_id = ${subscriberId}
    order by status = 'cancelled', id desc`.execute(trx);
  return rows.map((row) => row.id);
}
