import { type Insertable, type Selectable, sql } from "kysely";
import type { BillsTable, PrepaidPurchasesTable } from "../db/schema.ts";
import { toRecordset } from "../db/recordset.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** Something that a plan sells up front. */
export interface PrepaidUnitRow {
  plan_id: string;
  unit: "days" | "months";
  count: number;
  /** Null: worked out from the price of the plan. */
  price_centavos: bigint | null;
}

/** What a plan sells up front: days before months, the shortest first. */
export async function listPrepaidUnits(trx: TenantTransaction, planId: string): Promise<PrepaidUnitRow[]> {
  return await trx.selectFrom("plan_prepaid_units").select(["plan_id", "unit", "count", "price_centavos"])
    .where("tenant_id", "=", trx.tenantId).where("plan_id", "=", planId).orderBy("unit").orderBy("count")
    .execute();
}

/** Units that a plan made by an import sells: those that its rows buy, at the price of the plan. */
export async function insertPrepaidUnits(
  trx: TenantTransaction,
  planId: string,
  units: readonly Pick<PrepaidUnitRow, "unit" | "count">[],
): Promise<void> {
  if (units.length === 0) return;
  await trx.insertInto("plan_prepaid_units")
    .values(
      units.map((unit) => ({ ...unit, price_centavos: null, tenant_id: trx.tenantId, plan_id: planId })),
    )
    .execute();
}

/** Puts these in place of what the plan sold up front. */
export async function replacePrepaidUnits(
  trx: TenantTransaction,
  planId: string,
  units: readonly Omit<PrepaidUnitRow, "plan_id">[],
): Promise<void> {
  await trx.deleteFrom("plan_prepaid_units").where("tenant_id", "=", trx.tenantId).where(
    "plan_id",
    "=",
    planId,
  )
    .execute();
  if (units.length === 0) return;
  await trx.insertInto("plan_prepaid_units")
    .values(units.map((unit) => ({ ...unit, tenant_id: trx.tenantId, plan_id: planId }))).execute();
}

/** A purchase as it was made. */
export type PurchaseRow = Selectable<PrepaidPurchasesTable>;

export async function insertPurchase(
  trx: TenantTransaction,
  purchase: Omit<Insertable<PrepaidPurchasesTable>, "tenant_id">,
): Promise<void> {
  await trx.insertInto("prepaid_purchases").values({ ...purchase, tenant_id: trx.tenantId }).execute();
}

/** A purchase as its form made it, with what became of its bill. */
export interface FirstPurchase extends
  Pick<
    PurchaseRow,
    "subscription_id" | "bill_id" | "unit" | "count" | "quantity" | "from_on" | "until_on"
  > {
  number: string;
  status: BillsTable["status"];
}

/** A purchase by the id of its form. */
export async function findPurchase(trx: TenantTransaction, id: string): Promise<FirstPurchase | null> {
  return await trx.withSchema("public").selectFrom("prepaid_purchases as p")
    .innerJoin(
      "bills as b",
      (on) => on.onRef("b.tenant_id", "=", "p.tenant_id").onRef("b.id", "=", "p.bill_id"),
    )
    .select([
      "p.subscription_id",
      "p.bill_id",
      "p.unit",
      "p.count",
      "p.quantity",
      "p.from_on",
      "p.until_on",
      "b.status",
    ])
    .select(({ ref }) => sql<string>`coalesce(${ref("b.number")}, '')`.as("number"))
    .where("p.tenant_id", "=", trx.tenantId).where("p.id", "=", id).executeTakeFirst() ?? null;
}

/** What a connection was charged last. */
export interface LastChargedRow {
  period_start: Temporal.PlainDate;
  period_end: Temporal.PlainDate;
  state: "billed" | "to_bill_again" | "never" | "unexplained";
  anchor_day: number | null;
}

/** The last stretch of days of a connection, whatever became of it. */
export async function findLastPeriod(
  trx: TenantTransaction,
  subscriptionId: string,
): Promise<LastChargedRow | null> {
  return await trx.withSchema("public").selectFrom("charged_periods").select([
    "period_start",
    "period_end",
    "state",
    "anchor_day",
  ])
    .where("tenant_id", "=", trx.tenantId).where("subscription_id", "=", subscriptionId)
    .orderBy("period_start", "desc").limit(1).executeTakeFirst() ?? null;
}

/** A bill of a purchase that is not paid any more: its payment was reversed. */
export async function findOpenPurchaseBill(
  trx: TenantTransaction,
  subscriptionId: string,
): Promise<{ id: string; number: string } | null> {
  const { rows } = await sql<{ id: string; number: string }>`
    select b.id, b.number from public.bills b where b.tenant_id = ${trx.tenantId} and b.subscription_id = ${subscriptionId}
      and b.kind = 'prepaid' and b.status = 'issued' and b.paid_centavos < b.total_centavos
    order by b.period_start limit 1`.execute(trx);
  return rows[0] ?? null;
}

/** Days that a purchase charges, with the terms that they are charged by. */
export interface NewCoverage {
  subscription_id: string;
  bill_id: string;
  plan_name: string;
  price_centavos: bigint;
  anchor_day: number;
  proration: "actual" | "days30";
  is_in_full: boolean;
  suspended_policy: "charge" | "skip";
  first_billed_on: Temporal.PlainDate;
  created_at: Temporal.Instant;
}

/** Adds the days of a purchase, and the days before them that nothing covered. */
export async function insertCoverage(
  trx: TenantTransaction,
  terms: NewCoverage,
  days: {
    covered: readonly { start: Temporal.PlainDate; end: Temporal.PlainDate }[];
    uncovered: { start: Temporal.PlainDate; end: Temporal.PlainDate } | null;
  },
): Promise<void> {
  const { subscription_id, created_at } = terms;
  const tenant_id = trx.tenantId;
  const all = days.covered.map(({ start, end }) => ({
    ...terms,
    tenant_id,
    period_start: start,
    period_end: end,
    state: "billed" as const,
  }));
  if (days.uncovered !== null) {
    const { start, end } = days.uncovered;
    const gap = { tenant_id, subscription_id, created_at, period_start: start, period_end: end };
    await trx.insertInto("charged_periods").values({ ...gap, state: "never", why: "uncovered" }).execute();
  }
  await trx.insertInto("charged_periods").values(all).execute();
}

/** Where a connection that is paid up front stands after a purchase, and what it buys next. */
export async function updatePrepaid(
  trx: TenantTransaction,
  subscriptionId: string,
  change: {
    billed_through_on?: Temporal.PlainDate | null;
    prepaid_unit?: "days" | "months";
    prepaid_count?: number;
    renews_itself?: boolean;
  },
): Promise<void> {
  await trx.updateTable("subscriptions").set(change).where("tenant_id", "=", trx.tenantId)
    .where("id", "=", subscriptionId).execute();
}

/**
 * Takes the days of a purchase out that was voided: they are never billed again (rule R6 is for bills of a run), and
 * neither are those before them that nothing covered. The connection stands where it stood before.
 */
export async function deleteCoverage(trx: TenantTransaction, billId: string): Promise<void> {
  await sql`
    with gone as (
      delete from charged_periods p using bills b where b.tenant_id = p.tenant_id and b.id = p.bill_id and b.kind = 'prepaid'
        and p.tenant_id = ${trx.tenantId} and p.bill_id = ${billId} returning p.subscription_id, p.period_start),
    first as (select subscription_id, min(period_start) as starts from gone group by 1),
    gap as (
      delete from charged_periods p using first f where p.tenant_id = ${trx.tenantId} and p.subscription_id = f.subscription_id
        and p.state = 'never' and p.why = 'uncovered' and p.period_end = f.starts
      returning p.subscription_id, p.period_start)
    update subscriptions c set billed_through_on = (select max(p.period_end) from charged_periods p
        where p.tenant_id = c.tenant_id and p.subscription_id = c.id
          and p.period_start < coalesce((select g.period_start from gap g where g.subscription_id = c.id), f.starts))
    from first f where c.tenant_id = ${trx.tenantId} and c.id = f.subscription_id`.execute(trx);
}

/** The bill of a purchase that begins after the days of this one, if any: taking this one out would leave a hole. */
export async function findLaterPurchase(
  trx: TenantTransaction,
  billId: string,
): Promise<{ number: string } | null> {
  const { rows } = await sql<{ number: string }>`
    select b.number from public.prepaid_purchases p
    join public.prepaid_purchases l on l.tenant_id = p.tenant_id and l.subscription_id = p.subscription_id and l.from_on > p.from_on
    join public.bills b on b.tenant_id = l.tenant_id and b.id = l.bill_id and b.status = 'issued'
    where p.tenant_id = ${trx.tenantId} and p.bill_id = ${billId} order by l.from_on desc limit 1`.execute(
    trx,
  );
  return rows[0] ?? null;
}

/**
 * The first day after those from a day on that a connection has bought up front, or that an earlier payer has paid for and
 * kept; null: none are left.
 */
export async function findBoughtUntil(
  trx: TenantTransaction,
  subscriptionId: string,
  day: Temporal.PlainDate,
): Promise<Temporal.PlainDate | null> {
  const { rows } = await sql<{ until: Temporal.PlainDate | null }>`
    select max(p.period_end) as until from public.charged_periods p
    join public.subscriptions c on c.tenant_id = p.tenant_id and c.id = p.subscription_id
    left join public.bills b on b.tenant_id = p.tenant_id and b.id = coalesce(p.bill_id, p.freed_bill_id)
    where p.tenant_id = ${trx.tenantId} and p.subscription_id = ${subscriptionId} and p.period_end > ${day}::date
      and (p.why = 'bought_before' or p.state in ('billed', 'to_bill_again')
        and (b.kind = 'prepaid' or b.subscriber_id <> c.subscriber_id))`.execute(trx);
  return rows[0]?.until ?? null;
}

/** The first day after a purchase that is charged in another way, if any: the connection got bills since. */
export async function findLaterCharge(
  trx: TenantTransaction,
  billId: string,
): Promise<Temporal.PlainDate | null> {
  const { rows } = await sql<{ starts: Temporal.PlainDate | null }>`
    select min(c.period_start) as starts from public.prepaid_purchases p
    join public.charged_periods c on c.tenant_id = p.tenant_id and c.subscription_id = p.subscription_id
      and c.period_start >= p.until_on
    where p.tenant_id = ${trx.tenantId} and p.bill_id = ${billId}`.execute(trx);
  return rows[0]?.starts ?? null;
}

/** Whether days of a purchase were settled already: its service has ended, or its plan changed inside. */
export async function isPurchaseSettled(trx: TenantTransaction, billId: string): Promise<boolean> {
  const { rows } = await sql<{ id: string }>`
    select b.id from public.bills b join public.subscriptions c on c.tenant_id = b.tenant_id and c.id = b.subscription_id
    where b.tenant_id = ${trx.tenantId} and b.id = ${billId} and (c.status = 'cancelled' or exists (
      select from public.charged_periods p where p.tenant_id = b.tenant_id and p.subscription_id = c.id and p.bill_id = b.id
        and p.rest_price_centavos is not null))`.execute(trx);
  return rows.length > 0;
}

/** Connections that renew themselves and whose coverage has ended on or before a day. */
export async function listRenewing(
  trx: TenantTransaction,
  on: Temporal.PlainDate,
  subscriberId?: string,
): Promise<{ id: string; subscriber_id: string }[]> {
  const which = subscriberId === undefined ? sql`true` : sql`c.subscriber_id = ${subscriberId}`;
  const { rows } = await sql<{ id: string; subscriber_id: string }>`
    select c.id, c.subscriber_id from subscriptions c
    where c.tenant_id = ${trx.tenantId} and c.billing_mode = 'prepaid' and c.renews_itself
      and c.status in ('active', 'disconnected') and c.billed_through_on <= ${on}::date and ${which}
      and not exists (select from service_ends e where e.tenant_id = c.tenant_id and e.subscription_id = c.id
        and e.state = 'planned' and e.last_on < c.billed_through_on)
      and exists (select from credit_sources s where s.tenant_id = c.tenant_id and s.subscriber_id = c.subscriber_id
        and s.ended_at is null and s.used_centavos < s.amount_centavos)
    order by c.id`.execute(trx);
  return rows;
}

/** Notes days that nothing covered. */
export async function insertUncovered(
  trx: TenantTransaction,
  rows: readonly { subscription_id: string; period_start: string; period_end: string }[],
  at: Temporal.Instant,
): Promise<void> {
  if (rows.length === 0) return;
  await sql`
    insert into charged_periods (tenant_id, subscription_id, period_start, period_end, state, why, created_at)
    select ${trx.tenantId}::uuid, r.subscription_id, r.period_start, r.period_end, 'never', 'uncovered', ${at}
    from jsonb_to_recordset(${
    toRecordset(rows)
  }::jsonb) as r(subscription_id uuid, period_start date, period_end date)`
    .execute(trx);
}
