import { sql } from "kysely";
import type { TenantTransaction } from "../db/tenant_transaction.ts";
import type { BrokenInvariant } from "./invariants.ts";

/**
 * M5: the numbers of a series are those from 1 to the last one that was taken, each once and written as the series writes
 * them. As many and all different is not enough: one that was changed leaves a gap and stands beyond the last.
 */
export function numbers({ tenantId }: TenantTransaction) {
  return sql<BrokenInvariant>`
    with used as (
      select 'bill' as series, number from bills where tenant_id = ${tenantId} and number is not null
      union all
      select 'payment', number from payments where tenant_id = ${tenantId}
      union all
      select 'opening', number from credit_sources where tenant_id = ${tenantId} and kind = 'opening'
      union all
      select 'memo', number from credit_memos where tenant_id = ${tenantId}
      union all
      select 'refund', number from refunds where tenant_id = ${tenantId}),
    series as (select series, prefix, pad, next_value from number_series where tenant_id = ${tenantId}
      and series in ('bill', 'payment', 'opening', 'memo', 'refund'))
    select 'M5' as name, coalesce(n.series, u.series) as subject, coalesce(u.total, 0) || ' numbers used, next is ' ||
        coalesce(n.next_value::text, 'unknown') as detail
      from series n full join (select series, count(*) as total, count(distinct number) as different from used
        group by 1) u on u.series = n.series
      where n.series is null or coalesce(u.total, 0) <> n.next_value - 1 or u.different <> u.total
    union all
    select 'M5', u.number, 'is no number of its series, which has ' || n.prefix || ' and 1 to ' || n.next_value - 1
      from (select series, prefix, pad, next_value from series) n join used u on u.series = n.series
      cross join lateral (select case when starts_with(u.number, n.prefix)
        and substr(u.number, length(n.prefix) + 1) ~ '^[0-9]{1,18}$'
        then substr(u.number, length(n.prefix) + 1)::bigint end as value) place
      where place.value is null or place.value not between 1 and n.next_value - 1
        or length(u.number) <> length(n.prefix) + greatest(n.pad, length(place.value::text))`;
}
