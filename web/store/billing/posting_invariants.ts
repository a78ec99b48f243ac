import { sql } from "kysely";
import type { TenantTransaction } from "../db/tenant_transaction.ts";
import type { BrokenInvariant } from "./invariants.ts";

/**
 * M1: a posting names the subscriber of what it is of, and is on the account that the method of a payment, the kind of a
 * memo or the lines of a bill ask for. An entry that was moved to another account or person leaves every sum at zero.
 */
export function namesAndAccounts({ tenantId }: TenantTransaction) {
  return sql<BrokenInvariant>`
    select distinct 'M1' as name, coalesce(b.number, c.number, r.number) as subject,
        case when e.subscriber_id is null then 'posted on ' || e.account || ' in place of ' || coalesce(c.account, r.account)
        else 'posted to somebody else on ' || e.account end as detail
      from ledger_entries e
      join ledger_transactions t on t.tenant_id = e.tenant_id and t.id = e.transaction_id
      left join bills b on b.tenant_id = t.tenant_id and b.id = t.bill_id
      left join (select s.id, s.number, s.subscriber_id, case s.kind when 'opening' then 'opening_balance'
            when 'memo' then case m.kind when 'write_off' then 'write_offs' else 'credit_memos' end
            else case p.method when 'withholding_2307' then 'withholding_receivable' else 'cash:' || p.method end
          end as account
        from credit_sources s
        left join payments p on p.tenant_id = s.tenant_id and p.id = s.id and s.kind = 'payment'
        left join credit_memos m on m.tenant_id = s.tenant_id and m.id = s.id and s.kind = 'memo'
        where s.tenant_id = ${tenantId}) c on c.id = t.source_id
      left join (select id, number, subscriber_id, 'cash:' || method as account from refunds
        where tenant_id = ${tenantId}) r on r.id = t.refund_id
      where e.tenant_id = ${tenantId} and case when e.subscriber_id is null
        then e.account not in (coalesce(c.account, r.account), 'vat_payable', 'refunds_payable')
        else coalesce(b.subscriber_id <> e.subscriber_id, false) or coalesce(c.subscriber_id <> e.subscriber_id, false)
          or coalesce(r.subscriber_id <> e.subscriber_id, false) end
    union all
    select 'M1', (select number from bills where tenant_id = ${tenantId} and id = sides.id),
        'lines of ' || account || ' ' || sum(earned) || ', ledger ' || -sum(booked) from (
        select l.bill_id as id, case l.kind when 'opening' then 'opening_balance' else 'revenue:' || l.kind end as account,
            l.amount_centavos - l.vat_centavos as earned, 0 as booked
          from bill_lines l join bills b on b.tenant_id = l.tenant_id and b.id = l.bill_id and b.status = 'issued'
          where l.tenant_id = ${tenantId}
        union all
        select t.bill_id, e.account, 0, e.amount_centavos from ledger_entries e
          join ledger_transactions t on t.tenant_id = e.tenant_id and t.id = e.transaction_id and t.bill_id is not null
          where e.tenant_id = ${tenantId} and (e.account like 'revenue:%' or e.account = 'opening_balance')) sides
      group by id, account having sum(earned) <> -sum(booked)`;
}
