import { columnsOf } from "@/web/store/db/columns.ts";
import { type Selectable, sql } from "kysely";
import { OFFLINE_AFTER_MS } from "@/shared/protocol/mod.ts";
import type { BlockReason } from "@/web/domain/network/mod.ts";
import { coverageAround, type CoverageJson } from "../billing/coverage.ts";
import { OWN_RULES_COLUMNS, type RulesJson, rulesJson } from "../billing/own_rules.ts";
import type { Connection } from "./connections.ts";
import { IS_OPEN_END } from "./service_ends.ts";
import type { SubscriptionsTable } from "../db/schema.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** A subscription as it is stored. */
export type SubscriptionRow = Pick<Selectable<SubscriptionsTable>, (typeof SUBSCRIPTION_COLUMNS)[number]>;

/** A subscription with everything that its page shows. */
export interface SubscriptionDetail extends SubscriptionRow {
  subscriber_name: string;
  plan_name: string;
  price_centavos: bigint;
  ppp_profile: string | null;
  speed: string | null;
  /** Rules of the plan; null: as the company says. */
  plan_rules: RulesJson;
  router_name: string;
  site_id: string;
  site_name: string;
  router_status: string;
  /** Live block reasons; the service is on when there is none. */
  reasons: BlockReason[];
  hold_id: string | null;
  hold_until: Temporal.PlainDate | null;
  hold_reason: string | null;
  balance_centavos: bigint;
  connection: Connection;
  address: string | null;
  caller_id: string | null;
  uptime_seconds: bigint | null;
  drift: string | null;
  observed_at: Temporal.Instant | null;
  /** What the router is asked to do; null while nothing is managed. */
  desired_disabled: boolean | null;
  /** What was read back; null before the first report. */
  seen_disabled: boolean | null;
  /** The router has applied the newest generation of this row. */
  is_applied: boolean;
  /** Days that paid bills cover, from today on and the last before; null: it gets bills. */
  coverage: CoverageJson[] | null;
  /** First day on which it will be paid up front; null while no such change waits. */
  prepaid_from: Temporal.PlainDate | null;
  /** What it buys on its first day, which is paid for; null: nothing waits. */
  first_purchase: { unit: "days" | "months"; count: number; quantity: number } | null;
  /** Who gets it, and when; null while no such change waits. */
  payer_next: { name: string; on: string } | null;
  /** Last day of service, where its end is planned. */
  ends_after: Temporal.PlainDate | null;
  /** Last day that was asked for, while the end of the service waits for an approval. */
  end_asked_for: Temporal.PlainDate | null;
  /** Name of the plan that follows; null while no change waits. */
  next_plan_name: string | null;
}

export const SUBSCRIPTION_COLUMNS = [
  "tenant_id",
  "id",
  "subscriber_id",
  "plan_id",
  "router_id",
  "ppp_name",
  "ppp_service",
  "billing_mode",
  "status",
  "anchor_day",
  "activated_on",
  "billed_through_on",
  "next_bill_on",
  "is_exempt",
  "import_batch_id",
  "created_at",
  "bill_timing",
  "next_plan_id",
  "next_plan_on",
  "stopped_from_on",
  "stopped_at",
  "secret",
  "secret_command_id",
  "activation",
  "activate_on",
  "renews_itself",
  "prepaid_unit",
  "prepaid_count",
  ...OWN_RULES_COLUMNS,
  "own_suspended_policy_on",
  "lock_in_until",
  "lock_in_fee_kind",
  "lock_in_fee_centavos",
  "ended_on",
] as const;

/** Subscriptions of a subscriber, oldest first, or the one with this id. */
export async function listSubscriptionDetails(
  trx: TenantTransaction,
  by: { subscriberId: string } | { subscriptionId: string },
  moment: { today: Temporal.PlainDate; now: Temporal.Instant },
): Promise<SubscriptionDetail[]> {
  const freshAfter = moment.now.subtract({ milliseconds: OFFLINE_AFTER_MS });
  const which = "subscriberId" in by
    ? sql`c.subscriber_id = ${by.subscriberId}`
    : sql`c.id = ${by.subscriptionId}`;
  const { rows } = await sql<SubscriptionDetail>`
    select ${
    columnsOf("c", SUBSCRIPTION_COLUMNS)
  }, s.name as subscriber_name, p.name as plan_name, p.price_centavos, p.ppp_profile, p.speed, ${
    rulesJson("p")
  } as plan_rules, r.name as router_name, r.site_id, t.name as site_name, r.status as router_status,
      array(select b.reason from block_reasons b where b.tenant_id = c.tenant_id and b.subscription_id = c.id
        and b.removed_at is null order by b.added_at, b.reason) as reasons,
      h.id as hold_id, h.until_on as hold_until, h.reason as hold_reason,
      (select coalesce(sum(b.total_centavos - b.paid_centavos), 0)::bigint from bills b
        where b.tenant_id = c.tenant_id and b.subscriber_id = c.subscriber_id and b.subscription_id = c.id
          and b.status = 'issued') as balance_centavos,
      case when r.status = 'online' and seen.heartbeat_at > ${freshAfter} and o.ppp_name is not null
        then case when o.is_online then 'online' else 'offline' end else 'unknown' end as connection,
      o.address, o.caller_id, o.uptime_seconds, o.drift, o.observed_at, d.is_disabled as desired_disabled,
      case when o.is_present then o.is_disabled end as seen_disabled,
      coalesce(d.generation <= rs.applied_generation, true) as is_applied, np.name as next_plan_name,
      (select m.effective_on from mode_changes m where m.tenant_id = c.tenant_id and m.subscription_id = c.id
        and m.state = 'planned') as prepaid_from,
      (select jsonb_build_object('unit', f.unit, 'count', f.count, 'quantity', f.quantity) from first_purchases f
        where f.tenant_id = c.tenant_id and f.subscription_id = c.id) as first_purchase,
      (select jsonb_build_object('name', n.name, 'on', x.effective_on) from payer_changes x
        join subscribers n on n.tenant_id = x.tenant_id and n.id = x.to_subscriber_id
        where x.tenant_id = c.tenant_id and x.subscription_id = c.id and x.state = 'planned') as payer_next,
      case when e.state = 'planned' then e.last_on end as ends_after,
      case when e.state = 'asked' then e.last_on end as end_asked_for,
      case when c.billing_mode = 'prepaid' then ${coverageAround(moment.today)} end as coverage
    from subscriptions c
    join subscribers s on s.tenant_id = c.tenant_id and s.id = c.subscriber_id
    join plans p on p.tenant_id = c.tenant_id and p.id = c.plan_id
    left join plans np on np.tenant_id = c.tenant_id and np.id = c.next_plan_id
    join routers r on r.tenant_id = c.tenant_id and r.id = c.router_id
    join sites t on t.tenant_id = c.tenant_id and t.id = r.site_id
    left join agents a on a.tenant_id = c.tenant_id and a.site_id = r.site_id and a.revoked_at is null
    left join agent_presence seen on seen.tenant_id = c.tenant_id and seen.agent_id = a.id
      and seen.disconnected_at is null
    left join observed_secrets o on o.tenant_id = c.tenant_id and o.router_id = c.router_id and o.ppp_name = c.ppp_name
      and o.ppp_service = c.ppp_service
    left join desired_secrets d on d.tenant_id = c.tenant_id and d.router_id = c.router_id
      and d.ppp_name = c.ppp_name
      and d.ppp_service = c.ppp_service and d.removed_at is null
    left join router_states rs on rs.tenant_id = c.tenant_id and rs.router_id = c.router_id
    left join holds h on h.tenant_id = c.tenant_id and h.subscription_id = c.id and h.ended_at is null
      and h.until_on >= ${moment.today}
    left join service_ends e on e.tenant_id = c.tenant_id and e.subscription_id = c.id and ${IS_OPEN_END}
    where c.tenant_id = ${trx.tenantId} and ${which}
    order by c.created_at, c.id`.execute(trx);
  return rows;
}

/** A subscription's own row; null when not of this tenant. */
export async function findSubscription(
  trx: TenantTransaction,
  subscriptionId: string,
): Promise<SubscriptionRow | null> {
  return await trx.selectFrom("subscriptions").select(SUBSCRIPTION_COLUMNS)
    .where("tenant_id", "=", trx.tenantId).where("id", "=", subscriptionId).executeTakeFirst() ?? null;
}

/** The same wherever it is: a preview of what money does to its payer's connections says what the act will do. */
export async function findSubscriptionAnywhere(
  trx: TenantTransaction,
  subscriptionId: string,
): Promise<SubscriptionRow | null> {
  return await trx.withSchema("public").selectFrom("subscriptions").select(SUBSCRIPTION_COLUMNS)
    .where("tenant_id", "=", trx.tenantId).where("id", "=", subscriptionId).executeTakeFirst() ?? null;
}

/**
 * Whether a connection is never cut, also for whoever does not see the site where it is: a statement is the same paper,
 * whoever prints it.
 */
export async function isExemptAnywhere(trx: TenantTransaction, subscriptionId: string): Promise<boolean> {
  const { rows: [row] } = await sql<{ is_exempt: boolean }>`select is_exempt from public.subscriptions
    where tenant_id = ${trx.tenantId} and id = ${subscriptionId}`.execute(trx);
  return row?.is_exempt ?? false;
}

/** Reads a subscription and keeps others from changing it until the transaction ends. */
export async function lockSubscription(
  trx: TenantTransaction,
  subscriptionId: string,
): Promise<SubscriptionRow | null> {
  return await trx.selectFrom("subscriptions").select(SUBSCRIPTION_COLUMNS).where(
    "tenant_id",
    "=",
    trx.tenantId,
  )
    .where("id", "=", subscriptionId).forNoKeyUpdate().executeTakeFirst() ?? null;
}

/** Ids of the connections on a plan, or about to be on it, that are not cancelled. */
export async function listPlanSubscriptionIds(trx: TenantTransaction, planId: string): Promise<string[]> {
  const rows = await trx.selectFrom("subscriptions").select("id").where("tenant_id", "=", trx.tenantId)
    .where((on) => on.or([on("plan_id", "=", planId), on("next_plan_id", "=", planId)]))
    .where("status", "<>", "cancelled").orderBy("id").execute();
  return rows.map((row) => row.id);
}
