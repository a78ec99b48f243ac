import { type RawBuilder, sql } from "kysely";
import type { Page, PageRequest } from "../db/keyset.ts";
import { type Ordering, orderingOf, type SortKey, windowOf } from "../db/ordering.ts";
import type { CreditSourcesTable, LedgerTransactionsTable } from "../db/schema.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** On which side of the account a line stands: a charge adds to what is owed, the others take from it. */
export type AccountLineKind = "charge" | "payment" | "credit";

/** A line of a subscriber's account. */
export interface AccountLineRow {
  id: string;
  /** What was posted. */
  kind: LedgerTransactionsTable["kind"];
  /** Where it stands, by the account on its other side. */
  line_kind: AccountLineKind;
  /** The day it counts from: its business date, or the day of its bill where that was issued under a clock ahead. */
  counted_on: Temporal.PlainDate;
  recorded_at: Temporal.Instant;
  /** See {@linkcode BookPosition}. */
  book_place: bigint;
  bill_id: string | null;
  bill_number: string | null;
  source_id: string | null;
  /** Of a payment or memo. */
  source_kind: CreditSourcesTable["kind"] | null;
  source_number: string | null;
  refund_id: string | null;
  refund_number: string | null;
  description: string;
  actor: string;
  /** Above zero: owed more; below: owed less. */
  amount_centavos: bigint;
  /** Of the amount, with its sign. */
  vat_centavos: bigint;
  /** Owed after this line; below zero is credit. */
  balance_centavos: bigint;
}

/** Which lines. Both days are included; without `to` also what is dated ahead. */
export interface AccountLineFilter {
  subscriberId: string;
  from?: Temporal.PlainDate | undefined;
  to?: Temporal.PlainDate | undefined;
  kind?: AccountLineKind | undefined;
}

/**
 * A place in the books: all that was written before it, and of the same transaction what counts from that day or an earlier
 * one. What is written afterwards lies behind it, whatever date it carries and whatever the clock said.
 */
export interface BookPosition {
  /** Taken behind the subscriber's lock; of what is from before there were places it is 0, and its time orders it. */
  place: bigint;
  recordedAt: Temporal.Instant;
  on: Temporal.PlainDate;
}

/** What a span of days did to an account. */
export interface AccountSpan {
  openingCentavos: bigint;
  /** Each with its sign on the account's side: what undoes a charge is below zero among the charges. */
  chargesCentavos: bigint;
  paymentsCentavos: bigint;
  creditsCentavos: bigint;
  /** opening + charges - payments - credits. */
  closingCentavos: bigint;
  /** Lines of each kind. */
  counts: Record<AccountLineKind, number>;
}

const SORTS: Readonly<Record<string, readonly SortKey<AccountLineRow>[]>> = {
  date: [
    { by: sql`own.counted_on`, kind: "date", of: (row) => String(row.counted_on) },
    { by: sql`own.recorded_at`, kind: "instant", of: (row) => String(row.recorded_at) },
    { by: sql`own.id`, kind: "uuid", of: (row) => row.id },
  ],
};
const ALL: Ordering<AccountLineRow> = orderingOf(SORTS, "date", "date");

/**
 * The account of a subscriber with its running balance, newest first unless another sort is asked for. Moving credit to
 * a bill changes neither what was charged nor what was received, so those lines are left out.
 */
export async function listAccountLines(
  trx: TenantTransaction,
  filter: AccountLineFilter,
  request: PageRequest & { sort?: string | undefined },
): Promise<Page<AccountLineRow>> {
  const window = windowOf(orderingOf(SORTS, request.sort, "-date"), request);
  const { rows } = await sql<AccountLineRow>`
    select ${LINE}, own.balance_centavos, ${lineKind(trx)} as line_kind, ${NAMED} from (
      select ${LINE}, own.balance_centavos from (${withBalance(trx, filter.subscriberId)}) as own
      where ${
    conditions(trx, filter)
  } and ${window.where} order by ${window.orderBy} limit ${window.limit}) as own
    ${names(trx)} order by ${window.orderBy}`.execute(trx);
  return window.toPage(rows);
}

/** All lines through a day, or up to a place in the books, in the order in which they count, for a statement. */
export async function listAllAccountLines(
  trx: TenantTransaction,
  filter: Pick<AccountLineFilter, "subscriberId" | "to"> & { position?: BookPosition },
): Promise<AccountLineRow[]> {
  const { orderBy } = windowOf(ALL, { limit: 0 });
  const { rows } = await sql<AccountLineRow>`
    select ${LINE}, own.balance_centavos, ${lineKind(trx)} as line_kind, ${NAMED}
    from (${withBalance(trx, filter.subscriberId)}) as own ${names(trx)}
    where ${conditions(trx, filter)} and ${isUpTo("own", filter.position)} order by ${orderBy}`.execute(trx);
  return rows;
}

/** What the days of a filter did to the account, and how many lines of each kind they have. */
export async function sumAccountLines(
  trx: TenantTransaction,
  { subscriberId, from, to }: AccountLineFilter,
): Promise<AccountSpan> {
  const { rows } = await sql<
    { span: "before" | "within"; line_kind: AccountLineKind; n: number; sum: bigint }
  >`
    select case when ${from === undefined ? sql`false` : sql`own.counted_on < ${from}::date`} then 'before'
      else 'within' end as span, ${
    lineKind(trx)
  } as line_kind, count(*)::int as n, sum(amount_centavos)::bigint as sum
    from (${accountLines(trx, subscriberId)}) as own where ${conditions(trx, { to })} group by 1, 2`.execute(
    trx,
  );
  const sumOf = (span: string, kind?: AccountLineKind) =>
    rows.filter((row) => row.span === span && (kind === undefined || row.line_kind === kind))
      .reduce((total, row) => total + row.sum, 0n);
  const countOf = (kind: AccountLineKind) =>
    rows.find((row) => row.span === "within" && row.line_kind === kind)?.n ?? 0;
  const opening = sumOf("before");
  return {
    openingCentavos: opening,
    chargesCentavos: sumOf("within", "charge"),
    paymentsCentavos: -sumOf("within", "payment"),
    creditsCentavos: -sumOf("within", "credit"),
    closingCentavos: opening + sumOf("within"),
    counts: { charge: countOf("charge"), payment: countOf("payment"), credit: countOf("credit") },
  };
}

/** A bill with something open on a day. */
export interface OpenOnDay {
  id: string;
  subscription_id: string;
  number: string;
  issued_on: Temporal.PlainDate;
  grace_days: number;
  is_imported: boolean;
  due_on: Temporal.PlainDate;
  total_centavos: bigint;
  vat_centavos: bigint;
  open_centavos: bigint;
  /** Settled by tax certificates. */
  certified_centavos: bigint;
  /** Given back by memos, with VAT, and of that the VAT. */
  back_centavos: bigint;
  vat_back_centavos: bigint;
}

/**
 * What was open on bills at the end of a day, or at a place in the books, the oldest due first; without either, now. Postings
 * of credit are read only where there are memos, which a bill may have been given.
 */
export async function listOpenOnDay(
  trx: TenantTransaction,
  { subscriberId, to, position }: Pick<AccountLineFilter, "subscriberId" | "to"> & {
    position?: BookPosition;
  },
): Promise<OpenOnDay[]> {
  const isGiven = position === undefined
    ? sql`m.voided_at is null`
    : sql`m.id = any(array(select p.source_id from posted p where p.kind = 'memo_issued'))
      and m.id <> all(array(select p.source_id from posted p where p.kind = 'memo_voided'))`;
  const given = sql`m.tenant_id = b.tenant_id and m.bill_id = b.id and ${isGiven}
    ${to === undefined ? sql`` : sql`and m.issued_on <= ${to}::date`}`;
  const { rows } = await sql<OpenOnDay>`
    with posted as materialized (
      select e.account, e.amount_centavos, t.kind, t.bill_id, t.source_id
      from ledger_entries e
      cross join lateral (select t.kind, t.bill_id, t.source_id, t.recorded_at, t.book_place, ${
    countedOn(trx)
  } as counted_on from ledger_transactions t
        where t.tenant_id = ${trx.tenantId} and t.id = e.transaction_id offset 0) t
      where e.tenant_id = ${trx.tenantId} and e.subscriber_id = ${subscriberId}
        and (e.account = 'receivable' or e.account = 'subscriber_credit' and (select exists (select from credit_memos m
          where m.tenant_id = ${trx.tenantId} and m.subscriber_id = ${subscriberId})))
        ${to === undefined ? sql`` : sql`and t.counted_on <= ${to}::date`} and ${isUpTo("t", position)})
    select b.id, b.subscription_id, b.number, b.issued_on, b.grace_days, b.is_imported, b.due_on, b.total_centavos,
      b.vat_centavos, own.open_centavos,
      own.certified_centavos,
      coalesce((select sum(m.amount_centavos) from credit_memos m where ${given}), 0)::bigint as back_centavos,
      coalesce((select sum(m.vat_centavos) from credit_memos m where ${given}), 0)::bigint as vat_back_centavos
    from (
      select p.bill_id, sum(p.amount_centavos)::bigint as open_centavos,
        coalesce(-sum(p.amount_centavos) filter (where p.source_id = any(array(
          select y.id from payments y where y.tenant_id = ${trx.tenantId} and y.subscriber_id = ${subscriberId}
            and y.method = 'withholding_2307'))), 0)::bigint as certified_centavos
      from posted p where p.account = 'receivable'
      group by p.bill_id having sum(p.amount_centavos) <> 0) own
    join bills b on b.tenant_id = ${trx.tenantId} and b.id = own.bill_id
    order by b.due_on, b.issued_on, length(b.number), b.number collate "C"`.execute(trx);
  return rows;
}

/**
 * What an account on the other side of a subscriber's says about a posting: earned is a charge, given up is a credit,
 * and money in or out is a payment. A kind of posting that is new finds its place by the account that it is made on.
 */
const LINE_KIND = sql`case when own.kind in ('memo_issued', 'memo_voided') then 'credit'
  when o.account like 'revenue:%' or o.account = 'vat_payable' then 'charge'
  when o.account = 'opening_balance' then case when o.amount_centavos < 0 then 'charge' else 'credit' end
  when o.account in ('credit_memos', 'write_offs') then 'credit' else 'payment' end`;

/**
 * Where the line `own` stands. Of the table itself, also for who sees some sites: what the company's own accounts say of a
 * posting that they see is hidden from them elsewhere.
 */
function lineKind(trx: TenantTransaction): RawBuilder<unknown> {
  return sql`coalesce((select ${LINE_KIND} from public.ledger_entries o
    where o.tenant_id = ${trx.tenantId} and o.transaction_id = own.id and o.subscriber_id is null
    order by abs(o.amount_centavos) desc, o.line_no limit 1), 'credit')`;
}

/** What a posting alone says of the line `own`. */
const LINE =
  sql`own.id, own.kind, own.counted_on, own.recorded_at, own.book_place, own.bill_id, own.source_id, own.refund_id,
  own.description, own.actor, own.amount_centavos`;

/** The numbers of what lines are about: read for the lines of a page only. */
const NAMED =
  sql`b.number as bill_number, c.kind as source_kind, c.number as source_number, r.number as refund_number,
    coalesce(case own.kind when 'bill_issued' then b.vat_centavos when 'bill_voided' then -b.vat_centavos
      when 'memo_issued' then -m.vat_centavos when 'memo_voided' then m.vat_centavos end, 0) as vat_centavos`;

function names(trx: TenantTransaction): RawBuilder<unknown> {
  return sql`
    left join bills b on b.tenant_id = ${trx.tenantId} and b.id = own.bill_id
    left join credit_sources c on c.tenant_id = ${trx.tenantId} and c.id = own.source_id
    left join refunds r on r.tenant_id = ${trx.tenantId} and r.id = own.refund_id
    left join credit_memos m on m.tenant_id = ${trx.tenantId} and m.id = own.source_id`;
}

function withBalance(trx: TenantTransaction, subscriberId: string): RawBuilder<unknown> {
  return sql`select ${LINE},
      (sum(own.amount_centavos) over (order by own.counted_on, own.recorded_at, own.id))::bigint as balance_centavos
    from (${accountLines(trx, subscriberId)}) own`;
}

/**
 * The lines of an account. Its entries are summed by posting before anything else is asked: what only moves credit falls
 * away there. Of the rest each posting is read by its key (`offset` keeps it so), however many others there are.
 */
function accountLines(trx: TenantTransaction, subscriberId: string): RawBuilder<unknown> {
  const tenant = trx.tenantId;
  return sql`
    select moved.id, moved.amount_centavos, t.kind, t.recorded_at, t.book_place, t.bill_id, t.source_id, t.refund_id,
      t.description, t.actor, ${countedOn(trx)} as counted_on
    from (
      select e.transaction_id as id, sum(e.amount_centavos)::bigint as amount_centavos from ledger_entries e
      where e.tenant_id = ${tenant} and e.subscriber_id = ${subscriberId}
        and e.account in ('receivable', 'subscriber_credit')
      group by e.transaction_id having sum(e.amount_centavos) <> 0) moved
    cross join lateral (select t.kind, t.business_on, t.recorded_at, t.book_place, t.bill_id, t.source_id, t.refund_id, t.description,
        t.actor
      from ledger_transactions t where t.tenant_id = ${tenant} and t.id = moved.id
      offset 0) t`;
}

/** The day that the posting `t` counts from: a bill's is its own, and what came after it is looked up. */
function countedOn(trx: TenantTransaction): RawBuilder<unknown> {
  return sql`case when t.kind = 'bill_issued' or t.bill_id is null then t.business_on
    else greatest(t.business_on, (select b.issued_on from bills b where b.tenant_id = ${trx.tenantId} and b.id = t.bill_id))
    end`;
}

/** Whether a posting lies before or at a place in the books; each does, where none is given. */
function isUpTo(posting: "own" | "t", position: BookPosition | undefined): RawBuilder<unknown> {
  if (position === undefined) return sql`true`;
  const { place, recordedAt, on } = position;
  const of = (column: string) => sql.ref(`${posting}.${column}`);
  return sql`(${of("book_place")}, ${of("recorded_at")}, ${of("counted_on")})
    <= (${place}::bigint, ${recordedAt}::timestamptz, ${on}::date)`;
}

function conditions(
  trx: TenantTransaction,
  { from, to, kind }: Omit<AccountLineFilter, "subscriberId">,
): RawBuilder<unknown> {
  const where = [sql`true`];
  if (from !== undefined) where.push(sql`own.counted_on >= ${from}::date`);
  if (to !== undefined) where.push(sql`own.counted_on <= ${to}::date`);
  if (kind !== undefined) where.push(sql`${lineKind(trx)} = ${kind}`);
  return sql.join(where, sql` and `);
}
