import { sql } from "kysely";
import { columnsOf } from "../db/columns.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";
import { OWN_RULES_COLUMNS, type OwnRulesColumns } from "./own_rules.ts";

/** A price of a plan as it was agreed; dates are text. */
export interface PlanPriceRow {
  agreed_on: string;
  /** The day that a person named; null: from the next period of each connection. */
  from_on: string | null;
  /** Amounts travel as text in JSON. */
  price_centavos: string;
}

/** A plan with its prices in the order in which they were agreed. */
export interface PricedPlanRow extends OwnRulesColumns {
  id: string;
  name: string;
  /** What it costs now. */
  price_centavos: bigint;
  /** Empty where the price has never changed. */
  prices: PlanPriceRow[];
  own_suspended_policy_on: Temporal.PlainDate | null;
}

/** Every plan with its prices, archived ones too: connections may still be billed for them. */
export async function listPricedPlans(trx: TenantTransaction): Promise<PricedPlanRow[]> {
  const { rows } = await sql<PricedPlanRow>`
    select p.id, p.name, p.price_centavos, ${
    columnsOf("p", OWN_RULES_COLUMNS)
  }, p.own_suspended_policy_on, coalesce((
      select jsonb_agg(jsonb_build_object('agreed_on', r.agreed_on, 'from_on', r.from_on,
        'price_centavos', r.price_centavos::text) order by r.agreed_at, r.id)
      from plan_prices r where r.tenant_id = p.tenant_id and r.plan_id = p.id and r.taken_back_at is null), '[]') as prices
    from plans p where p.tenant_id = ${trx.tenantId} order by p.id`.execute(trx);
  return rows;
}

/** A price that is being agreed. */
export interface NewPlanPrice {
  plan_id: string;
  id: string;
  agreed_on: Temporal.PlainDate;
  from_on: Temporal.PlainDate | null;
  price_centavos: bigint;
  agreed_at: Temporal.Instant;
  agreed_by: string;
}

/** Notes a price. The first one of a plan that has none noted comes after the one that it had until now. */
export async function insertPlanPrice(
  trx: TenantTransaction,
  price: NewPlanPrice,
  before: { id: string; created_at: Temporal.Instant; agreed_on: Temporal.PlainDate; price_centavos: bigint },
): Promise<void> {
  await sql`
    insert into plan_prices (tenant_id, plan_id, id, agreed_on, price_centavos, agreed_at, agreed_by)
    select ${trx.tenantId}::uuid, ${price.plan_id}::uuid, ${before.id}::uuid, ${before.agreed_on}::date,
      ${before.price_centavos}::bigint, least(${before.created_at}::timestamptz, ${price.agreed_at}::timestamptz - interval '1 second'), ''
    where not exists (select from plan_prices r where r.tenant_id = ${trx.tenantId} and r.plan_id = ${price.plan_id})`
    .execute(trx);
  await trx.insertInto("plan_prices").values({ ...price, tenant_id: trx.tenantId }).execute();
}

/** A price that waits for the day that a person named. */
export interface WaitingPlanPrice {
  id: string;
  from_on: Temporal.PlainDate;
  price_centavos: bigint;
  agreed_on: Temporal.PlainDate;
  agreed_by: string;
}

/** Prices of a plan whose named day is still to come, in the order of their days. */
export async function listWaitingPlanPrices(
  trx: TenantTransaction,
  planId: string,
  today: Temporal.PlainDate,
): Promise<WaitingPlanPrice[]> {
  const { rows } = await sql<WaitingPlanPrice>`
    select id, from_on, price_centavos, agreed_on, agreed_by from plan_prices
    where tenant_id = ${trx.tenantId} and plan_id = ${planId} and from_on > ${today} and taken_back_at is null
    order by from_on, agreed_at, id`.execute(trx);
  return rows;
}

/** A price with a day that stands, whether it has come or not. */
export async function findDatedPlanPrice(
  trx: TenantTransaction,
  planId: string,
  id: string,
): Promise<{ from_on: Temporal.PlainDate; price_centavos: bigint } | null> {
  const { rows: [row] } = await sql<{ from_on: Temporal.PlainDate; price_centavos: bigint }>`
    select from_on, price_centavos from plan_prices where tenant_id = ${trx.tenantId} and plan_id = ${planId}
      and id = ${id} and from_on is not null and taken_back_at is null`.execute(trx);
  return row ?? null;
}

/** Takes a price back. */
export async function updatePlanPriceTakenBack(
  trx: TenantTransaction,
  key: { planId: string; id: string },
  by: { at: Temporal.Instant; label: string },
): Promise<void> {
  await trx.updateTable("plan_prices").set({ taken_back_at: by.at, taken_back_by: by.label })
    .where("tenant_id", "=", trx.tenantId).where("plan_id", "=", key.planId).where("id", "=", key.id)
    .execute();
}
