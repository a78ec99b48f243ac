import { sql } from "kysely";
import { sendSqlAhead } from "../db/ahead.ts";
import { toRecordset } from "../db/recordset.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** What many bills have in common: everything but who they are for. Dates and amounts are text, as they travel. */
export interface BillShape {
  period_start: string;
  period_end: string;
  issued_on: string;
  due_on: string;
  /** Days past due that stay connected, as agreed when it was issued. */
  grace_days: number;
  total_centavos: string;
  /** As it is taxed; the rate in basis points. */
  tax_mode: string;
  vat_rate_bp: number;
  vatable_centavos: string;
  vat_centavos: string;
  /** First day on which it costs a late fee; left out where it never does. */
  late_fee_on?: string;
  /** A fee of this amount, or of so many hundredths of a percent of what is unpaid. */
  late_fee_centavos?: string;
  late_fee_bp?: number;
  lines: {
    kind: string;
    description: string;
    period_start: string;
    period_end: string;
    amount_centavos: string;
    /** In the amount. */
    vat_centavos: string;
    /** For the service of the connection: unpaid, it may be cut for it (rule R21). */
    is_own: boolean;
    /** By the credit lines of the same bill; of a credit line all of it. */
    settled_centavos: string;
    /** What its period is charged by; null for a line that corrects one. */
    terms: PeriodShape | null;
  }[];
  /** Double-entry legs, summing to zero; `is_own` is the subscriber's account. None for a bill of zero. */
  legs: { account: string; is_own: boolean; amount_centavos: string }[];
}

/** A charged period as it is stored (rule R6). */
export interface PeriodShape extends Partial<OwnShape> {
  plan_name: string;
  price_centavos: string;
  anchor_day: number;
  proration: string;
  is_in_full: boolean;
  suspended_policy: string;
  /** Its first bill was voided: the period is there. */
  is_again: boolean;
}

/** How the price of a period came about, where the connection has one of its own; left out where it is the plan's. */
export interface OwnShape {
  own_kind: string;
  own_amount_centavos: string;
  own_basis_points: number;
  own_until_on: string | null;
  list_price_centavos: string;
}

/** One bill of a batch. */
export interface ShapedBill {
  id: string;
  transactionId: string;
  subscriberId: string;
  subscriptionId: string;
  shape: BillShape;
}

/** Where a subscription stands after the run; shared by all that are alike. */
export interface WatermarkShape {
  billed_through_on: string | null;
  /** Null: it is paid up front, and nothing more is billed. */
  next_bill_on: string | null;
  stopped_from_on: string | null;
  /** ISO instant. */
  stopped_at: string | null;
}

/** A batch of a run, ready to be written. */
export interface BillBatch {
  bills: readonly ShapedBill[];
  watermarks: readonly { subscriptionId: string; shape: WatermarkShape }[];
  runId: string;
  /** Real time. */
  at: Temporal.Instant;
  businessOn: Temporal.PlainDate;
  actor: string;
}

/** A batch as its statement takes it: everything but the numbers. */
export interface PreparedBatch extends Omit<BillBatch, "bills" | "watermarks"> {
  count: number;
  heads: string;
  lines: string;
  legs: string;
  billIds: string;
  transactionIds: string;
  subscriberIds: string;
  subscriptionIds: string;
  shapeOf: string;
  markedIds: string;
  markOf: string;
  marks: string;
}

/** Turns a batch into parameters, before its numbers are taken and others have to wait for theirs. */
export function prepareBillBatch({ bills, watermarks, ...rest }: BillBatch): PreparedBatch {
  const shapes = indexOf(bills.map((bill) => bill.shape));
  const marks = indexOf(watermarks.map((one) => one.shape));
  return {
    ...rest,
    count: bills.length,
    heads: headsOf(shapes.list),
    lines: partsOf(
      shapes.list.map(({ lines }) => lines.map(({ terms, ...line }) => ({ ...line, ...terms }))),
    ),
    legs: partsOf(shapes.list.map(({ legs }) => legs)),
    billIds: arrayOf(bills.map((bill) => bill.id)),
    transactionIds: arrayOf(bills.map((bill) => bill.transactionId)),
    subscriberIds: arrayOf(bills.map((bill) => bill.subscriberId)),
    subscriptionIds: arrayOf(bills.map((bill) => bill.subscriptionId)),
    shapeOf: arrayOf(shapes.of),
    markedIds: arrayOf(watermarks.map((one) => one.subscriptionId)),
    markOf: arrayOf(marks.of),
    marks: toRecordset(marks.list.map((one, mark) => ({ ...one, mark }))),
  };
}

/**
 * Writes what of a batch needs no number, so that two batches do it at once: lines, charged periods, entries of the books and
 * watermarks. Their bills and transactions follow in the same database transaction ({@linkcode writeBillHeads}); the foreign
 * keys to them are looked at by its commit.
 *
 * What bills share is sent once and joined in the database; each bill adds a few short values.
 */
export async function writeBillParts(trx: TenantTransaction, batch: PreparedBatch): Promise<void> {
  const tenant = sql`${trx.tenantId}::uuid`;
  await sendSqlAhead(trx, sql`set constraints ${sql.join(HEAD_KEYS.map((key) => sql.id(key)))} deferred`);
  await sendSqlAhead(
    trx,
    sql`
    with head as materialized (
      select * from jsonb_to_recordset(${batch.heads}::jsonb) as r(shape int, issued_on date)),
    line as materialized (
      select * from jsonb_to_recordset(${batch.lines}::jsonb) as r(shape int, line_no smallint,
        kind text, description text, period_start date, period_end date, amount_centavos bigint, vat_centavos bigint,
        settled_centavos bigint, is_own boolean, plan_name text,
        price_centavos bigint, anchor_day smallint, proration text, is_in_full boolean, suspended_policy text,
        is_again boolean, own_kind text, own_amount_centavos bigint, own_basis_points int, own_until_on date,
        list_price_centavos bigint)),
    leg as materialized (
      select * from jsonb_to_recordset(${batch.legs}::jsonb) as r(shape int, line_no smallint,
        account text, is_own boolean, amount_centavos bigint)),
    due as materialized (
      select * from unnest(${batch.billIds}::uuid[], ${batch.transactionIds}::uuid[], ${batch.subscriberIds}::uuid[],
        ${batch.subscriptionIds}::uuid[], ${batch.shapeOf}::int[])
        as r(bill_id, transaction_id, subscriber_id, subscription_id, shape)),
    mark as materialized (
      select m.id, r.billed_through_on, r.next_bill_on, r.stopped_from_on, r.stopped_at
      from unnest(${batch.markedIds}::uuid[], ${batch.markOf}::int[]) as m(id, mark)
      join jsonb_to_recordset(${batch.marks}::jsonb)
        as r(mark int, billed_through_on date, next_bill_on date, stopped_from_on date, stopped_at timestamptz)
        using (mark)),
    new_lines as (
      insert into bill_lines (tenant_id, bill_id, line_no, kind, description, period_start, period_end, amount_centavos,
        vat_centavos, settled_centavos, subscription_id)
      select ${tenant}, d.bill_id, l.line_no, l.kind, l.description, l.period_start, l.period_end, l.amount_centavos,
        l.vat_centavos, l.settled_centavos, case when l.is_own then d.subscription_id end
      from due d join line l using (shape)),
    new_periods as (
      insert into charged_periods (tenant_id, subscription_id, period_start, period_end, state, bill_id, plan_name,
        price_centavos, anchor_day, proration, is_in_full, suspended_policy, first_billed_on, created_at,
        own_kind, own_amount_centavos, own_basis_points, own_until_on, list_price_centavos)
      select ${tenant}, d.subscription_id, l.period_start, l.period_end, 'billed', d.bill_id, l.plan_name,
        l.price_centavos, l.anchor_day, l.proration, l.is_in_full, l.suspended_policy, h.issued_on, ${batch.at}::timestamptz,
        l.own_kind, l.own_amount_centavos, l.own_basis_points, l.own_until_on, l.list_price_centavos
      from due d join head h using (shape) join line l using (shape) where l.plan_name is not null and not l.is_again),
    old_periods as (
      update charged_periods p set state = 'billed', bill_id = d.bill_id, freed_bill_id = null
      from due d join line l using (shape)
      where p.tenant_id = ${tenant} and p.subscription_id = d.subscription_id and p.period_start = l.period_start
        and l.is_again),
    new_entries as (
      insert into ledger_entries (tenant_id, transaction_id, line_no, account, subscriber_id, amount_centavos)
      select ${tenant}, d.transaction_id, l.line_no, l.account, case when l.is_own then d.subscriber_id end,
        l.amount_centavos
      from due d join leg l using (shape))
    update subscriptions c set billed_through_on = m.billed_through_on, next_bill_on = m.next_bill_on,
      stopped_from_on = m.stopped_from_on, stopped_at = m.stopped_at
    from mark m where c.tenant_id = ${trx.tenantId} and c.id = m.id`,
  );
}

/**
 * Writes the bills of a batch and their transactions: what has a number.
 *
 * @param numbers one for each bill, in order
 */
export async function writeBillHeads(
  trx: TenantTransaction,
  batch: PreparedBatch,
  numbers: readonly string[],
): Promise<void> {
  if (numbers.length !== batch.count) {
    throw new Error(`Cannot write bills: ${numbers.length} numbers for ${batch.count} bills`);
  }
  if (batch.count === 0) return;
  const { at, businessOn } = batch;
  const tenant = sql`${trx.tenantId}::uuid`;
  await sql`
    with shape as materialized (
      select * from jsonb_to_recordset(${batch.heads}::jsonb) as r(shape int, period_start date,
        period_end date, issued_on date, due_on date, grace_days smallint, total_centavos bigint,
        tax_mode text, vat_rate_bp smallint, vatable_centavos bigint, vat_centavos bigint,
        late_fee_on date, late_fee_centavos bigint, late_fee_bp int, has_legs boolean)),
    due as materialized (
      select * from unnest(${batch.billIds}::uuid[], ${batch.transactionIds}::uuid[], ${batch.subscriberIds}::uuid[],
        ${batch.subscriptionIds}::uuid[], ${[...numbers]}::text[], ${batch.shapeOf}::int[])
        as r(bill_id, transaction_id, subscriber_id, subscription_id, number, shape)),
    new_bills as (
      insert into bills (tenant_id, id, subscriber_id, subscription_id, number, status, period_start, period_end,
        issued_on, due_on, grace_days, total_centavos, tax_mode, vat_rate_bp, vatable_centavos, vat_centavos,
        late_fee_on, late_fee_centavos, late_fee_bp, late_fee_look_on,
        run_id, created_at, book_place)
      select ${tenant}, d.bill_id, d.subscriber_id, d.subscription_id, d.number, 'issued', s.period_start,
        s.period_end, s.issued_on, s.due_on, s.grace_days, s.total_centavos, s.tax_mode, s.vat_rate_bp, s.vatable_centavos,
        s.vat_centavos, s.late_fee_on, s.late_fee_centavos,
        s.late_fee_bp, s.late_fee_on, ${batch.runId}::uuid,
        ${at}::timestamptz, (select book_place())
      from due d join shape s using (shape))
    insert into ledger_transactions (tenant_id, id, kind, business_on, recorded_at, bill_id, source_id, description,
      actor, book_place)
    select ${tenant}, d.transaction_id, 'bill_issued', ${businessOn}::date, ${at}::timestamptz, d.bill_id, null,
      '{"code":"ledger_bill","values":{"number":' || to_json(d.number) || '}}', ${batch.actor},
      (select book_place())
    from due d join shape s using (shape) where s.has_legs`.execute(trx);
}

/** Foreign keys to what a batch writes last. */
const HEAD_KEYS = [
  "bill_lines_tenant_id_bill_id_fkey",
  "charged_periods_tenant_id_bill_id_fkey",
  "ledger_entries_tenant_id_transaction_id_fkey",
];

/** The distinct objects (by identity) and, for each element, which one it is. */
function indexOf<T extends object>(all: readonly T[]): { list: T[]; of: number[] } {
  const known = new Map<T, number>();
  const of = all.map((one) => {
    const index = known.get(one) ?? known.size;
    known.set(one, index);
    return index;
  });
  return { list: [...known.keys()], of };
}

function headsOf(shapes: readonly BillShape[]): string {
  return toRecordset(
    shapes.map(({ lines: _lines, legs, ...head }, shape) => ({ ...head, shape, has_legs: legs.length > 0 })),
  );
}

function partsOf(shapes: readonly (readonly object[])[]): string {
  return toRecordset(
    shapes.flatMap((parts, shape) => parts.map((row, i) => ({ ...row, shape, line_no: i + 1 }))),
  );
}

/** Ids and small numbers as the text of an array: the driver would quote and escape each one. */
function arrayOf(values: readonly (string | number)[]): string {
  return `{${values.join(",")}}`;
}
