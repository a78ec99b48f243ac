import { sql } from "kysely";
import { toRecordset } from "./recordset.ts";
import type { TenantTransaction } from "./tenant_transaction.ts";

/** A subscription that is due to be billed, locked together with its subscriber. */
export interface DueSubscription {
  id: string;
  subscriber_id: string;
  ppp_name: string;
  anchor_day: number | null;
  activated_on: Temporal.PlainDate | null;
  billed_through_on: Temporal.PlainDate | null;
  plan_name: string;
  price_centavos: bigint;
}

/**
 * Claims a batch. At first rows that another worker has are passed over; once nothing else is left, `wait` asks for
 * those as well, and finds them done. Waiting goes in subscriber order, like every money transaction.
 */
export async function claimDueSubscriptions(
  trx: TenantTransaction,
  run: { id: string; businessOn: Temporal.PlainDate },
  options: { limit: number; wait: boolean },
): Promise<DueSubscription[]> {
  const order = options.wait ? sql`s.id, c.id` : sql`c.next_bill_on, c.id`;
  const { rows } = await sql<DueSubscription>`
    select c.id, c.subscriber_id, c.ppp_name, c.anchor_day, c.activated_on, c.billed_through_on,
      p.name as plan_name, p.price_centavos
    from subscriptions c
    join subscribers s on s.tenant_id = c.tenant_id and s.id = c.subscriber_id
    join plans p on p.tenant_id = c.tenant_id and p.id = c.plan_id
    where c.tenant_id = ${trx.tenantId} and c.next_bill_on <= ${run.businessOn}
      and c.status in ('active', 'disconnected') and c.status <> 'cancelled'
      and not exists (select from run_rows w where w.tenant_id = c.tenant_id and w.run_id = ${run.id}
        and w.subscription_id = c.id and w.outcome = 'failed')
    order by ${order} limit ${options.limit} for no key update of c, s ${
    options.wait ? sql`` : sql`skip locked`
  }`
    .execute(trx);
  return rows;
}

/** Periods that are billed already beyond a subscription's watermark: what was left after a bill in between was voided. */
export async function listLivePeriods(
  trx: TenantTransaction,
  subscriptionIds: readonly string[],
): Promise<{ subscription_id: string; period_start: Temporal.PlainDate; period_end: Temporal.PlainDate }[]> {
  const { rows } = await sql<
    { subscription_id: string; period_start: Temporal.PlainDate; period_end: Temporal.PlainDate }
  >`
    select b.subscription_id, b.period_start, b.period_end from bills b
    join subscriptions c on c.tenant_id = b.tenant_id and c.id = b.subscription_id
    where b.tenant_id = ${trx.tenantId} and b.subscription_id = any(${[...subscriptionIds]}::uuid[])
      and b.status <> 'void' and b.period_end > coalesce(c.billed_through_on, '-infinity'::date)
    order by b.subscription_id, b.period_start`.execute(trx);
  return rows;
}

/** A bill as a run writes it. */
export interface NewBill {
  id: string;
  subscriber_id: string;
  subscription_id: string;
  number: string;
  period_start: Temporal.PlainDate;
  period_end: Temporal.PlainDate;
  issued_on: Temporal.PlainDate;
  due_on: Temporal.PlainDate;
  grace_days: number;
  total_centavos: bigint;
  run_id: string | null;
  created_at: Temporal.Instant;
  lines: {
    kind: "recurring" | "one_time";
    description: string;
    period_start: Temporal.PlainDate;
    period_end: Temporal.PlainDate;
    amount_centavos: bigint;
  }[];
}

/** Adds issued bills with their lines. */
export async function insertBills(trx: TenantTransaction, bills: readonly NewBill[]): Promise<void> {
  if (bills.length === 0) return;
  const heads = bills.map(({ lines: _lines, ...head }) => head);
  await sql`
    insert into bills (tenant_id, id, subscriber_id, subscription_id, number, status, period_start, period_end, issued_on,
      due_on, grace_days, total_centavos, run_id, created_at)
    select ${trx.tenantId}::uuid, r.id, r.subscriber_id, r.subscription_id, r.number, 'issued', r.period_start,
      r.period_end, r.issued_on, r.due_on, r.grace_days, r.total_centavos, r.run_id, r.created_at
    from jsonb_to_recordset(${
    toRecordset(heads)
  }::jsonb) as r(id uuid, subscriber_id uuid, subscription_id uuid,
      number text, period_start date, period_end date, issued_on date, due_on date, grace_days smallint,
      total_centavos bigint, run_id uuid, created_at timestamptz)`.execute(trx);
  const lines = bills.flatMap((bill) =>
    bill.lines.map((line, i) => ({ ...line, bill_id: bill.id, line_no: i + 1 }))
  );
  await sql`
    insert into bill_lines (tenant_id, bill_id, line_no, kind, description, period_start, period_end, amount_centavos)
    select ${trx.tenantId}::uuid, r.bill_id, r.line_no, r.kind, r.description, r.period_start, r.period_end,
      r.amount_centavos
    from jsonb_to_recordset(${toRecordset(lines)}::jsonb) as r(bill_id uuid, line_no smallint, kind text,
      description text, period_start date, period_end date, amount_centavos bigint)`.execute(trx);
}

/** Moves the watermarks of billed subscriptions. */
export async function updateWatermarks(
  trx: TenantTransaction,
  rows: readonly {
    id: string;
    billed_through_on: Temporal.PlainDate | null;
    next_bill_on: Temporal.PlainDate;
  }[],
): Promise<void> {
  if (rows.length === 0) return;
  await sql`
    update subscriptions c set billed_through_on = r.billed_through_on, next_bill_on = r.next_bill_on
    from jsonb_to_recordset(${
    toRecordset(rows)
  }::jsonb) as r(id uuid, billed_through_on date, next_bill_on date)
    where c.tenant_id = ${trx.tenantId} and c.id = r.id`.execute(trx);
}

/**
 * Gives the period of a voided bill back: the next bill run bills it. A first bill goes back to before the first, so
 * that the rule for first bills holds again; an imported subscription keeps the start that its import gave it.
 */
export async function reopenPeriod(
  trx: TenantTransaction,
  subscriptionId: string,
  periodStart: Temporal.PlainDate,
  periodEnd: Temporal.PlainDate,
): Promise<void> {
  await sql`
    update subscriptions c set
      billed_through_on = case when c.activated_on = ${periodStart} and c.import_batch_id is null then null
        else least(c.billed_through_on, ${periodStart}::date) end,
      next_bill_on = least(c.next_bill_on, ${periodEnd}::date)
    where c.tenant_id = ${trx.tenantId} and c.id = ${subscriptionId}`.execute(trx);
}
