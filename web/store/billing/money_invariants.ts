import { sql } from "kysely";
import type { TenantTransaction } from "../db/tenant_transaction.ts";
import type { BrokenInvariant } from "./invariants.ts";

/** The ledger is balanced, and says of each subscriber what bills and sources say (M1). */
export function ledger({ tenantId }: TenantTransaction) {
  return sql<BrokenInvariant>`
    select 'M1' as name, e.transaction_id::text as subject, 'entries sum to ' || sum(e.amount_centavos) as detail
      from ledger_entries e where e.tenant_id = ${tenantId} group by e.transaction_id having sum(e.amount_centavos) <> 0
    union all
    select 'M1', 'receivable ' || id, 'ledger ' || sum(booked) || ', bills ' || sum(owed) from (
        select e.subscriber_id as id, e.amount_centavos as booked, 0::bigint as owed from ledger_entries e
          where e.tenant_id = ${tenantId} and e.account = 'receivable' and e.subscriber_id is not null
        union all
        select b.subscriber_id, 0, b.total_centavos - b.paid_centavos from bills b
          where b.tenant_id = ${tenantId} and b.status = 'issued') sides
      group by id having sum(booked) <> sum(owed)
    union all
    select 'M1', 'credit ' || id, 'ledger ' || sum(booked) || ', sources ' || sum(idle) from (
        select e.subscriber_id as id, -e.amount_centavos as booked, 0::bigint as idle from ledger_entries e
          where e.tenant_id = ${tenantId} and e.account = 'subscriber_credit' and e.subscriber_id is not null
        union all
        select c.subscriber_id, 0, c.amount_centavos - c.used_centavos from credit_sources c
          where c.tenant_id = ${tenantId} and c.ended_at is null) sides
      group by id having sum(booked) <> sum(idle)`;
}

/** What is paid, used and settled is what shares say, and never beyond its bounds (M3, a to c, e). */
export function allocations({ tenantId }: TenantTransaction) {
  return sql<BrokenInvariant>`
    select 'M3, c' as name, min(number) as subject, 'paid ' || sum(paid) || ', allocated ' || sum(live) as detail from (
        select b.id, b.number, b.status, b.paid_centavos as paid, 0::bigint as live from bills b
          where b.tenant_id = ${tenantId}
        union all
        select a.bill_id, null, null, 0, a.amount_centavos from allocations a
          where a.tenant_id = ${tenantId} and a.released_at is null) sides
      group by id having sum(paid) <> sum(live) or (min(status) = 'void' and sum(live) <> 0)
    union all
    select 'b', number, 'paid ' || paid_centavos || ' of ' || total_centavos from bills
      where tenant_id = ${tenantId} and (paid_centavos < 0 or paid_centavos > total_centavos)
    union all
    select 'c', b.number, 'total ' || b.total_centavos || ', lines ' || coalesce(sum(l.amount_centavos), 0) ||
        ', VAT ' || b.vat_centavos || ', of lines ' || coalesce(sum(l.vat_centavos), 0)
      from bills b left join bill_lines l on l.tenant_id = b.tenant_id and l.bill_id = b.id
      where b.tenant_id = ${tenantId} group by b.tenant_id, b.id, b.number, b.total_centavos, b.vat_centavos
      having coalesce(sum(l.amount_centavos), 0) <> b.total_centavos
        or coalesce(sum(l.vat_centavos), 0) <> b.vat_centavos
    union all
    select 'a', min(number), 'amount ' || sum(amount) || ', used ' || sum(used) || ', allocated ' || sum(live)
        || ', refunded ' || sum(refunded)
      from (
        select c.id, c.number, c.ended_at, c.amount_centavos as amount, c.used_centavos as used, 0::bigint as live,
            0::bigint as refunded
          from credit_sources c where c.tenant_id = ${tenantId}
        union all
        select a.source_id, null, null, 0, 0, a.amount_centavos, 0 from allocations a
          where a.tenant_id = ${tenantId} and a.released_at is null
        union all
        select h.source_id, null, null, 0, 0, 0, h.amount_centavos from (${refunded(tenantId)}) h) sides
      group by id having sum(live) + sum(refunded) <> sum(used) or sum(used) > sum(amount)
        or (min(ended_at) is not null and sum(used) <> 0)
    union all
    select 'a', m.number, 'memo ' || m.amount_centavos || ', source ' || coalesce(c.amount_centavos::text, 'none')
      from credit_memos m left join credit_sources c on c.tenant_id = m.tenant_id and c.id = m.id and c.kind = 'memo'
        and c.subscriber_id = m.subscriber_id and c.amount_centavos = m.amount_centavos
        and (c.ended_at is not null) = (m.voided_at is not null)
      where m.tenant_id = ${tenantId} and c.id is null
    union all
    select 'a', c.number, 'source is of no memo' from credit_sources c
      left join credit_memos m on m.tenant_id = c.tenant_id and m.id = c.id
      where c.tenant_id = ${tenantId} and c.kind = 'memo' and m.id is null
    union all
    select 'a', min(number), 'refund ' || sum(amount) || ', drawn ' || sum(drawn) || ', of its subscriber ' || sum(own)
      from (
        select r.id, r.number, r.amount_centavos as amount, 0::bigint as drawn, 0::bigint as own
          from refunds r where r.tenant_id = ${tenantId}
        union all
        select r.id, null, 0, h.amount_centavos, case when c.subscriber_id = r.subscriber_id then h.amount_centavos else 0 end
          from refund_shares h join refunds r on r.tenant_id = h.tenant_id and r.id = h.refund_id
          join credit_sources c on c.tenant_id = h.tenant_id and c.id = h.source_id
          where h.tenant_id = ${tenantId}) sides
      group by id having sum(drawn) <> sum(amount) or sum(own) <> sum(amount)
    union all
    select 'a', p.number, 'payment ' || p.amount_centavos || ', source ' || coalesce(c.amount_centavos::text, 'none')
      from payments p left join credit_sources c on c.tenant_id = p.tenant_id and c.id = p.id and c.kind = 'payment'
        and c.subscriber_id = p.subscriber_id and c.amount_centavos = p.amount_centavos
        and (c.ended_at is not null) = (p.status = 'reversed')
      where p.tenant_id = ${tenantId} and c.id is null
    union all
    select 'c', (select number from bills where tenant_id = ${tenantId} and id = bill_id), 'line ' || line_no || ' settled '
        || sum(settled) || ', allocated ' || sum(live) || ', credited ' || least(sum(amount), 0) from (
        select l.bill_id, l.line_no, l.amount_centavos as amount, l.settled_centavos as settled, 0::bigint as live
          from bill_lines l where l.tenant_id = ${tenantId}
        union all
        select a.bill_id, a.line_no, 0, 0, a.amount_centavos from allocations a
          where a.tenant_id = ${tenantId} and a.released_at is null) sides
      group by bill_id, line_no having case when sum(amount) < 0 then sum(settled) <> sum(amount) or sum(live) <> 0
        else sum(settled) not between sum(live) and sum(amount) end
    union all
    select 'c', b.number, 'paid ' || b.paid_centavos || ', lines settled ' || sum(l.settled_centavos)
      from bills b join bill_lines l on l.tenant_id = b.tenant_id and l.bill_id = b.id
      where b.tenant_id = ${tenantId} group by b.tenant_id, b.id, b.number, b.paid_centavos
      having sum(l.settled_centavos) <> b.paid_centavos
    union all
    select 'e', a.id::text, 'amount ' || a.amount_centavos from allocations a
      where a.tenant_id = ${tenantId} and a.amount_centavos <= 0
    union all
    select 'a', a.id::text, 'source and bill are of different subscribers' from allocations a
      join credit_sources c on c.tenant_id = a.tenant_id and c.id = a.source_id
      join bills b on b.tenant_id = a.tenant_id and b.id = a.bill_id
      where a.tenant_id = ${tenantId} and c.subscriber_id <> b.subscriber_id`;
}

/** What of sources was paid back and stands. */
function refunded(tenantId: string) {
  return sql`select x.source_id, x.amount_centavos from refund_shares x
    join refunds r on r.tenant_id = x.tenant_id and r.id = x.refund_id and r.reversed_at is null
    where x.tenant_id = ${tenantId}`;
}

/** No credit idles beside an open bill (d). */
export function idleCredit({ tenantId }: TenantTransaction) {
  return sql<BrokenInvariant>`
    select 'd' as name, s.account_number as subject, 'credit ' || idle.amount || ' beside an open bill' as detail
    from (select subscriber_id, sum(amount) as amount from (
        select c.subscriber_id, c.amount_centavos as amount from credit_sources c
          where c.tenant_id = ${tenantId} and c.ended_at is null
        union all
        select c.subscriber_id, -a.amount_centavos from allocations a
          join credit_sources c on c.tenant_id = a.tenant_id and c.id = a.source_id and c.ended_at is null
          where a.tenant_id = ${tenantId} and a.released_at is null
        union all
        select c.subscriber_id, -h.amount_centavos from (${refunded(tenantId)}) h
          join credit_sources c on c.tenant_id = ${tenantId} and c.id = h.source_id and c.ended_at is null) sides
      group by subscriber_id having sum(amount) > 0) idle
    join subscribers s on s.tenant_id = ${tenantId} and s.id = idle.subscriber_id
    where idle.subscriber_id in (select b.subscriber_id from bills b where b.tenant_id = ${tenantId}
      and b.status = 'issued' and b.paid_centavos < b.total_centavos)`;
}

/** What counts for no cut is what an open dispute is about; a bill has one at a time. */
export function disputed({ tenantId }: TenantTransaction) {
  return sql<BrokenInvariant>`
    select 'f' as name, min(number) as subject, 'disputed ' || sum(said) || ', open disputes ' || sum(open) || ' in '
        || count(dispute) as detail from (
        select b.id, b.number, b.disputed_centavos as said, 0::bigint as open, null::uuid as dispute from bills b
          where b.tenant_id = ${tenantId} and b.status = 'issued'
        union all
        select b.id, null, 0, d.amount_centavos, d.id from disputes d
          join bills b on b.tenant_id = d.tenant_id and b.id = d.bill_id and b.status = 'issued'
          where d.tenant_id = ${tenantId} and d.decision is null) sides
      group by id having sum(said) <> sum(open) or count(dispute) > 1`;
}
