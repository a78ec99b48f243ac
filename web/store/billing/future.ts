import { sql } from "kysely";
import type { BillLinesTable } from "../db/schema.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";
import { keptFromFuture } from "./future_kept.ts";

/** Now, by a clock that is believed: what is stamped later was made by a wrong one. */
export interface FutureMoment {
  /** Business date. */
  today: Temporal.PlainDate;
  /** Real time. */
  now: Temporal.Instant;
}

/** What a wrong clock has left behind. */
export interface FutureFigures {
  bills: number;
  billedCentavos: bigint;
  /** Outage credit that was given on them. */
  memos: number;
  /** Days that count as run although they have not come. */
  days: number;
  /** The last of them; null when there is nothing. */
  untilOn: Temporal.PlainDate | null;
  /** Connections that runs of these days cut, and that are off by it now. */
  cut: number;
}

/** A bill of the future, with what it takes to void it. */
export interface FutureBill {
  id: string;
  subscriber_id: string;
  subscription_id: string;
  number: string;
  period_start: Temporal.PlainDate;
  total_centavos: bigint;
  lines: BillLines[];
}

interface BillLines {
  kind: BillLinesTable["kind"];
  amount_centavos: string;
  vat_centavos: string;
}

/** Counts what {@link listFutureBills} and the rest of this file take back. */
export async function readFuture(trx: TenantTransaction, moment: FutureMoment): Promise<FutureFigures> {
  const { rows } = await sql<FutureFigures>`
    select b.n as bills, b.amount as "billedCentavos", m.n as memos, r.days,
      greatest(b.last, m.last, r.last) as "untilOn", (
      select count(*)::int from block_reasons k where k.tenant_id = ${trx.tenantId} and k.reason = 'nonpayment'
        and k.removed_at is null and k.run_id = any(r.ids)) as cut
    from (select count(*)::int as n, coalesce(sum(total_centavos), 0)::bigint as amount, max(issued_on) as last
      from bills b where ${isFutureBill(trx, moment)}) b,
      (select count(*)::int as n, max(m.issued_on) as last from credit_memos m
        where ${isFutureOutageMemo(trx, moment)}) m,
      (select count(distinct business_on)::int as days, max(business_on) as last,
        coalesce(array_agg(r.id), '{}') as ids from runs r where ${isFutureRun(trx, moment)}) r`.execute(trx);
  const [row] = rows;
  if (row === undefined) throw new Error("Cannot count what a wrong clock has made: no row came back");
  return row;
}

/** A part of the bills of the future: those of the first subscribers, whole. */
export async function listFutureBills(
  trx: TenantTransaction,
  moment: FutureMoment,
  limit: { subscribers: number } | { subscriberIds: readonly string[] },
): Promise<FutureBill[]> {
  const who = "subscriberIds" in limit
    ? sql`b.subscriber_id = any(${[...limit.subscriberIds]}::uuid[])`
    : sql`b.subscriber_id in (select distinct b.subscriber_id from bills b where ${isFutureBill(trx, moment)}
        order by 1 limit ${limit.subscribers})`;
  const { rows } = await sql<FutureBill>`
    select b.id, b.subscriber_id, b.subscription_id, b.number, b.period_start, b.total_centavos,
      (select jsonb_agg(jsonb_build_object('kind', l.kind, 'amount_centavos', l.amount_centavos::text,
        'vat_centavos', l.vat_centavos::text)
        order by l.line_no) from bill_lines l where l.tenant_id = b.tenant_id and l.bill_id = b.id) as lines
    from bills b where ${isFutureBill(trx, moment)} and ${who}
    order by b.subscriber_id, b.period_start, b.id`.execute(trx);
  return rows;
}

/** Subscribers whose connection a run of the future has cut. */
export async function listCutInFuture(
  trx: TenantTransaction,
  moment: FutureMoment,
): Promise<{ subscription_id: string; subscriber_id: string }[]> {
  const { rows } = await sql<{ subscription_id: string; subscriber_id: string }>`
    select k.subscription_id, c.subscriber_id from block_reasons k
    join subscriptions c on c.tenant_id = k.tenant_id and c.id = k.subscription_id
    where k.tenant_id = ${trx.tenantId} and k.reason = 'nonpayment' and k.removed_at is null
      and k.run_id in (select r.id from runs r where ${isFutureRun(trx, moment)})
    order by c.subscriber_id, k.subscription_id`.execute(trx);
  return rows;
}

/** Voids bills, all of them at once. */
export async function updateBillsVoid(
  trx: TenantTransaction,
  billIds: readonly string[],
  voided: { voided_at: Temporal.Instant; void_reason: string },
): Promise<void> {
  await trx.updateTable("bills").set({ ...voided, status: "void", late_fee_look_on: null }).where(
    "tenant_id",
    "=",
    trx.tenantId,
  )
    .where("id", "in", [...billIds]).execute();
}

/**
 * Puts connections back to where they stood before the wrong clock: days that were charged or passed over for the first
 * time then are taken out, and those whose bills had stopped before stand stopped again. Periods that were billed again
 * then stay freed: their first bill is older. The next run looks at all of them.
 */
export async function reopenFuture(
  trx: TenantTransaction,
  moment: FutureMoment,
  subscriberIds: readonly string[] | "all",
): Promise<string[]> {
  const whose = subscriberIds === "all"
    ? sql`true`
    : sql`c.subscriber_id = any(${[...subscriberIds]}::uuid[])`;
  const { rows } = await sql<{ id: string }>`
    with taken as (
      delete from charged_periods p using subscriptions c
      where p.tenant_id = ${trx.tenantId} and c.tenant_id = p.tenant_id and c.id = p.subscription_id and ${whose}
        and p.created_at > ${moment.now} and p.state <> 'billed' and c.id not in (${
    keptFromFuture(trx, moment.now)
  })
      returning p.subscription_id, p.period_start, p.why, p.stopped_at),
    place as (
      select c.id, min(t.period_start) as first_on,
        (array_agg(t.period_start order by t.period_start) filter (where t.why = 'stopped'
          and t.stopped_at <= ${moment.now}))[1] as stop_on,
        (array_agg(t.stopped_at order by t.period_start) filter (where t.why = 'stopped'
          and t.stopped_at <= ${moment.now}))[1] as stop_at
      from subscriptions c left join taken t on t.subscription_id = c.id
      where c.tenant_id = ${trx.tenantId} and ${whose} and (t.subscription_id is not null
        or c.stopped_at > ${moment.now})
      group by c.id)
    update subscriptions c set
      billed_through_on = case when p.first_on is null then c.billed_through_on
        when c.activated_on = p.first_on and c.import_batch_id is null then null else p.first_on end,
      stopped_from_on = case when p.stop_at is not null then p.stop_on
        when c.stopped_at > ${moment.now} then null else c.stopped_from_on end,
      stopped_at = case when p.stop_at is not null then p.stop_at
        when c.stopped_at > ${moment.now} then null else c.stopped_at end,
      next_bill_on = case when c.next_bill_on is not null then least(c.next_bill_on, ${moment.today}::date) end
    from place p where c.tenant_id = ${trx.tenantId} and c.id = p.id returning c.id`.execute(trx);
  return rows.map((row) => row.id).sort();
}

/** Prices that were agreed by a wrong clock count as agreed today. */
export async function updateFuturePrices(
  trx: TenantTransaction,
  { today, now }: FutureMoment,
): Promise<void> {
  await sql`update plan_prices set agreed_on = least(agreed_on, ${today}::date)
    where tenant_id = ${trx.tenantId} and agreed_at > ${now} and agreed_on > ${today}`.execute(trx);
}

/** Dates of the future in block reasons become today: what was put on or taken off then, was so today. */
export async function updateFutureBlockDates(
  trx: TenantTransaction,
  { today, now }: FutureMoment,
): Promise<void> {
  await sql`
    update block_reasons set
      added_on = case when added_at > ${now} then least(added_on, ${today}::date) else added_on end,
      removed_on = case when removed_at > ${now} then least(removed_on, ${today}::date) else removed_on end
    where tenant_id = ${trx.tenantId} and (added_at > ${now} and added_on > ${today}
      or removed_at > ${now} and removed_on > ${today})`.execute(trx);
}

/** A plan change that a run of the future has made for good. */
export interface FuturePlanChange {
  subscription_id: string;
  from_plan_id: string;
  to_plan_id: string;
  effective_on: Temporal.PlainDate;
}

/** Newest first. */
export async function listFuturePlanChanges(
  trx: TenantTransaction,
  { today, now }: FutureMoment,
): Promise<FuturePlanChange[]> {
  const { rows } = await sql<FuturePlanChange>`
    select subject_id as subscription_id, details ->> 'from_plan_id' as from_plan_id,
      details ->> 'to_plan_id' as to_plan_id, (details ->> 'effective_on')::date as effective_on
    from audit_entries where tenant_id = ${trx.tenantId} and action = 'subscription.plan_changed' and at > ${now}
      and details ? 'from_plan_id' and (details ->> 'effective_on')::date > ${today}
    order by sequence desc`.execute(trx);
  return rows;
}

/** Makes a plan change wait again, unless somebody has changed the plan since. */
export async function updatePlanChangeWaits(
  trx: TenantTransaction,
  change: FuturePlanChange,
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update subscriptions set plan_id = ${change.from_plan_id},
      next_plan_id = coalesce(next_plan_id, ${change.to_plan_id}::uuid),
      next_plan_on = coalesce(next_plan_on, ${change.effective_on}::date)
    where tenant_id = ${trx.tenantId} and id = ${change.subscription_id} and plan_id = ${change.to_plan_id}`
    .execute(trx);
  return numAffectedRows === 1n;
}

/** Ends the runs of the future: their days are run again when they come. */
export async function updateFutureRunsTakenBack(
  trx: TenantTransaction,
  moment: FutureMoment,
  why: string,
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    update runs r set status = 'taken_back', error_message = ${why}, finished_at = coalesce(finished_at, created_at)
    where ${isFutureRun(trx, moment)} returning r.id`.execute(trx);
  return rows.map((row) => row.id);
}

function isFutureBill(trx: TenantTransaction, { today, now }: FutureMoment) {
  return sql`b.tenant_id = ${trx.tenantId} and b.status = 'issued' and b.issued_on > ${today} and b.created_at > ${now}
    and not b.is_imported and b.subscription_id not in (${keptFromFuture(trx, now)})`;
}

/** Money that was paid back of a memo cannot be taken back with it. */
export function isFutureOutageMemo(trx: TenantTransaction, { today, now }: FutureMoment) {
  return sql`m.tenant_id = ${trx.tenantId} and m.kind = 'outage' and m.voided_at is null and m.issued_on > ${today}
    and m.recorded_at > ${now} and exists (select from outage_credits g
      where g.tenant_id = m.tenant_id and g.memo_id = m.id)
    and not exists (select from refund_shares h join refunds r on r.tenant_id = h.tenant_id and r.id = h.refund_id
      and r.reversed_at is null where h.tenant_id = m.tenant_id and h.source_id = m.id)`;
}

function isFutureRun(trx: TenantTransaction, { today, now }: FutureMoment) {
  return sql`r.tenant_id = ${trx.tenantId} and r.status <> 'taken_back' and r.created_at > ${now}
    and r.business_on >= ${today}`;
}
