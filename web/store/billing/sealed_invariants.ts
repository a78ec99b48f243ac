import { sql } from "kysely";
import type { TenantTransaction } from "../db/tenant_transaction.ts";
import type { BrokenInvariant } from "./invariants.ts";

/** Columns of the books that the web may change. Whatever else of these tables stands as it was written. */
const MAY_CHANGE = [
  "allocations.released_at",
  "bill_lines.settled_centavos",
  "bills.bir_invoice_no",
  "bills.disputed_centavos",
  "bills.link_generation",
  "bills.grace_days",
  "bills.link_generation",
  "bills.is_imported",
  "bills.late_fee_look_on",
  "bills.late_fee_on",
  "bills.link_generation",
  "bills.paid_centavos",
  "bills.status",
  "bills.void_reason",
  "bills.voided_at",
  "credit_memos.void_reason",
  "credit_memos.voided_at",
  "credit_sources.ended_at",
  "credit_sources.used_centavos",
  "late_fees.ended_at",
  "late_fees.ended_why",
  "payments.reverse_reason",
  "payments.reversed_at",
  "payments.status",
  "reconnection_fees.bill_id",
  "reconnection_fees.given_back_at",
  "refunds.reverse_reason",
  "refunds.reversed_at",
];
const BOOKS = [
  "allocations",
  "audit_checks",
  "audit_entries",
  "audit_heads",
  "bill_lines",
  "bills",
  "credit_memos",
  "credit_sources",
  "late_fees",
  "ledger_accounts",
  "ledger_entries",
  "ledger_transactions",
  "payments",
  "reconnection_fees",
  "refund_shares",
  "refunds",
];
/** What keeps two charges off one day, and one reference off two payments. */
const GUARDS = ["charged_periods_do_not_overlap", "payments_one_live_reference"];
const SEALS = ["ledger_entries_balance", "ledger_transactions_have_entries"];

/** M1: every transaction is whole, and every entry is on an account that exists and names whom it asks for. */
export function wholeTransactions({ tenantId }: TenantTransaction) {
  return sql<BrokenInvariant>`
    select 'M1' as name, t.id::text as subject, count(e.line_no) || ' entries, lines ' ||
      coalesce(min(e.line_no) || ' to ' || max(e.line_no), 'none') as detail
    from ledger_transactions t
    left join ledger_entries e on e.tenant_id = t.tenant_id and e.transaction_id = t.id
    where t.tenant_id = ${tenantId} group by t.tenant_id, t.id
    having count(e.line_no) < 2 or min(e.line_no) <> 1 or max(e.line_no) <> count(e.line_no)
    union all
    select 'M1', e.transaction_id::text, 'entry on ' || e.account || case when a.code is null then ', which is no account'
      when a.is_by_subscriber then ' names no subscriber' else ' names a subscriber' end
    from ledger_entries e left join ledger_accounts a on a.code = e.account
    where e.tenant_id = ${tenantId} and a.is_by_subscriber is distinct from (e.subscriber_id is not null)`;
}

/**
 * M1: the books of one bill, of one payment or memo and of one refund, since errors of two can cancel out in a subscriber's sum. Both sides
 * are added up in one pass: joined by id they can take a row of the one for each of the other.
 */
export function bookedOneByOne({ tenantId }: TenantTransaction) {
  return sql<BrokenInvariant>`
    select 'M1' as name, min(number) as subject, 'owed ' || sum(owed) || ', ledger ' || sum(booked) as detail from (
      select b.id, b.number, case when b.status = 'issued' then b.total_centavos - b.paid_centavos else 0 end as owed,
        0 as booked
      from bills b where b.tenant_id = ${tenantId}
      union all
      select t.bill_id, null, 0, e.amount_centavos from ledger_transactions t
      join ledger_entries e on e.tenant_id = t.tenant_id and e.transaction_id = t.id and e.account = 'receivable'
      where t.tenant_id = ${tenantId} and t.bill_id is not null) sides
    group by id having sum(owed) <> sum(booked)
    union all
    select 'M1', min(number), 'received ' || sum(received) || ', ledger ' || sum(booked) from (
      select c.id, c.number, case when c.ended_at is null then c.amount_centavos else 0 end as received, 0 as booked
      from credit_sources c where c.tenant_id = ${tenantId}
      union all
      select t.source_id, null, 0, e.amount_centavos from ledger_transactions t
      join ledger_entries e on e.tenant_id = t.tenant_id and e.transaction_id = t.id and e.subscriber_id is null
      where t.tenant_id = ${tenantId} and t.source_id is not null) sides
    group by id having sum(received) <> sum(booked)
    union all
    select 'M1', min(number), 'refunded ' || sum(refunded) || ', ledger ' || sum(booked) || ', paid out ' || -sum(paid)
        || ', to pay out ' || -sum(due)
    from (
      select r.id, r.number, case when r.reversed_at is null then r.amount_centavos else 0 end as refunded, 0 as booked,
        0 as paid, 0 as due
      from refunds r where r.tenant_id = ${tenantId}
      union all
      select t.refund_id, null, 0, case when e.account = 'subscriber_credit' then e.amount_centavos else 0 end,
        case when e.account like 'cash:%' then e.amount_centavos else 0 end,
        case when e.account = 'refunds_payable' then e.amount_centavos else 0 end
      from ledger_transactions t
      join ledger_entries e on e.tenant_id = t.tenant_id and e.transaction_id = t.id
      where t.tenant_id = ${tenantId} and t.refund_id is not null) sides
    group by id having sum(refunded) <> sum(booked) or sum(refunded) <> -sum(paid) or sum(due) <> 0`;
}

/** M2: a reference is on one live payment of its method, and on others only where a person said so. */
export function references({ tenantId }: TenantTransaction) {
  return sql<BrokenInvariant>`
    select 'M2' as name, p.method || ' ' || p.reference_folded as subject,
      'on ' || string_agg(p.number, ', ' order by p.number) as detail
    from payments p where p.tenant_id = ${tenantId} and p.status = 'posted' and p.reference_folded <> ''
      and not p.is_reference_shared
    group by p.method, p.reference_folded having count(*) > 1`;
}

/** M6: nobody but the owner of the tables may change what was written, and the seals are on. */
export function seals() {
  return sql<BrokenInvariant>`
    with book as (select c.oid, c.relname, c.relowner, c.relacl from pg_class c
      where c.relnamespace = 'public'::regnamespace and c.relname = any(${BOOKS}::text[]))
    select 'M6' as name, b.relname as subject, pg_get_userbyid(g.grantee) || ' may ' || g.privilege_type as detail
    from book b cross join lateral aclexplode(b.relacl) g
    where g.grantee <> b.relowner and g.privilege_type in ('UPDATE', 'DELETE', 'TRUNCATE')
    union all
    select 'M6', b.relname || '.' || a.attname, pg_get_userbyid(g.grantee) || ' may ' || g.privilege_type
    from book b join pg_attribute a on a.attrelid = b.oid and not a.attisdropped
    cross join lateral aclexplode(a.attacl) g
    where g.grantee <> b.relowner and g.privilege_type = 'UPDATE'
      and b.relname || '.' || a.attname <> all(${MAY_CHANGE}::text[])
    union all
    select 'M6', seal.name, 'the trigger does not watch' from unnest(${SEALS}::text[]) seal(name)
    where not exists (select from pg_trigger t join book b on b.oid = t.tgrelid
      where t.tgname = seal.name and t.tgenabled in ('O', 'A'))
    union all
    select 'M6', guard.name, 'the database does not keep to it' from unnest(${GUARDS}::text[]) guard(name)
    where not exists (select from pg_class c join pg_index i on i.indexrelid = c.oid
      where c.relnamespace = 'public'::regnamespace and c.relname = guard.name and i.indisvalid
        and (i.indisunique or i.indisexclusion))
    union all
    select 'M6', c.relname, 'is open to every company' from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relname = any(${BOOKS}::text[]) and c.relname <> 'ledger_accounts'
      and not (c.relrowsecurity and c.relforcerowsecurity)`;
}
