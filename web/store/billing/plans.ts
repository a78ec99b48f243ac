import { columnsOf } from "@/web/store/db/columns.ts";
import { type Selectable, sql } from "kysely";
import type { PlansTable } from "../db/schema.ts";
import { OWN_RULES_COLUMNS } from "./own_rules.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

const COLUMNS = [
  "tenant_id",
  "id",
  "name",
  "price_centavos",
  "ppp_profile",
  "speed",
  "archived_at",
  "created_at",
  ...OWN_RULES_COLUMNS,
  "own_suspended_policy_on",
] as const;

/** A plan as it is stored. */
export type PlanRow = Pick<Selectable<PlansTable>, (typeof COLUMNS)[number]>;

/** A plan with how many connections are on it. */
export interface PlanListRow extends PlanRow {
  /** Subscriptions that are not cancelled. */
  subscriptions: number;
  /** What they are billed for a whole period together. */
  monthly_centavos: bigint;
}

/** Plans by name, archived ones last. */
export async function listPlans(
  trx: TenantTransaction,
  options: { withArchived: boolean },
): Promise<PlanListRow[]> {
  const { rows } = await sql<PlanListRow>`
    select ${
    columnsOf("p", COLUMNS)
  }, count(c.id)::int as subscriptions, (count(c.id) * p.price_centavos)::bigint as monthly_centavos
    from plans p left join subscriptions c
      on c.tenant_id = p.tenant_id and c.plan_id = p.id and c.status <> 'cancelled'
    where p.tenant_id = ${trx.tenantId} and (${options.withArchived} or p.archived_at is null)
    group by p.tenant_id, p.id order by p.archived_at is not null, p.name_sort, p.id`.execute(trx);
  return rows;
}

/** A plan with the connections that are billed for it now. */
export interface BilledPlan {
  planId: string;
  name: string;
  priceCentavos: bigint;
  connections: number;
}

/**
 * Every plan that is offered or billed, with the connections that a bill run charges for it: those that are on, and
 * those that are off where the company charges for that. Vacations are never charged, and neither is who came in
 * disabled or has had too many unpaid bills.
 */
export async function listBilledPlans(trx: TenantTransaction): Promise<BilledPlan[]> {
  const { rows } = await sql<BilledPlan>`
    select p.id as "planId", p.name, p.price_centavos as "priceCentavos", count(c.id)::int as connections
    from plans p
    join tenants t on t.id = p.tenant_id
    left join subscriptions c on c.tenant_id = ${trx.tenantId} and c.plan_id = p.id
      and c.next_bill_on is not null and c.stopped_from_on is null
      and c.status in ('active', 'disconnected')
      and not exists (select from block_reasons r where r.tenant_id = ${trx.tenantId} and r.subscription_id = c.id
        and r.removed_at is null and (r.reason = 'vacation'
          or coalesce(c.own_suspended_policy, p.own_suspended_policy, t.suspended_policy) = 'skip'))
    where p.tenant_id = ${trx.tenantId}
    group by p.tenant_id, p.id having p.archived_at is null or count(c.id) > 0 order by p.name_sort, p.id`
    .execute(trx);
  return rows;
}

/** A plan that is not archived, with how many connections are on it; null when there is none. */
export async function findOfferedPlan(trx: TenantTransaction, planId: string): Promise<PlanListRow | null> {
  const { rows } = await sql<PlanListRow>`
    select ${
    columnsOf("p", COLUMNS)
  }, count(c.id)::int as subscriptions, (count(c.id) * p.price_centavos)::bigint as monthly_centavos
    from plans p left join subscriptions c
      on c.tenant_id = p.tenant_id and c.plan_id = p.id and c.status <> 'cancelled'
    where p.tenant_id = ${trx.tenantId} and p.id = ${planId} and p.archived_at is null
    group by p.tenant_id, p.id`.execute(trx);
  return rows[0] ?? null;
}

/** One plan; null when not of this tenant. */
export async function findPlan(trx: TenantTransaction, planId: string): Promise<PlanRow | null> {
  return await trx.selectFrom("plans").select(COLUMNS)
    .where("tenant_id", "=", trx.tenantId).where("id", "=", planId).executeTakeFirst() ?? null;
}

/** The same, locked until commit. */
export async function lockPlan(trx: TenantTransaction, planId: string): Promise<PlanRow | null> {
  return await trx.selectFrom("plans").select(COLUMNS)
    .where("tenant_id", "=", trx.tenantId).where("id", "=", planId).forUpdate().executeTakeFirst() ?? null;
}

/** A plan that is not archived, by its name. */
export async function findPlanByName(trx: TenantTransaction, name: string): Promise<PlanRow | null> {
  return await trx.selectFrom("plans").select(COLUMNS).where("tenant_id", "=", trx.tenantId)
    .where("name", "=", name).where("archived_at", "is", null).executeTakeFirst() ?? null;
}

/** Lets prices count whose named day has come; what a plan costs now is what its list shows. */
export async function updatePricesDue(trx: TenantTransaction, businessOn: Temporal.PlainDate): Promise<void> {
  await sql`
    update plans p set price_centavos = now.price_centavos
    from (select distinct on (r.plan_id) r.plan_id, r.price_centavos from plan_prices r
      where r.tenant_id = ${trx.tenantId} and r.taken_back_at is null and coalesce(r.from_on, r.agreed_on) <= ${businessOn}::date
      order by r.plan_id, coalesce(r.from_on, r.agreed_on) desc, r.agreed_at desc, r.id desc) now
    where p.tenant_id = ${trx.tenantId} and p.id = now.plan_id and p.price_centavos <> now.price_centavos
      and exists (select from plan_prices r where r.tenant_id = p.tenant_id and r.plan_id = p.id
        and r.from_on is not null)`.execute(trx);
}

/** What the office may set of a plan. */
export interface PlanFields {
  name: string;
  price_centavos: bigint;
  ppp_profile: string | null;
  speed: string | null;
}

/** Adds a plan. */
export async function insertPlan(
  trx: TenantTransaction,
  id: string,
  fields: PlanFields,
  createdAt: Temporal.Instant,
): Promise<void> {
  await trx.insertInto("plans").values({ ...fields, tenant_id: trx.tenantId, id, created_at: createdAt })
    .execute();
}

/** Changes a plan. */
export async function updatePlan(
  trx: TenantTransaction,
  planId: string,
  fields: Partial<PlanFields> & { archived_at?: Temporal.Instant | null },
): Promise<void> {
  await trx.updateTable("plans").set(fields)
    .where("tenant_id", "=", trx.tenantId).where("id", "=", planId).execute();
}

/** The price of the plan that most connections are on, the dearest of several; null without any plan. */
export async function findUsualPrice(trx: TenantTransaction): Promise<bigint | null> {
  const { rows } = await sql<{ price: bigint }>`
    select p.price_centavos as price from plans p left join subscriptions c on c.tenant_id = p.tenant_id
      and c.plan_id = p.id and c.status in ('active', 'disconnected')
    where p.tenant_id = ${trx.tenantId} group by p.tenant_id, p.id
    order by count(c.id) desc, p.price_centavos desc, p.id limit 1`.execute(trx);
  return rows[0]?.price ?? null;
}
