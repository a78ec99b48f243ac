import { sql } from "kysely";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** A plan change that waits for its cycle, or has come. */
export interface PlanChangeRow {
  id: string;
  subscriber_id: string;
  plan_id: string;
  plan_name: string;
  next_plan_id: string;
  next_plan_name: string;
  next_plan_on: Temporal.PlainDate;
  /** Every day before the change has been billed: the old plan is needed no more. */
  is_settled: boolean;
}

/** Changes whose day has come, in id order; `limit` of them after `after`. */
export async function listPlanChangesDue(
  trx: TenantTransaction,
  businessOn: Temporal.PlainDate,
  page: { after: string | null; limit: number },
): Promise<PlanChangeRow[]> {
  const after = page.after === null ? sql`true` : sql`c.id > ${page.after}`;
  const { rows } = await sql<PlanChangeRow>`
    select c.id, c.subscriber_id, c.plan_id, p.name as plan_name, c.next_plan_id, n.name as next_plan_name, c.next_plan_on,
      c.next_bill_on is null or coalesce(c.billed_through_on >= c.next_plan_on, false) as is_settled
    from subscriptions c
    join plans p on p.tenant_id = c.tenant_id and p.id = c.plan_id
    join plans n on n.tenant_id = c.tenant_id and n.id = c.next_plan_id
    where c.tenant_id = ${trx.tenantId} and c.next_plan_on <= ${businessOn} and ${after}
    order by c.id limit ${page.limit}`.execute(trx);
  return rows;
}

/** Makes the next plan the plan of these subscriptions, as long as it is still the one that was read. */
export async function updatePlansChanged(
  trx: TenantTransaction,
  subscriptionIds: readonly string[],
): Promise<void> {
  await sql`
    update subscriptions set plan_id = next_plan_id, next_plan_id = null, next_plan_on = null
    where tenant_id = ${trx.tenantId} and id = any(${[
    ...subscriptionIds,
  ]}::uuid[]) and next_plan_id is not null`
    .execute(trx);
}

/** Notes a plan change or takes it back; a new one replaces the one before. */
export async function updateNextPlan(
  trx: TenantTransaction,
  subscriptionId: string,
  next: { planId: string; on: Temporal.PlainDate } | null,
): Promise<void> {
  await trx.updateTable("subscriptions")
    .set({ next_plan_id: next?.planId ?? null, next_plan_on: next?.on ?? null })
    .where("tenant_id", "=", trx.tenantId).where("id", "=", subscriptionId).execute();
}

/** Changes the plan at once: of a connection that nobody is billed for yet. */
export async function updatePlanNow(
  trx: TenantTransaction,
  subscriptionId: string,
  planId: string,
): Promise<void> {
  await trx.updateTable("subscriptions").set({ plan_id: planId, next_plan_id: null, next_plan_on: null })
    .where("tenant_id", "=", trx.tenantId).where("id", "=", subscriptionId).execute();
}

/** A connection whose bills had stopped and that nothing keeps off any more. */
export interface StoppedRow {
  id: string;
  anchor_day: number | null;
  bill_timing: "arrears" | "advance";
  activated_on: Temporal.PlainDate;
  stopped_from_on: Temporal.PlainDate;
  stopped_at: Temporal.Instant;
}

/** Of these subscriptions, those whose bills had stopped and that are on again. */
export async function listStoppedAndOn(
  trx: TenantTransaction,
  subscriptionIds: readonly string[],
): Promise<StoppedRow[]> {
  if (subscriptionIds.length === 0) return [];
  const { rows } = await sql<StoppedRow>`
    select c.id, c.anchor_day, c.bill_timing, c.activated_on, c.stopped_from_on, c.stopped_at
    from subscriptions c
    where c.tenant_id = ${trx.tenantId} and c.id = any(${[...subscriptionIds]}::uuid[])
      and c.stopped_from_on is not null and c.activated_on is not null
      and not exists (select from block_reasons b where b.tenant_id = c.tenant_id and b.subscription_id = c.id
        and b.removed_at is null)
    order by c.id for no key update of c`.execute(trx);
  return rows;
}
