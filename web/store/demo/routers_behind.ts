import { sql } from "kysely";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** Routers that can be reached and have not taken the newest desired state. */
export async function countRoutersBehind(trx: TenantTransaction): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from router_states s
    join routers r on r.tenant_id = s.tenant_id and r.id = s.router_id
    where s.tenant_id = ${trx.tenantId} and r.status = 'online' and r.archived_at is null
      and s.applied_generation < s.generation`.execute(trx);
  return rows[0]?.count ?? 0;
}
