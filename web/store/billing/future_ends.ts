import { type RawBuilder, sql } from "kysely";
import type { TenantTransaction } from "../db/tenant_transaction.ts";
import { keptFromFuture } from "./future_kept.ts";

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
      and not ${isNameTaken()}
      and e.subscription_id not in (${keptFromFuture(trx, now)})
    order by e.last_on, e.id`.execute(trx);
  return rows;
}

/** The end of a service by the hand of a person who went by a wrong clock. */
export interface FutureHandEnd {
  subscription_id: string;
  last_on: Temporal.PlainDate;
  unused: "credit" | "no_credit";
  made_at: Temporal.Instant;
}

/** Planned ends that could not wait again are among them: whatever was ended then stays ended. */
export async function listFutureHandEnds(
  trx: TenantTransaction,
  { today, now }: { today: Temporal.PlainDate; now: Temporal.Instant },
): Promise<FutureHandEnd[]> {
  const { rows } = await sql<FutureHandEnd>`
    select c.id as subscription_id, least(c.ended_on, ${today}::date) as last_on,
      coalesce(a.details ->> 'unused', 'credit') as unused, a.at as made_at
    from subscriptions c
    join (select distinct on (z.subject_id) z.subject_id, z.at, z.details from audit_entries z
      where z.tenant_id = ${trx.tenantId} and z.action = 'subscription.ended'
      order by z.subject_id, z.sequence desc) a on a.subject_id = c.id::text
    where c.tenant_id = ${trx.tenantId} and c.status = 'cancelled' and a.at > ${now}
      and c.activated_on <= least(c.ended_on, ${today}::date) and c.id not in (${keptFromFuture(trx, now)})
    order by c.subscriber_id, c.id`.execute(trx);
  return rows;
}

/** A planned end that stays made, by the right clock. */
export async function updateEndRemade(
  trx: TenantTransaction,
  { subscription_id, last_on, made_at }: FutureHandEnd,
  at: Temporal.Instant,
): Promise<void> {
  await trx.updateTable("service_ends").set({ last_on, made_at: at }).where("tenant_id", "=", trx.tenantId)
    .where("subscription_id", "=", subscription_id).where("state", "=", "made").where("made_at", "=", made_at)
    .execute();
}

/** What was given back in the same transaction and stands. */
export async function listMemosOfEnd(
  trx: TenantTransaction,
  end: Pick<FutureEnd, "subscription_id" | "made_at">,
): Promise<string[]> {
  const rows = await trx.selectFrom("credit_memos").select("id").where("tenant_id", "=", trx.tenantId)
    .where("subscription_id", "=", end.subscription_id).where("recorded_at", "=", end.made_at)
    .where("voided_at", "is", null).orderBy("number").execute();
  return rows.map((row) => row.id);
}

/** It goes on as before its end; the next run looks at it. False: another connection has its PPP name by now. */
export async function updateSubscriptionReopened(
  trx: TenantTransaction,
  end: Pick<FutureEnd, "subscription_id" | "next_plan_id" | "next_plan_on">,
  today: Temporal.PlainDate,
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update subscriptions c set status = 'active', ended_on = null, next_plan_id = ${end.next_plan_id},
      next_plan_on = ${end.next_plan_on}, next_bill_on = case when billing_mode = 'postpaid' then ${today}::date end
    where c.tenant_id = ${trx.tenantId} and c.id = ${end.subscription_id} and not ${isNameTaken()}`.execute(
    trx,
  );
  return numAffectedRows === 1n;
}

/** Whether another connection has the PPP account of the connection `c`. */
function isNameTaken(): RawBuilder<boolean> {
  return sql`exists (select from subscriptions o where o.tenant_id = c.tenant_id and o.router_id = c.router_id
    and o.ppp_name = c.ppp_name and o.ppp_service = c.ppp_service and o.status <> 'cancelled' and o.id <> c.id)`;
}
