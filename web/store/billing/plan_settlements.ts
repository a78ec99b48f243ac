import { sql } from "kysely";
import { toRecordset } from "../db/recordset.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";
import { uuidArray } from "./bill_run.ts";

/** A memo by which days that were billed in advance were settled when their plan changed. */
export interface PlanSettlement {
  /** The credit memo or the bill that is the debit memo. */
  id: string;
  subscriberId: string;
  /** Null: a credit memo of before this was kept does not say it. */
  subscriptionId: string | null;
  /** The bill that charged those days; null: not known, or several. */
  billId: string | null;
  /** Name of the plan that it was settled to. */
  plan: string;
  /** What was billed by this day was settled; bills of later days have the new price themselves. */
  settledOn: Temporal.PlainDate;
  fromOn: Temporal.PlainDate;
  /** Exclusive; null: not known. */
  untilOn: Temporal.PlainDate | null;
}

/** A period whose rest was settled. */
export interface SettledPeriodRow {
  subscription_id: string;
  rest_plan_name: string;
  period_end: Temporal.PlainDate;
  first_billed_on: Temporal.PlainDate;
  /** Its service has ended: the rest was counted by that price. */
  is_over: boolean;
}

/** Periods that a settlement may have been of: those of bills of the same subscriber, whoever has the connection now. */
export async function listSettledPeriods(
  trx: TenantTransaction,
  settlement: PlanSettlement,
): Promise<SettledPeriodRow[]> {
  const { rows } = await sql<SettledPeriodRow>`
    select p.subscription_id, p.rest_plan_name, p.period_end, p.first_billed_on, c.status = 'cancelled' as is_over
    from public.charged_periods p join public.subscriptions c on c.tenant_id = p.tenant_id and c.id = p.subscription_id
    join public.bills b on b.tenant_id = p.tenant_id and b.id = coalesce(p.bill_id, p.freed_bill_id)
    where b.subscriber_id = ${settlement.subscriberId} and ${settledBy(trx, settlement)}`.execute(trx);
  return rows;
}

function settledBy(
  trx: TenantTransaction,
  { subscriptionId, billId, settledOn, fromOn, untilOn }: PlanSettlement,
) {
  return sql`p.tenant_id = ${trx.tenantId} and p.rest_plan_name is not null
    and (${subscriptionId}::uuid is null or p.subscription_id = ${subscriptionId}::uuid)
    and (${billId}::uuid is null or p.bill_id = ${billId}::uuid) and p.first_billed_on <= ${settledOn}::date
    and p.period_end > ${fromOn}::date and (${untilOn}::date is null or p.period_start < ${untilOn}::date)`;
}

/**
 * Whether the days of these periods may have been settled by another live memo too: one of the same connection, made
 * while one of them was billed and not over. A memo that does not say its connection may be of any; one of another bill
 * settled that one's days.
 */
export async function isSettledAgain(
  trx: TenantTransaction,
  { id, subscriberId, subscriptionId, billId }: PlanSettlement,
  periods: readonly SettledPeriodRow[],
): Promise<boolean> {
  const days = toRecordset(periods.map((row) => ({
    billed: row.first_billed_on.toString(),
    ends: row.period_end.toString(),
  })));
  const { rows } = await sql<{ id: string }>`
    with days as materialized (select * from jsonb_to_recordset(${days}::jsonb) as r(billed date, ends date))
    select m.id from public.credit_memos m left join public.bills o on o.tenant_id = m.tenant_id and o.id = m.bill_id
    where m.tenant_id = ${trx.tenantId} and m.subscriber_id = ${subscriberId}
      and m.id <> ${id} and m.voided_at is null and m.reason like '{"code":"memo_plan_changed"%'
      and coalesce(m.subscription_id, o.subscription_id, ${subscriptionId}::uuid) = ${subscriptionId}::uuid
      and (m.bill_id is null or ${billId}::uuid is null or m.bill_id = ${billId}::uuid)
      and exists (select from days where m.issued_on >= days.billed and m.issued_on < days.ends)
    union all
    select b.id from public.bills b where b.tenant_id = ${trx.tenantId} and b.subscriber_id = ${subscriberId}
      and b.id <> ${id} and b.kind = 'debit_memo' and b.status = 'issued' and b.subscription_id = ${subscriptionId}::uuid
      and exists (select from days where b.issued_on >= days.billed and b.issued_on < days.ends)
      and exists (select from public.bill_lines l where l.tenant_id = b.tenant_id and l.bill_id = b.id
        and l.description like '{"code":"line_plan_unused"%')
    limit 1`.execute(trx);
  return rows.length > 0;
}

/** The periods of a settlement that is taken back are paid by their own plan again. */
export async function clearRestSettled(trx: TenantTransaction, settlement: PlanSettlement): Promise<void> {
  await sql`
    update charged_periods p set rest_plan_name = null, rest_price_centavos = null
    where ${settledBy(trx, settlement)}`.execute(trx);
}

/** A billed period whose days from a day on are charged by another plan. */
export interface RestSettledRow {
  subscription_id: string;
  period_start: Temporal.PlainDate;
  period_end: Temporal.PlainDate;
  /** First day of the last settlement. */
  from_on: Temporal.PlainDate;
  /** Of a whole period. */
  rest_price_centavos: bigint;
  anchor_day: number;
  is_in_full: boolean;
}

/** Periods of connections whose rest was settled by memos that stand, with the day of the last one. */
export async function listRestSettled(
  trx: TenantTransaction,
  subscriptionIds: readonly string[],
): Promise<RestSettledRow[]> {
  if (subscriptionIds.length === 0) return [];
  const { rows } = await sql<RestSettledRow>`
    select p.subscription_id, p.period_start, p.period_end, greatest(p.period_start, max(memo.made_on)) as from_on,
      p.rest_price_centavos, p.anchor_day, p.is_in_full
    from public.charged_periods p join lateral (
      select m.issued_on as made_on from public.credit_memos m left join public.bills o on o.tenant_id = m.tenant_id and o.id = m.bill_id
      where m.tenant_id = p.tenant_id and m.voided_at is null and m.reason like '{"code":"memo_plan_changed"%'
        and (m.subscription_id = p.subscription_id or m.subscription_id is null and o.subscription_id = p.subscription_id)
      union all
      select b.issued_on from public.bills b
      where b.tenant_id = p.tenant_id and b.subscription_id = p.subscription_id and b.kind = 'debit_memo'
        and b.status = 'issued' and exists (select from public.bill_lines l where l.tenant_id = b.tenant_id
          and l.bill_id = b.id and l.description like '{"code":"line_plan_unused"%')) memo
      on memo.made_on >= p.first_billed_on and memo.made_on < p.period_end
    where p.tenant_id = ${trx.tenantId} and p.subscription_id = any(${uuidArray(subscriptionIds)}::uuid[])
      and p.rest_price_centavos is not null
    group by p.tenant_id, p.subscription_id, p.period_start`.execute(trx);
  return rows;
}
