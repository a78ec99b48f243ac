import { sql } from "kysely";
import type { TenantTransaction } from "../db/tenant_transaction.ts";
import { taxes } from "./tax_invariants.ts";
import { fees } from "./fee_invariants.ts";
import { numbers } from "./number_invariants.ts";
import { namesAndAccounts } from "./posting_invariants.ts";
import { bookedOneByOne, references, seals, wholeTransactions } from "./sealed_invariants.ts";
import { service } from "./service_invariants.ts";

/** A rule of the books that does not hold, with what breaks it. */
export interface BrokenInvariant {
  /** Name in the reliability notes, for example `M1` or `d`. */
  name: string;
  subject: string;
  detail: string;
}

/**
 * Asks the database whether the books hold: M1 (double entry, account by account), M2 (references), M3 and a to e
 * (allocation), f (disputes), M4 (periods), M5 (numbers), M6 (what may be changed), M10 (money and service agree), h (fees). Empty when all hold. The questions are asked in SQL of their own, not through the
 * code that wrote the rows.
 */
export async function checkInvariants(trx: TenantTransaction): Promise<BrokenInvariant[]> {
  const broken: BrokenInvariant[] = [];
  const queries = [
    ledger(trx),
    wholeTransactions(trx),
    bookedOneByOne(trx),
    namesAndAccounts(trx),
    references(trx),
    allocations(trx),
    idleCredit(trx),
    disputed(trx),
    periods(trx),
    outages(trx),
    numbers(trx),
    seals(),
    taxes(trx),
    service(trx),
    fees(trx),
    payers(trx),
  ];
  // All rows are read: after a big run, before the database has counted its tables again, it would take them for small
  // and join row by row (12 s against 0.1 s for 6,000 bills). For the same reason no question asks for
  // the rows of each row: both sides of a sum are added up in one pass. A year of 10,000 subscribers is 1.4 million rows.
  await sql`select set_config('enable_nestloop', 'off', true), set_config('work_mem', '32MB', true)`.execute(
    trx,
  );
  for (const query of queries) broken.push(...(await query.execute(trx)).rows);
  await sql`select set_config('enable_nestloop', 'on', true)`.execute(trx);
  return broken;
}

function ledger({ tenantId }: TenantTransaction) {
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

function allocations({ tenantId }: TenantTransaction) {
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

function idleCredit({ tenantId }: TenantTransaction) {
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
function disputed({ tenantId }: TenantTransaction) {
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

/** What was charged lies without gap and overlap from the first day of a connection to where it stands (rule R6). */
function periods({ tenantId }: TenantTransaction) {
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

/** What live memos gave for outages is of their bill, and never above what it charged for the period. */
function outages({ tenantId }: TenantTransaction) {
  return sql<BrokenInvariant>`
    with given as (
      select g.subscription_id, g.period_start, g.bill_id, g.amount_centavos, m.number, m.amount_centavos as memo,
        m.kind, b.status
      from outage_credits g
      join credit_memos m on m.tenant_id = g.tenant_id and m.id = g.memo_id and m.voided_at is null
      join bills b on b.tenant_id = g.tenant_id and b.id = g.bill_id
      where g.tenant_id = ${tenantId}),
    charged as (
      select l.subscription_id, l.period_start, l.bill_id, sum(l.amount_centavos) as amount from bill_lines l
      where l.tenant_id = ${tenantId} and l.kind = 'recurring' and l.amount_centavos > 0
        and l.bill_id in (select bill_id from given) group by 1, 2, 3)
    select 'a' as name, g.number as subject, 'outage credit ' || g.amount_centavos || ', ' || g.kind || ' memo ' || g.memo as detail
      from given g where g.memo <> g.amount_centavos or g.kind <> 'outage'
    union all
    select 'M4', g.number, 'outage credit of a bill that is ' || g.status from given g where g.status <> 'issued'
    union all
    select 'M4', min(g.number), 'outages credited ' || sum(g.amount_centavos) || ' of ' || coalesce(min(h.amount), 0)
      from given g left join charged h on h.subscription_id = g.subscription_id and h.period_start = g.period_start
        and h.bill_id = g.bill_id
      group by g.subscription_id, g.period_start, g.bill_id
      having sum(g.amount_centavos) > coalesce(min(h.amount), 0)`;
}

/** Every day is billed to who paid then, and the payers of a connection follow each other without a break. */
function payers({ tenantId }: TenantTransaction) {
  return sql<BrokenInvariant>`
    with change as (
      select x.subscription_id, x.from_subscriber_id, x.to_subscriber_id, x.effective_on, x.charged_from,
        lag(x.to_subscriber_id) over w as came_to, lead(x.id) over w as next_id
      from payer_changes x where x.tenant_id = ${tenantId} and x.state = 'made'
      window w as (partition by x.subscription_id order by x.made_at, x.id))
    select 'M4' as name, x.subscription_id::text as subject, 'payers do not follow each other at ' || x.effective_on as detail
      from change x where x.came_to is not null and x.came_to <> x.from_subscriber_id
    union all
    select 'M4', x.subscription_id::text, 'its payer is not who it went to on ' || x.effective_on
      from change x join subscriptions c on c.tenant_id = ${tenantId} and c.id = x.subscription_id
      where x.next_id is null and c.subscriber_id <> x.to_subscriber_id
    union all
    select 'M4', b.number, 'is not of who paid on ' || p.period_start
      from charged_periods p join bills b on b.tenant_id = p.tenant_id and b.id = p.bill_id and b.kind <> 'prepaid'
      join subscriptions c on c.tenant_id = p.tenant_id and c.id = p.subscription_id
      where p.tenant_id = ${tenantId} and b.subscriber_id <> c.subscriber_id and not exists (
        select from change x where x.subscription_id = p.subscription_id and x.from_subscriber_id = b.subscriber_id
          and x.charged_from > p.period_start)
    union all
    select 'M4', b.number, 'is of who paid no more on ' || p.period_start
      from change x join charged_periods p on p.tenant_id = ${tenantId} and p.subscription_id = x.subscription_id
        and p.period_start < x.charged_from
      join bills b on b.tenant_id = p.tenant_id and b.id = p.bill_id and b.kind <> 'prepaid'
      where b.subscriber_id <> x.from_subscriber_id and b.subscriber_id = x.to_subscriber_id
        and not exists (select from change o where o.subscription_id = x.subscription_id
          and o.to_subscriber_id = x.from_subscriber_id and o.from_subscriber_id = b.subscriber_id)`;
}
