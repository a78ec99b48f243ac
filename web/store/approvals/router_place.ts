import { sql } from "kysely";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** Where a connection is and whose it is, by the names that people know. */
export interface RouterPlace {
  subscriber_name: string;
  router_id: string;
  router_name: string;
  site_id: string;
}

/** Of a connection; null when there is none. */
export async function findRouterPlace(
  trx: TenantTransaction,
  subscriptionId: string,
): Promise<RouterPlace | null> {
  const { rows } = await sql<RouterPlace>`
    select s.name as subscriber_name, r.id as router_id, r.name as router_name, r.site_id from subscriptions c
    join subscribers s on s.tenant_id = c.tenant_id and s.id = c.subscriber_id
    join routers r on r.tenant_id = c.tenant_id and r.id = c.router_id
    where c.tenant_id = ${trx.tenantId} and c.id = ${subscriptionId}`.execute(trx);
  return rows[0] ?? null;
}
