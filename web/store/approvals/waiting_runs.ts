import { sql } from "kysely";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** Cut runs above the brake that wait for a person: they are approved on their own page, row by row. */
export async function countRunsThatWait(trx: TenantTransaction): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from runs r
    where r.tenant_id = ${trx.tenantId} and r.status = 'awaiting_approval' and r.kind = 'cut'`.execute(trx);
  return rows[0]?.count ?? 0;
}
