import { sql } from "kysely";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** How far the newest wish for a connection has come on its way to the router. */
export interface DeliveryRow {
  subscription_id: string;
  /** Generation of the connection's desired row; null while nothing is managed. */
  generation: bigint | null;
  /** What the agent has on disk. */
  stored_generation: bigint | null;
  /** What the agent has applied and read back. */
  applied_generation: bigint | null;
  router_status: string;
  router_status_at: Temporal.Instant | null;
  /** Last sign of life of the site's agent; null without an agent. */
  heartbeat_at: Temporal.Instant | null;
  /** Last complete read of the router. */
  router_observed_at: Temporal.Instant | null;
  /** When what is asked of the router last changed. */
  changed_at: Temporal.Instant | null;
}

/** The way of every connection of a subscriber. */
export async function listDeliveries(trx: TenantTransaction, subscriberId: string): Promise<DeliveryRow[]> {
  const { rows } = await sql<DeliveryRow>`
    select c.id as subscription_id, d.generation, rs.stored_generation, rs.applied_generation,
      r.status as router_status, r.status_at as router_status_at, seen.heartbeat_at,
      rs.observed_at as router_observed_at, rs.changed_at
    from subscriptions c
    join routers r on r.tenant_id = c.tenant_id and r.id = c.router_id
    left join agents a on a.tenant_id = c.tenant_id and a.site_id = r.site_id and a.revoked_at is null
    left join agent_presence seen on seen.tenant_id = c.tenant_id and seen.agent_id = a.id
    left join desired_secrets d on d.tenant_id = c.tenant_id and d.router_id = c.router_id
      and d.ppp_name = c.ppp_name
      and d.ppp_service = c.ppp_service and d.removed_at is null
    left join router_states rs on rs.tenant_id = c.tenant_id and rs.router_id = c.router_id
    where c.tenant_id = ${trx.tenantId} and c.subscriber_id = ${subscriberId}`.execute(trx);
  return rows;
}
