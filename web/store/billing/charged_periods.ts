import { type Insertable, sql } from "kysely";
import { toRecordset } from "../db/recordset.ts";
import type { ChargedPeriodsTable } from "../db/schema.ts";
import { pricedLine } from "./bills.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";
import { uuidArray } from "./bill_run.ts";
import { billedTo } from "./payer_changes.ts";

/** Why days will never be billed. */
export type NeverBilledReason = "stopped" | "suspended" | "free" | "decided";

/** Days of a connection that will never be billed. Half-open. */
export interface NeverBilled {
  subscription_id: string;
  period_start: string;
  period_end: string;
  why: NeverBilledReason;
  /** When its bills stopped; for taking that back. */
  stopped_at: Temporal.Instant | null;
}

/** Notes days that are passed over for good. */
export async function insertNeverBilled(
  trx: TenantTransaction,
  rows: readonly NeverBilled[],
  at: Temporal.Instant,
): Promise<void> {
  if (rows.length === 0) return;
  await sql`
    insert into charged_periods (tenant_id, subscription_id, period_start, period_end, state, why, stopped_at, created_at)
    select ${trx.tenantId}::uuid, r.subscription_id, r.period_start, r.period_end, 'never', r.why, r.stopped_at, ${at}
    from jsonb_to_recordset(${
    toRecordset(rows)
  }::jsonb) as r(subscription_id uuid, period_start date, period_end date,
      why text, stopped_at timestamptz)`.execute(trx);
}

/** Makes periods that were to be billed again into ones that never will be: every day of them was suspended. */
export async function updateNeverBilled(
  trx: TenantTransaction,
  rows: readonly { subscription_id: string; period_start: string }[],
): Promise<void> {
  if (rows.length === 0) return;
  await sql`
    update charged_periods p set state = 'never', why = 'suspended', freed_bill_id = null
    from jsonb_to_recordset(${toRecordset(rows)}::jsonb) as r(subscription_id uuid, period_start date)
    where p.tenant_id = ${trx.tenantId} and p.subscription_id = r.subscription_id
      and p.period_start = r.period_start`.execute(trx);
}

/** A period whose bill was voided, with its terms. */
export interface FreedPeriodRow {
  subscription_id: string;
  /** Null: a person decided that it is billed. */
  freed_bill_id: string | null;
  /** Who was billed for it, or had the connection then; null: who has it now. */
  payer_id: string | null;
  period_start: Temporal.PlainDate;
  period_end: Temporal.PlainDate;
  plan_name: string;
  price_centavos: bigint;
  anchor_day: number;
  proration: "actual" | "days30";
  is_in_full: boolean;
  suspended_policy: "charge" | "skip";
  first_billed_on: Temporal.PlainDate;
  own_kind: "price" | "amount_off" | "percent_off" | null;
  own_amount_centavos: bigint | null;
  own_basis_points: number | null;
  own_until_on: Temporal.PlainDate | null;
  list_price_centavos: bigint | null;
  /** Taken off by live bills for suspended days of it. */
  credited_centavos: bigint;
}

/** Periods that are to be billed again. */
export async function listFreedPeriods(
  trx: TenantTransaction,
  subscriptionIds: readonly string[],
): Promise<FreedPeriodRow[]> {
  const { rows } = await sql<FreedPeriodRow>`
    select p.subscription_id, p.freed_bill_id, p.period_start, p.period_end, p.plan_name, p.price_centavos, p.anchor_day,
      nullif(coalesce(f.subscriber_id, ${
    billedTo(sql`p.period_start`)
  }), c.subscriber_id) as payer_id, p.proration, p.is_in_full, p.suspended_policy, p.first_billed_on,
      p.own_kind, p.own_amount_centavos, p.own_basis_points, p.own_until_on, p.list_price_centavos,
      (select coalesce(-sum(${pricedLine("b", "l")}), 0)::bigint from public.bills b
        join public.bill_lines l on l.tenant_id = b.tenant_id and l.bill_id = b.id
        where b.tenant_id = p.tenant_id and b.subscription_id = p.subscription_id and b.status = 'issued'
          and b.kind <> 'debit_memo' and l.amount_centavos < 0 and l.period_start = p.period_start and l.period_end = p.period_end
      ) as credited_centavos
    from public.charged_periods p join public.subscriptions c on c.tenant_id = p.tenant_id and c.id = p.subscription_id
    left join public.bills f on f.tenant_id = p.tenant_id and f.id = p.freed_bill_id
    where p.tenant_id = ${trx.tenantId} and p.subscription_id = any(${uuidArray(subscriptionIds)}::uuid[])
      and p.state = 'to_bill_again' order by p.subscription_id, p.period_start`.execute(trx);
  return rows;
}

/**
 * Connections that have days charged beyond the day up to which they count as billed: something is wrong with them. The
 * last period is found by its key; it may begin before that day and still end after it.
 */
export async function listAheadOfThemselves(
  trx: TenantTransaction,
  subscriptionIds: readonly string[],
): Promise<Set<string>> {
  const { rows } = await sql<{ id: string }>`
    select c.id from subscriptions c
    where c.tenant_id = ${trx.tenantId} and c.id = any(${uuidArray(subscriptionIds)}::uuid[])
      and (select p.period_end from charged_periods p where p.tenant_id = c.tenant_id and p.subscription_id = c.id
        order by p.period_start desc limit 1) > coalesce(c.billed_through_on, '-infinity'::date)`.execute(
    trx,
  );
  return new Set(rows.map((row) => row.id));
}

/** Frees the periods of bills that were voided: the next run bills them again at their own price (rule R6). */
export async function freePeriods(
  trx: TenantTransaction,
  billIds: readonly string[],
  today: Temporal.PlainDate,
): Promise<void> {
  await sql`
    with freed as (
      update charged_periods p set state = 'to_bill_again', freed_bill_id = p.bill_id, bill_id = null
      from (select distinct l.subscription_id, l.period_start, l.bill_id from bill_lines l
        where l.tenant_id = ${trx.tenantId} and l.bill_id = any(${uuidArray(billIds)}::uuid[])) line
      where p.tenant_id = ${trx.tenantId} and p.subscription_id = line.subscription_id
        and p.period_start = line.period_start and p.bill_id = line.bill_id and p.state = 'billed'
      returning p.subscription_id)
    update subscriptions c set next_bill_on = least(c.next_bill_on, ${today}::date)
    where c.tenant_id = ${trx.tenantId} and c.id in (select subscription_id from freed)`.execute(trx);
}

/** A period that was billed and is not over, with what its rest is charged by. */
export interface ChargedAheadRow {
  /** Null: it is to be billed again. */
  bill_id: string | null;
  period_start: Temporal.PlainDate;
  period_end: Temporal.PlainDate;
  plan_name: string;
  /** Of a whole period. */
  price_centavos: bigint;
  anchor_day: number;
  /** The price of a whole period for a part of one. */
  is_in_full: boolean;
}

/**
 * Periods of a connection that were billed to who pays now and reach beyond a day, also those that are to be billed again;
 * in order. What an earlier payer has kept is not given back to the one after.
 */
export async function listChargedAhead(
  trx: TenantTransaction,
  subscriptionId: string,
  day: Temporal.PlainDate,
): Promise<ChargedAheadRow[]> {
  const { rows } = await sql<ChargedAheadRow>`
    select p.bill_id, p.period_start, p.period_end, coalesce(p.rest_plan_name, p.plan_name) as plan_name,
      coalesce(p.rest_price_centavos, p.price_centavos) as price_centavos, p.anchor_day, p.is_in_full
    from public.charged_periods p join public.subscriptions c on c.tenant_id = p.tenant_id and c.id = p.subscription_id
    left join public.bills b on b.tenant_id = p.tenant_id and b.id = coalesce(p.bill_id, p.freed_bill_id)
    where p.tenant_id = ${trx.tenantId} and p.subscription_id = ${subscriptionId}
      and p.state in ('billed', 'to_bill_again') and p.period_end > ${day}
      and (b.id is null or b.subscriber_id = c.subscriber_id) order by p.period_start`.execute(
    trx,
  );
  return rows;
}

/** Notes by which plan the days of billed periods from a day on were settled. */
export async function updateRestSettled(
  trx: TenantTransaction,
  subscriptionId: string,
  day: Temporal.PlainDate,
  plan: { name: string; priceCentavos: bigint },
): Promise<void> {
  await trx.updateTable("charged_periods")
    .set({ rest_plan_name: plan.name, rest_price_centavos: plan.priceCentavos })
    .where("tenant_id", "=", trx.tenantId).where("subscription_id", "=", subscriptionId)
    .where("state", "in", ["billed", "to_bill_again"]).where("period_end", ">", day).execute();
}

/** The periods of a bill that was voided are never billed: a person decided so. */
export async function endPeriods(trx: TenantTransaction, billId: string): Promise<void> {
  await sql`
    update charged_periods set state = 'never', why = 'decided', bill_id = null
    where tenant_id = ${trx.tenantId} and bill_id = ${billId} and state = 'billed'`.execute(trx);
}

/**
 * Whether days that a bill charges were given back elsewhere: settled when their plan changed, or taken off another live
 * bill because they were suspended. Were they never billed, they would be given back twice.
 */
export async function hasDaysGivenBack(trx: TenantTransaction, billId: string): Promise<boolean> {
  const { rows } = await sql<{ has: boolean }>`
    select exists (select from public.charged_periods p where p.tenant_id = ${trx.tenantId} and p.bill_id = ${billId}
      and p.state = 'billed' and (p.rest_price_centavos is not null or exists (
        select from public.bills b join public.bill_lines l on l.tenant_id = b.tenant_id and l.bill_id = b.id
        where b.tenant_id = p.tenant_id and b.subscription_id = p.subscription_id and b.status = 'issued'
          and b.kind <> 'debit_memo' and l.kind = 'recurring' and l.amount_centavos < 0
          and l.period_start = p.period_start and l.period_end = p.period_end))) as has`.execute(trx);
  return rows[0]?.has === true;
}

/** Whether a bill charges periods of a service that has ended: no run bills them again. */
export async function hasPeriodsOfEnded(trx: TenantTransaction, billId: string): Promise<boolean> {
  const { rows } = await sql<{ has: boolean }>`
    select exists (select from public.charged_periods p join public.subscriptions c on c.tenant_id = p.tenant_id and c.id = p.subscription_id
      where p.tenant_id = ${trx.tenantId} and p.bill_id = ${billId} and p.state = 'billed' and c.status = 'cancelled') as has`
    .execute(trx);
  return rows[0]?.has === true;
}

/** Whether a bill charges periods, which can be billed again when it is void. */
export async function hasBilledPeriods(trx: TenantTransaction, billId: string): Promise<boolean> {
  const row = await trx.withSchema("public").selectFrom("charged_periods").select("period_start").where(
    "tenant_id",
    "=",
    trx.tenantId,
  )
    .where("bill_id", "=", billId).where("state", "=", "billed").limit(1).executeTakeFirst();
  return row !== undefined;
}

/** Notes days that a bill charges which no run made. */
export async function insertBilledPeriods(
  trx: TenantTransaction,
  rows: readonly Omit<Insertable<ChargedPeriodsTable>, "tenant_id" | "state">[],
): Promise<void> {
  if (rows.length === 0) return;
  await trx.insertInto("charged_periods")
    .values(rows.map((row) => ({ ...row, tenant_id: trx.tenantId, state: "billed" as const }))).execute();
}
