import { sql } from "kysely";
import type { TenantTransaction } from "../db/tenant_transaction.ts";
import type { FutureMoment } from "./future.ts";
import { keptFromFuture } from "./future_kept.ts";

/** A change to payment up front that was made by a wrong clock. */
export interface FutureModeChange {
  id: string;
  subscription_id: string;
  made_at: Temporal.Instant;
}

/** The last one of each connection that still pays up front. */
export async function listFutureModeChanges(
  trx: TenantTransaction,
  now: Temporal.Instant,
): Promise<FutureModeChange[]> {
  const { rows } = await sql<FutureModeChange>`
    select distinct on (c.subscriber_id, c.id) m.id, c.id as subscription_id, a.at as made_at
    from mode_changes m
    join subscriptions c on c.tenant_id = m.tenant_id and c.id = m.subscription_id and c.billing_mode = 'prepaid'
    join (select z.subject_id, max(z.at) as at from audit_entries z where z.tenant_id = ${trx.tenantId}
      and z.action = 'subscription.made_prepaid' group by z.subject_id) a on a.subject_id = c.id::text
    where m.tenant_id = ${trx.tenantId} and m.state = 'made' and m.to_mode = 'prepaid' and a.at > ${now}
      and c.id not in (${keptFromFuture(trx, now)})
    order by c.subscriber_id, c.id, m.id desc`.execute(trx);
  return rows;
}

/**
 * Lets the change wait again: the connection gets bills as before, and a period of before that ended with the change is
 * whole again. What was charged by the wrong clock is out of the way by then.
 */
export async function updateModeChangeWaits(
  trx: TenantTransaction,
  change: FutureModeChange,
  { today }: FutureMoment,
): Promise<void> {
  await sql`
    update charged_periods set period_end = line_end, line_end = null
    where tenant_id = ${trx.tenantId} and subscription_id = ${change.subscription_id} and state = 'billed'
      and line_end is not null and period_end > ${today}::date`.execute(trx);
  await sql`
    update subscriptions c set billing_mode = 'postpaid',
      billed_through_on = coalesce((select max(p.period_end) from charged_periods p where p.tenant_id = c.tenant_id
        and p.subscription_id = c.id), c.billed_through_on),
      next_bill_on = case when c.status <> 'cancelled' then ${today}::date end
    where c.tenant_id = ${trx.tenantId} and c.id = ${change.subscription_id}`.execute(trx);
  await sql`
    update mode_changes m set state = case when exists (select from mode_changes o where o.tenant_id = m.tenant_id
      and o.subscription_id = m.subscription_id and o.state = 'planned') then 'cancelled' else 'planned' end
    where m.tenant_id = ${trx.tenantId} and m.id = ${change.id}`.execute(trx);
}
