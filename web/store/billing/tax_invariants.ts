import { sql } from "kysely";
import type { TenantTransaction } from "../db/tenant_transaction.ts";
import type { BrokenInvariant } from "./invariants.ts";

/**
 * VAT in the books: a bill is taxed as it says, the account of VAT has of each bill what is in it and of each memo what that
 * gives back, and of a bill no more VAT is given back than it had, and all of it once the whole bill is.
 */
export function taxes({ tenantId }: TenantTransaction) {
  return sql<BrokenInvariant>`
    select 'c' as name, number as subject, tax_mode || ' at ' || vat_rate_bp || ': ' || vatable_centavos || ' and VAT ' ||
        vat_centavos || ' of ' || total_centavos as detail
      from bills where tenant_id = ${tenantId} and vat_centavos is distinct from case tax_mode when 'non_vat' then 0
        when 'vat_inclusive' then total_centavos - round(total_centavos * 10000.0 / (10000 + vat_rate_bp))
        else round(vatable_centavos * vat_rate_bp / 10000.0) end
      or vatable_centavos is distinct from case tax_mode when 'non_vat' then 0 else total_centavos - vat_centavos end
    union all
    select 'M1', coalesce(min(number), 'vat_payable'), 'VAT ' || sum(vat) || ', ledger ' || -sum(booked) from (
        select b.id, b.number, case when b.status = 'issued' then b.vat_centavos else 0 end as vat, 0::bigint as booked
          from bills b where b.tenant_id = ${tenantId} and b.vat_centavos <> 0
        union all
        select m.id, m.number, case when m.voided_at is null then -m.vat_centavos else 0 end, 0
          from credit_memos m where m.tenant_id = ${tenantId} and m.vat_centavos <> 0
        union all
        select coalesce(t.bill_id, t.source_id), null, 0, e.amount_centavos from ledger_entries e
          join ledger_transactions t on t.tenant_id = e.tenant_id and t.id = e.transaction_id
          where e.tenant_id = ${tenantId} and e.account = 'vat_payable') sides
      group by id having sum(vat) <> -sum(booked)
    union all
    select 'M1', min(number), 'VAT ' || sum(vat) || ', given back ' || sum(vat_back) || ' with ' || sum(back) || ' of ' ||
        sum(total) from (
        select b.id, b.number, b.total_centavos as total, b.vat_centavos as vat, 0::bigint as back, 0::bigint as vat_back
          from bills b where b.tenant_id = ${tenantId} and b.vat_centavos <> 0
        union all
        select m.bill_id, null, 0, 0, m.amount_centavos, m.vat_centavos from credit_memos m
          where m.tenant_id = ${tenantId} and m.bill_id is not null and m.voided_at is null) sides
      group by id having sum(vat_back) > sum(vat)
        or (sum(back) >= sum(total) and sum(total) > 0 and sum(vat_back) <> sum(vat))`;
}
