import { sql } from "kysely";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** A planned end of a service that a run of a wrong clock has carried out. */
export interface FutureEnd {
  id: string;
  subscription_id: string;
  last_on: Temporal.PlainDate;
  made_at: Temporal.Instant;
  /** The change of plan that waited behind it. */
  next_plan_id: string | null;
  next_plan_on: Temporal.PlainDate | null;
}

/**
 * In the order of their days. Not those of which money was paid back, nor those whose PPP name another connection has by
 * now: they stay ended.
 */
export async function listFutureEnds(trx: TenantTransaction, now: Temporal.Instant): Promise<FutureEnd[]> {
  const { rows } = await sql<FutureEnd>`
    select e.id, e.subscription_id, e.last_on, e.made_at, (a.details ->> 'next_plan_id')::uuid as next_plan_id,
      (a.details ->> 'next_plan_on')::date as next_plan_on
    from service_ends e
    join subscriptions c on c.tenant_id = e.tenant_id and c.id = e.subscription_id and c.status = 'cancelled'
    left join audit_entries a on a.tenant_id = e.tenant_id and a.subject_id = e.subscription_id::text
      and a.action = 'subscription.ended' and a.at = e.made_at
    where e.tenant_id = ${trx.tenantId} and e.state = 'made' and e.made_at > ${now}
      and not exists (select from subscriptions o where o.tenant_id = c.tenant_id and o.router_id = c.router_id
        and o.ppp_name = c.ppp_name and o.status <> 'cancelled')
      and not exists (select from credit_memos m
        join refund_shares h on h.tenant_id = m.tenant_id and h.source_id = m.id
        join refunds r on r.tenant_id = h.tenant_id and r.id = h.refund_id and r.reversed_at is null
        where m.tenant_id = e.tenant_id and m.subscription_id = e.subscription_id and m.recorded_at = e.made_at)
    order by e.last_on, e.id`.execute(trx);
  return rows;
}

/** What was given back in the same transaction and stands. */
export async function listMemosOfEnd(trx: TenantTransaction, end: FutureEnd): Promise<string[]> {
  const rows = await trx.selectFrom("credit_memos").select("id").where("tenant_id", "=", trx.tenantId)
    .where("subscription_id", "=", end.subscription_id).where("recorded_at", "=", end.made_at)
    .where("voided_at", "is", null).orderBy("number").execute();
  return rows.map((row) => row.id);
}

/** It goes on as before its end; the next run looks at it. */
export async function updateSubscriptionReopened(
  trx: TenantTransaction,
  end: FutureEnd,
  today: Temporal.PlainDate,
): Promise<void> {
  await sql`
    update subscriptions set status = 'active', ended_on = null, next_plan_id = ${end.next_plan_id},
      next_plan_on = ${end.next_plan_on}, next_bill_on = case when billing_mode = 'postpaid' then ${today}::date end
    where tenant_id = ${trx.tenantId} and id = ${end.subscription_id}`.execute(trx);
}
