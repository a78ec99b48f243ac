import { sql } from "kysely";
import { uuidArray } from "../billing/bill_run.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";
import { type RouterReach, routerReach } from "./router_reach.ts";

/** What a person reads about a connection of a cut list; it decides nothing. */
export interface CutFace {
  subscription_id: string;
  name: string;
  account_number: string;
  phone: string | null;
  ppp_name: string;
  plan_name: string;
  site_id: string;
  site_name: string;
  router_name: string;
  router_status: RouterReach;
  last_payment_on: Temporal.PlainDate | null;
  last_payment_centavos: bigint | null;
}

/**
 * Who these connections are, where they stand and when they last paid. Each by its key: joined, a planner without
 * statistics reads all connections once for each router.
 *
 * @param now real time, for the state of routers
 */
export async function listCutFaces(
  trx: TenantTransaction,
  subscriptionIds: readonly string[],
  now: Temporal.Instant,
): Promise<Map<string, CutFace>> {
  if (subscriptionIds.length === 0) return new Map();
  const { rows } = await sql<CutFace>`
    select c.id as subscription_id, s.name, s.account_number, s.phone, c.ppp_name, p.name as plan_name,
      r.site_id, t.name as site_name, r.name as router_name,
      ${routerReach(now)} as router_status,
      last.received_on as last_payment_on, last.amount_centavos as last_payment_centavos
    from unnest(${uuidArray(subscriptionIds)}::uuid[]) as asked(id)
    cross join lateral (select c.tenant_id, c.id, c.subscriber_id, c.plan_id, c.router_id, c.ppp_name
      from subscriptions c where c.tenant_id = ${trx.tenantId} and c.id = asked.id offset 0) c
    join subscribers s on s.tenant_id = c.tenant_id and s.id = c.subscriber_id
    join plans p on p.tenant_id = c.tenant_id and p.id = c.plan_id
    join routers r on r.tenant_id = c.tenant_id and r.id = c.router_id
    join sites t on t.tenant_id = c.tenant_id and t.id = r.site_id
    left join agents a on a.tenant_id = c.tenant_id and a.site_id = r.site_id and a.revoked_at is null
    left join agent_presence seen on seen.tenant_id = c.tenant_id and seen.agent_id = a.id
      and seen.disconnected_at is null
    left join lateral (select y.received_on, y.amount_centavos from payments y where y.tenant_id = c.tenant_id
      and y.subscriber_id = c.subscriber_id and y.status = 'posted'
      order by y.received_on desc, y.recorded_at desc limit 1) last on true`.execute(trx);
  return new Map(rows.map((row) => [row.subscription_id, row]));
}
