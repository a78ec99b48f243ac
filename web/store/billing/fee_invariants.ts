import { sql } from "kysely";
import type { TenantTransaction } from "../db/tenant_transaction.ts";
import type { BrokenInvariant } from "./invariants.ts";

/** h: a late fee is of one late bill that is no fee, one stands for each, and each cut is asked for once. */
export function fees({ tenantId }: TenantTransaction) {
  return sql<BrokenInvariant>`
    select 'h' as name, b.number as subject, count(*) || ' late fees stand' as detail from late_fees f
      join bills b on b.tenant_id = f.tenant_id and b.id = f.bill_id
      where f.tenant_id = ${tenantId} and f.ended_at is null group by b.number having count(*) > 1
    union all
    select 'h', fee.number, 'a late fee on ' || late.number || ', which is ' || late.kind from late_fees f
      join bills late on late.tenant_id = f.tenant_id and late.id = f.bill_id
      join bills fee on fee.tenant_id = f.tenant_id and fee.id = f.fee_bill_id
      where f.tenant_id = ${tenantId} and (late.kind in ('late_fee', 'prepaid') or fee.kind <> 'late_fee')
    union all
    select 'h', b.number, 'a late fee of no bill' from bills b
      left join late_fees f on f.tenant_id = b.tenant_id and f.fee_bill_id = b.id
      where b.tenant_id = ${tenantId} and b.kind = 'late_fee' and f.fee_bill_id is null
    union all
    select 'h', fee.number, 'a late fee of ' || late.number || ' that stands, and that bill is void' from late_fees f
      join bills late on late.tenant_id = f.tenant_id and late.id = f.bill_id and late.status = 'void'
      join bills fee on fee.tenant_id = f.tenant_id and fee.id = f.fee_bill_id and fee.status = 'issued'
      left join (select bill_id, sum(amount_centavos) as amount from credit_memos
        where tenant_id = ${tenantId} and voided_at is null group by 1) back on back.bill_id = fee.id
      where f.tenant_id = ${tenantId} and f.ended_at is null and coalesce(back.amount, 0) < fee.total_centavos
    union all
    select 'h', min(number), sum(asked) || ' reconnections asked for, ' || sum(lines) || ' lines' from (
        select b.id, b.number, 1 as asked, 0 as lines from reconnection_fees r
          join bills b on b.tenant_id = r.tenant_id and b.id = r.bill_id where r.tenant_id = ${tenantId}
        union all
        select b.id, b.number, 0, 1 from bill_lines l join bills b on b.tenant_id = l.tenant_id and b.id = l.bill_id
          where l.tenant_id = ${tenantId} and l.kind = 'reconnection_fee' and b.status = 'issued') sides
      group by id having sum(asked) <> sum(lines)`;
}
