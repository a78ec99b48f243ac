import { sql } from "kysely";
import type { TenantTransaction } from "../db/tenant_transaction.ts";
import type { BrokenInvariant } from "./invariants.ts";

/** What was charged lies without gap and overlap from the first day of a connection to where it stands (rule R6). */
export function periods({ tenantId }: TenantTransaction) {
  return sql<BrokenInvariant>`
    with tile as (
      select p.subscription_id, p.period_start, p.period_end, lag(p.period_end) over w as previous_end, lead(p.period_start) over w as next_start
      from charged_periods p where p.tenant_id = ${tenantId}
      window w as (partition by p.subscription_id order by p.period_start))
    select 'M4' as name, t.subscription_id::text as subject,
      case when t.previous_end > t.period_start then 'overlap' else 'gap' end || ' at ' || t.period_start as detail
      from tile t where t.previous_end <> t.period_start
    union all
    select 'M4', t.subscription_id::text, 'begins at ' || t.period_start || ', active from ' || c.activated_on
      from tile t join subscriptions c on c.tenant_id = ${tenantId} and c.id = t.subscription_id
      where t.previous_end is null and c.import_batch_id is null and c.activated_on <> t.period_start
    union all
    select 'M4', t.subscription_id::text, 'billed through ' || coalesce(c.billed_through_on::text, 'nothing') ||
        ', periods end ' || t.period_end
      from tile t join subscriptions c on c.tenant_id = ${tenantId} and c.id = t.subscription_id
      where t.next_start is null and c.billed_through_on is distinct from t.period_end
    union all
    select 'M4', p.subscription_id::text, 'its bill is ' || b.status || ' at ' || p.period_start
      from charged_periods p join bills b on b.tenant_id = p.tenant_id and b.id = p.bill_id
      where p.tenant_id = ${tenantId} and b.status = 'void'
    union all
    select 'M4', b.number, 'a line of ' || missing.period_start || ' has no period' from (
        select l.subscription_id, l.bill_id, l.period_start, l.period_end
          from bills b join bill_lines l on l.tenant_id = b.tenant_id and l.bill_id = b.id
          where b.tenant_id = ${tenantId} and b.status = 'issued' and not b.is_imported and b.kind <> 'debit_memo' and l.kind = 'recurring'
            and l.amount_centavos >= 0 and l.subscription_id is not null
        except
        select p.subscription_id, p.bill_id, p.period_start, coalesce(p.line_end, p.period_end)
          from charged_periods p where p.tenant_id = ${tenantId} and p.state = 'billed'
        except
        select g.subscription_id, g.bill_id, g.period_start, g.period_end
          from given_back_periods g where g.tenant_id = ${tenantId}) missing
      join bills b on b.tenant_id = ${tenantId} and b.id = missing.bill_id
    union all
    select 'M4', b.number, 'charges from ' || unsaid.period_start || ', which none of its lines says' from (
        select p.subscription_id, p.bill_id, p.period_start from charged_periods p
          where p.tenant_id = ${tenantId} and p.state = 'billed'
        except
        select l.subscription_id, l.bill_id, l.period_start from bill_lines l
          where l.tenant_id = ${tenantId} and l.kind = 'recurring' and l.amount_centavos >= 0) unsaid
      join bills b on b.tenant_id = ${tenantId} and b.id = unsaid.bill_id and not b.is_imported`;
}
