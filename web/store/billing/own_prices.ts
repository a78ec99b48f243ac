import { columnsOf } from "@/web/store/db/columns.ts";
import { type Insertable, type Selectable, sql } from "kysely";
import type { SubscriptionPricesTable, SubscriptionsTable } from "../db/schema.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";
import { uuidArray } from "./bill_run.ts";

const COLUMNS = [
  "tenant_id",
  "subscription_id",
  "id",
  "kind",
  "amount_centavos",
  "basis_points",
  "from_on",
  "last_on",
  "periods",
  "is_by_day",
  "only_plan_id",
  "reason",
  "agreed_on",
  "agreed_at",
  "agreed_by",
  "taken_back_at",
  "taken_back_by",
] as const;

/** What was agreed for one connection in place of the plan's price. */
export type OwnPriceRow = Selectable<SubscriptionPricesTable>;

/** Own prices of these connections that stand, by their first day; most connections have none. */
export async function listOwnPrices(
  trx: TenantTransaction,
  subscriptionIds: readonly string[],
): Promise<OwnPriceRow[]> {
  const { rows } = await sql<OwnPriceRow>`
    select ${columnsOf("p", COLUMNS)} from public.subscription_prices p
    where p.tenant_id = ${trx.tenantId} and p.subscription_id = any(${uuidArray(subscriptionIds)}::uuid[])
      and p.taken_back_at is null order by p.subscription_id, p.from_on`.execute(trx);
  return rows;
}

/** What of a connection says what it pays. */
export type PricedConnection = Pick<
  Selectable<SubscriptionsTable>,
  "id" | "plan_id" | "next_plan_id" | "next_plan_on" | "anchor_day" | "activated_on"
>;

/** Connections that have not ended and for which something was agreed that may count on a day. */
export async function listOwnPriced(
  trx: TenantTransaction,
  on: Temporal.PlainDate,
): Promise<PricedConnection[]> {
  const { rows } = await sql<PricedConnection>`
    select c.id, c.plan_id, c.next_plan_id, c.next_plan_on, c.anchor_day, c.activated_on from subscriptions c
    where c.tenant_id = ${trx.tenantId} and c.status <> 'cancelled' and c.id in (
      select p.subscription_id from subscription_prices p where p.tenant_id = ${trx.tenantId}
        and p.taken_back_at is null and p.from_on <= ${on} and (p.last_on is null or p.last_on >= ${on}))`
    .execute(
      trx,
    );
  return rows;
}

/** What the rules read of an own price. */
export type OwnPriceTerms = Pick<OwnPriceRow, (typeof TERMS)[number]>;

const TERMS = [
  "subscription_id",
  "kind",
  "amount_centavos",
  "basis_points",
  "from_on",
  "last_on",
  "periods",
  "is_by_day",
  "only_plan_id",
] as const;

/**
 * The same for a bill run: no more than it needs, and nothing that was over a whole period before the day up to which the
 * connection is billed.
 */
export async function listOwnPricesDue(
  trx: TenantTransaction,
  subscriptionIds: readonly string[],
): Promise<OwnPriceTerms[]> {
  const { rows } = await sql<OwnPriceTerms>`
    select ${columnsOf("p", TERMS)} from subscription_prices p
    join subscriptions c on c.tenant_id = p.tenant_id and c.id = p.subscription_id
    where p.tenant_id = ${trx.tenantId} and p.subscription_id = any(${uuidArray(subscriptionIds)}::uuid[])
      and p.taken_back_at is null
      and (p.last_on is null or p.last_on >= coalesce(c.billed_through_on - 31, p.last_on))
    order by p.subscription_id, p.from_on`.execute(trx);
  return rows;
}

/** Everything that was ever agreed for one connection, the newest first. */
export async function listOwnPriceHistory(
  trx: TenantTransaction,
  subscriptionId: string,
): Promise<OwnPriceRow[]> {
  return await trx.selectFrom("subscription_prices").select(COLUMNS).where("tenant_id", "=", trx.tenantId)
    .where("subscription_id", "=", subscriptionId).orderBy("from_on", "desc").orderBy("agreed_at", "desc")
    .orderBy("id", "desc").execute();
}

/** Notes what was agreed; the database refuses two on one day. */
export async function insertOwnPrice(
  trx: TenantTransaction,
  row: Omit<Insertable<SubscriptionPricesTable>, "tenant_id">,
): Promise<void> {
  await trx.insertInto("subscription_prices").values({ ...row, tenant_id: trx.tenantId }).execute();
}

/** Gives an own price its last day. */
export async function updateOwnPriceEnd(
  trx: TenantTransaction,
  key: { subscriptionId: string; id: string },
  lastOn: Temporal.PlainDate,
): Promise<void> {
  await trx.updateTable("subscription_prices").set({ last_on: lastOn, periods: null })
    .where("tenant_id", "=", trx.tenantId).where("subscription_id", "=", key.subscriptionId)
    .where("id", "=", key.id).execute();
}

/** Takes an own price back that nothing was charged by. */
export async function updateOwnPriceTakenBack(
  trx: TenantTransaction,
  key: { subscriptionId: string; id: string },
  by: { at: Temporal.Instant; label: string },
): Promise<void> {
  await trx.updateTable("subscription_prices").set({ taken_back_at: by.at, taken_back_by: by.label })
    .where("tenant_id", "=", trx.tenantId).where("subscription_id", "=", key.subscriptionId)
    .where("id", "=", key.id).execute();
}

/** Puts the end of an own price back as it was; one that was taken back stands again. */
export async function updateOwnPriceRestored(
  trx: TenantTransaction,
  key: { subscriptionId: string; id: string },
  { lastOn, periods }: { lastOn: Temporal.PlainDate | null; periods: number | null },
): Promise<void> {
  await trx.updateTable("subscription_prices")
    .set({ last_on: lastOn, periods, taken_back_at: null, taken_back_by: null })
    .where("tenant_id", "=", trx.tenantId).where("subscription_id", "=", key.subscriptionId)
    .where("id", "=", key.id).execute();
}

/** Lets own prices of a connection outlive a change of its plan, or end with the plan that it has now. */
export async function updateOwnPricesKept(
  trx: TenantTransaction,
  subscriptionIds: readonly string[],
  options: { isKept: boolean },
): Promise<void> {
  const plan = options.isKept ? sql`null` : sql`c.plan_id`;
  await sql`
    update subscription_prices p set only_plan_id = ${plan} from subscriptions c
    where p.tenant_id = ${trx.tenantId} and p.subscription_id = any(${uuidArray(subscriptionIds)}::uuid[])
      and c.tenant_id = p.tenant_id and c.id = p.subscription_id and p.taken_back_at is null
      and (p.only_plan_id is null or p.only_plan_id = c.plan_id)`.execute(trx);
}

/**
 * Ends own prices with the plan that they were agreed for, before another becomes the plan for good: should the connection
 * come back to it, they do not come with it. What would only have begun then is taken back.
 *
 * @param by `on`: the day of a change that did not wait for a cycle
 */
export async function updateOwnPricesEnded(
  trx: TenantTransaction,
  subscriptionIds: readonly string[],
  by: { at: Temporal.Instant; label: string; on: Temporal.PlainDate },
): Promise<void> {
  if (subscriptionIds.length === 0) return;
  const hasBegun = sql`p.from_on < c.change_on`;
  await sql`
    update subscription_prices p set
      periods = case when ${hasBegun} then null else p.periods end,
      last_on = case when ${hasBegun} then c.change_on - 1 else p.last_on end,
      taken_back_at = case when ${hasBegun} then null else ${by.at}::timestamptz end,
      taken_back_by = case when ${hasBegun} then null else ${by.label}::text end
    from (select s.id, s.plan_id, coalesce(s.next_plan_on, ${by.on}::date) as change_on from subscriptions s
      where s.tenant_id = ${trx.tenantId} and s.id = any(${uuidArray(subscriptionIds)}::uuid[])) c
    where p.tenant_id = ${trx.tenantId} and p.subscription_id = c.id and p.taken_back_at is null
      and p.only_plan_id = c.plan_id and (p.last_on is null or p.last_on >= c.change_on)`.execute(trx);
}

/** Whether any connection has or had a price of its own: lists ask only then. */
export async function hasOwnPrices(trx: TenantTransaction): Promise<boolean> {
  const { rows } = await sql<{ has: boolean }>`
    select exists (select from subscription_prices p where p.tenant_id = ${trx.tenantId}) as has`.execute(
    trx,
  );
  return rows[0]?.has ?? false;
}
