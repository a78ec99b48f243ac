import { type RawBuilder, sql } from "kysely";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/**
 * Connections that ended, came to pay up front or went to another payer by a wrong clock, and whose money or days cannot be
 * put back: something of it was paid back, or periods of a bill of before were given back whole. They stay as they are,
 * with their bills.
 */
export function keptFromFuture(trx: TenantTransaction, now: Temporal.Instant): RawBuilder<string> {
  return sql`
    select x.id from credit_memos y
    join subscriptions x on x.tenant_id = y.tenant_id and x.id = y.subscription_id
    join refund_shares h on h.tenant_id = y.tenant_id and h.source_id = y.id
    join refunds r on r.tenant_id = h.tenant_id and r.id = h.refund_id and r.reversed_at is null
    where y.tenant_id = ${trx.tenantId} and y.kind = 'correction' and y.voided_at is null and y.recorded_at > ${now}
      and exists (select from audit_entries z where z.tenant_id = y.tenant_id and z.subject_id = x.id::text
        and z.at = y.recorded_at and (z.action = 'subscription.ended' and x.status = 'cancelled'
          or z.action = 'subscription.made_prepaid' and x.billing_mode = 'prepaid'
          or z.action = 'subscription.payer_changed' and x.subscriber_id <> y.subscriber_id))
    union all
    select x.id from given_back_periods g
    join subscriptions x on x.tenant_id = g.tenant_id and x.id = g.subscription_id and x.billing_mode = 'prepaid'
    join bills b on b.tenant_id = g.tenant_id and b.id = g.bill_id and b.status = 'issued' and b.created_at <= ${now}
    where g.tenant_id = ${trx.tenantId} and g.given_back_at > ${now}`;
}

/** A connection that a person has to look at. */
export interface KeptConnection {
  subscription_id: string;
  subscriber_id: string;
  subscriber_name: string;
  ppp_name: string;
}

/** Those of them that there are, by name, for as long as their days have not come. */
export async function listKeptFromFuture(
  trx: TenantTransaction,
  now: Temporal.Instant,
): Promise<KeptConnection[]> {
  const { rows } = await sql<KeptConnection>`
    select c.id as subscription_id, s.id as subscriber_id, s.name as subscriber_name, c.ppp_name
    from subscriptions c join subscribers s on s.tenant_id = c.tenant_id and s.id = c.subscriber_id
    where c.tenant_id = ${trx.tenantId} and c.id in (${keptFromFuture(trx, now)})
    order by s.name, c.ppp_name, c.id limit 200`.execute(trx);
  return rows;
}
