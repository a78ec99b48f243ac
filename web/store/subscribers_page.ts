import { sql } from "kysely";
import { connectionRows } from "./connections.ts";
import type { ListMoment, SubscriberFilter } from "./subscribers.ts";
import type { TenantTransaction } from "./tenant_transaction.ts";

/** How many lines of the subscribers list each chip leads to. */
export interface ChipCounts {
  all: number;
  online: number;
  offline: number;
  unknown: number;
  due: number;
  grace: number;
  overdue: number;
  disconnected: number;
  held: number;
}

/** Counts for the chips, in one pass over the rows that the list shows, within a site where one is chosen. */
export async function countSubscriberChips(
  trx: TenantTransaction,
  filter: Pick<SubscriberFilter, "siteId">,
  moment: ListMoment,
): Promise<ChipCounts> {
  const site = filter.siteId === undefined ? sql`true` : sql`site_id = ${filter.siteId}`;
  const { rows } = await sql<ChipCounts>`
    select count(*)::int as all,
      count(*) filter (where connection = 'online' and service_state <> 'cancelled')::int as online,
      count(*) filter (where connection = 'offline' and service_state <> 'cancelled')::int as offline,
      count(*) filter (where connection = 'unknown' and service_state <> 'cancelled')::int as unknown,
      count(*) filter (where bill_status = 'due')::int as due,
      count(*) filter (where bill_status = 'grace')::int as grace,
      count(*) filter (where bill_status = 'overdue')::int as overdue,
      count(*) filter (where service_state = 'disconnected')::int as disconnected,
      count(*) filter (where service_state = 'held')::int as held
    from (${connectionRows({ tenantId: trx.tenantId, ...moment })}) as rows where ${site}`.execute(trx);
  const row = rows[0];
  if (row === undefined) throw new Error("Cannot count subscribers: no row came back");
  return row;
}

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
}

/** The way of every connection of a subscriber. */
export async function listDeliveries(trx: TenantTransaction, subscriberId: string): Promise<DeliveryRow[]> {
  const { rows } = await sql<DeliveryRow>`
    select c.id as subscription_id, d.generation, rs.stored_generation, rs.applied_generation,
      r.status as router_status, r.status_at as router_status_at, seen.heartbeat_at,
      rs.observed_at as router_observed_at
    from subscriptions c
    join routers r on r.tenant_id = c.tenant_id and r.id = c.router_id
    left join agents a on a.tenant_id = c.tenant_id and a.site_id = r.site_id and a.revoked_at is null
    left join agent_presence seen on seen.tenant_id = c.tenant_id and seen.agent_id = a.id
    left join desired_secrets d on d.tenant_id = c.tenant_id and d.router_id = c.router_id
      and d.ppp_name = c.ppp_name and d.removed_at is null
    left join router_states rs on rs.tenant_id = c.tenant_id and rs.router_id = c.router_id
    where c.tenant_id = ${trx.tenantId} and c.subscriber_id = ${subscriberId}`.execute(trx);
  return rows;
}
