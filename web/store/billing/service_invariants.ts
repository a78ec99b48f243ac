import { sql } from "kysely";
import type { TenantTransaction } from "../db/tenant_transaction.ts";
import type { BrokenInvariant } from "./invariants.ts";

/**
 * The database's half of M10: nobody who gets bills and owes nothing is off for non-payment, and the desired state says
 * the same, and there is one for each connection. Whoever pays up front owes nothing, and is off where nothing covers the day.
 */
export function service({ tenantId }: TenantTransaction) {
  return sql<BrokenInvariant>`
    select 'M10' as name, c.ppp_name as subject, 'off for non-payment and owes nothing' as detail
    from subscriptions c join block_reasons k on k.tenant_id = c.tenant_id and k.subscription_id = c.id
      and k.reason = 'nonpayment' and k.removed_at is null
    where c.tenant_id = ${tenantId} and c.billing_mode = 'postpaid' and not exists (select from bills b
      join bill_lines l on l.tenant_id = b.tenant_id and l.bill_id = b.id and l.subscription_id = c.id
        and l.settled_centavos < l.amount_centavos
      where b.tenant_id = c.tenant_id and b.subscriber_id = c.subscriber_id and b.status = 'issued'
        and b.paid_centavos < b.total_centavos)
    union all
    select 'M10', c.ppp_name, 'desired ' || case when d.is_disabled then 'off' else 'on' end || ', block reasons '
        || coalesce(live.total, 0)
    from subscriptions c
    join desired_secrets d on d.tenant_id = c.tenant_id and d.subscription_id = c.id and d.removed_at is null
      and d.router_id = c.router_id and d.ppp_name = c.ppp_name and d.ppp_service = c.ppp_service
    left join (select subscription_id, count(*) as total from block_reasons
      where tenant_id = ${tenantId} and removed_at is null group by 1) live on live.subscription_id = c.id
    where c.tenant_id = ${tenantId} and c.status in ('active', 'disconnected')
      and d.is_disabled <> (live.total is not null)
    union all
    select 'M10', c.ppp_name, 'its router is not told whether it is on' from subscriptions c
    left join desired_secrets d on d.tenant_id = c.tenant_id and d.subscription_id = c.id and d.removed_at is null
      and d.router_id = c.router_id and d.ppp_name = c.ppp_name and d.ppp_service = c.ppp_service
    where c.tenant_id = ${tenantId} and c.status in ('active', 'disconnected') and c.secret <> 'wanted'
      and d.subscription_id is null
    union all
    select 'M10', c.ppp_name, 'off for non-payment on days that are paid' from subscriptions c
    join (select max(business_on) as business_on from runs
      where tenant_id = ${tenantId} and kind = 'cut' and status = 'done') last on true
    join block_reasons k on k.tenant_id = c.tenant_id and k.subscription_id = c.id and k.reason = 'nonpayment'
      and k.removed_at is null
    join charged_periods p on p.tenant_id = c.tenant_id and p.subscription_id = c.id and p.state = 'billed'
      and p.period_start <= last.business_on and p.period_end > last.business_on + 1
    join bills b on b.tenant_id = p.tenant_id and b.id = p.bill_id and b.status = 'issued'
      and b.paid_centavos = b.total_centavos
    where c.tenant_id = ${tenantId} and c.billing_mode = 'prepaid' and c.status in ('active', 'disconnected')`;
}
