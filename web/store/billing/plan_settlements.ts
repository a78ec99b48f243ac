import { sql } from "kysely";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** A memo by which days that were billed in advance were settled when their plan changed. */
export interface PlanSettlement {
  /** The credit memo or the bill that is the debit memo. */
  id: string;
  subscriberId: string;
  /** Null: a credit memo does not say it. */
  subscriptionId: string | null;
  /** The bill that charged those days; null: not known, or several. */
  billId: string | null;
  /** Name of the plan that it was settled to. */
  plan: string;
  fromOn: Temporal.PlainDate;
  /** Exclusive; null: not known. */
  untilOn: Temporal.PlainDate | null;
}

/** A period whose rest was settled. */
export interface SettledPeriodRow {
  subscription_id: string;
  rest_plan_name: string;
  /** Its service has ended: the rest was counted by that price. */
  is_over: boolean;
}

/** Periods that a settlement may have been of. */
export async function listSettledPeriods(
  trx: TenantTransaction,
  { subscriberId, subscriptionId, billId, fromOn, untilOn }: PlanSettlement,
): Promise<SettledPeriodRow[]> {
  const { rows } = await sql<SettledPeriodRow>`
    select p.subscription_id, p.rest_plan_name, c.status = 'cancelled' as is_over
    from charged_periods p join subscriptions c on c.tenant_id = p.tenant_id and c.id = p.subscription_id
    where p.tenant_id = ${trx.tenantId} and c.subscriber_id = ${subscriberId} and p.rest_plan_name is not null
      and (${subscriptionId}::uuid is null or c.id = ${subscriptionId}::uuid)
      and (${billId}::uuid is null or p.bill_id = ${billId}::uuid)
      and p.period_end > ${fromOn}::date and (${untilOn}::date is null or p.period_start < ${untilOn}::date)`
    .execute(trx);
  return rows;
}

/** Whether the plan of the same days may have been settled by another live memo too. Days reach two cycles ahead at most. */
export async function isSettledAgain(
  trx: TenantTransaction,
  { id, subscriberId, fromOn }: PlanSettlement,
): Promise<boolean> {
  const near = [fromOn.subtract({ days: 62 }), fromOn.add({ days: 62 })] as const;
  const { rows } = await sql<{ id: string }>`
    select m.id from credit_memos m where m.tenant_id = ${trx.tenantId} and m.subscriber_id = ${subscriberId}
      and m.id <> ${id} and m.voided_at is null and m.reason like '{"code":"memo_plan_changed"%'
      and m.issued_on between ${near[0]}::date and ${near[1]}::date
    union all
    select b.id from bills b where b.tenant_id = ${trx.tenantId} and b.subscriber_id = ${subscriberId}
      and b.id <> ${id} and b.kind = 'debit_memo' and b.status = 'issued'
      and b.issued_on between ${near[0]}::date and ${near[1]}::date
      and exists (select from bill_lines l where l.tenant_id = b.tenant_id and l.bill_id = b.id
        and l.description like '{"code":"line_plan_unused"%')
    limit 1`.execute(trx);
  return rows.length > 0;
}

/** The periods of a settlement that is taken back are paid by their own plan again. */
export async function clearRestSettled(
  trx: TenantTransaction,
  subscriptionId: string,
  { billId, fromOn, untilOn }: PlanSettlement,
): Promise<void> {
  await sql`
    update charged_periods p set rest_plan_name = null, rest_price_centavos = null
    where p.tenant_id = ${trx.tenantId} and p.subscription_id = ${subscriptionId} and p.rest_plan_name is not null
      and (${billId}::uuid is null or p.bill_id = ${billId}::uuid)
      and p.period_end > ${fromOn}::date and (${untilOn}::date is null or p.period_start < ${untilOn}::date)`
    .execute(trx);
}
