import { sql } from "kysely";
import { toRecordset } from "../db/recordset.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/**
 * A subscription that is due to be billed, locked together with its subscriber. Its dates stay text: the plan of one
 * is the plan of all that are like it, and only then are they read.
 */
export interface DueSubscription {
  id: string;
  subscriber_id: string;
  ppp_name: string;
  anchor_day: number | null;
  bill_timing: "arrears" | "advance";
  activated_on: string | null;
  billed_through_on: string | null;
  stopped_from_on: string | null;
  plan_name: string;
  price_centavos: bigint;
  next_plan_on: string | null;
  next_plan_name: string | null;
  next_price_centavos: bigint | null;
}

/** Lets bills in advance begin that a longer lead makes due by now; their date was noted with the lead of then. */
export async function updateLeadLengthened(
  trx: TenantTransaction,
  leadDays: number,
  businessOn: Temporal.PlainDate,
): Promise<void> {
  await sql`
    update subscriptions set next_bill_on = ${businessOn}
    where tenant_id = ${trx.tenantId} and bill_timing = 'advance' and status in ('active', 'disconnected')
      and next_bill_on > ${businessOn} and billed_through_on - ${leadDays}::int <= ${businessOn}::date`
    .execute(trx);
}

/**
 * Claims a batch. At first in the order of the ids, after the last one that was claimed, and rows that another worker
 * has are passed over; once nothing else is left, `wait` asks for those as well, and finds them done. Waiting goes in
 * subscriber order, like every money transaction.
 */
export async function claimDueSubscriptions(
  trx: TenantTransaction,
  run: { id: string; businessOn: Temporal.PlainDate },
  options: { limit: number; wait: boolean; afterId: string | null },
): Promise<DueSubscription[]> {
  const { afterId, wait } = options;
  const order = wait ? sql`s.id, c.id` : sql`c.id`;
  const from = afterId === null || wait ? sql`true` : sql`c.id > ${afterId}::uuid`;
  const { rows } = await sql<DueSubscription>`
    select c.id, c.subscriber_id, c.ppp_name, c.anchor_day, c.bill_timing, c.activated_on::text as activated_on,
      c.billed_through_on::text as billed_through_on,
      c.stopped_from_on::text as stopped_from_on, p.name as plan_name, p.price_centavos,
      c.next_plan_on::text as next_plan_on, n.name as next_plan_name, n.price_centavos as next_price_centavos
    from subscriptions c
    join subscribers s on s.tenant_id = c.tenant_id and s.id = c.subscriber_id
    join plans p on p.tenant_id = c.tenant_id and p.id = c.plan_id
    left join plans n on n.tenant_id = c.tenant_id and n.id = c.next_plan_id
    where c.tenant_id = ${trx.tenantId} and c.next_bill_on <= ${run.businessOn} and ${from}
      and c.status in ('active', 'disconnected') and c.status <> 'cancelled'
      and not exists (select from run_rows w where w.tenant_id = c.tenant_id and w.run_id = ${run.id}
        and w.subscription_id = c.id and w.outcome = 'failed')
    order by ${order} limit ${options.limit} for no key update of c, s ${wait ? sql`` : sql`skip locked`}`
    .execute(trx);
  return rows;
}

/** A half-open period that has a live bill. */
export interface LivePeriod {
  subscription_id: string;
  period_start: Temporal.PlainDate;
  period_end: Temporal.PlainDate;
}

/** Periods that are billed already beyond a subscription's watermark: what was left after a bill in between was voided. */
export async function listLivePeriods(
  trx: TenantTransaction,
  subscriptionIds: readonly string[],
): Promise<LivePeriod[]> {
  // No period is longer than a stub and the month after it: the bills of years need not be read.
  const { rows } = await sql<LivePeriod>`
    select b.subscription_id, b.period_start, b.period_end from bills b
    join subscriptions c on c.tenant_id = b.tenant_id and c.id = b.subscription_id
    where b.tenant_id = ${trx.tenantId} and b.subscription_id = any(${uuidArray(subscriptionIds)}::uuid[])
      and b.status <> 'void' and b.period_start > coalesce(c.billed_through_on - 70, '-infinity'::date)
      and b.period_end > coalesce(c.billed_through_on, '-infinity'::date)
    order by b.subscription_id, b.period_start`.execute(trx);
  return rows;
}

/** Days on which a connection was off, for one reason. */
export interface SuspensionRow {
  subscription_id: string;
  reason: string;
  added_on: Temporal.PlainDate;
  /** Null while it stands. */
  removed_on: Temporal.PlainDate | null;
}

/** What was off from `since` on. */
export async function listSuspensions(
  trx: TenantTransaction,
  subscriptionIds: readonly string[],
  since: Temporal.PlainDate,
): Promise<SuspensionRow[]> {
  const { rows } = await sql<SuspensionRow>`
    select subscription_id, reason, added_on, removed_on from block_reasons
    where tenant_id = ${trx.tenantId} and subscription_id = any(${uuidArray(subscriptionIds)}::uuid[])
      and (removed_on is null or removed_on >= ${since}) order by subscription_id, added_on, id`.execute(trx);
  return rows;
}

/** How many bills of each are not paid; those with none are left out. */
export async function countUnpaidBills(
  trx: TenantTransaction,
  subscriptionIds: readonly string[],
): Promise<Map<string, number>> {
  if (subscriptionIds.length === 0) return new Map();
  const { rows } = await sql<{ id: string; count: number }>`
    select subscription_id as id, count(*)::int as count from bills
    where tenant_id = ${trx.tenantId} and subscription_id = any(${uuidArray(subscriptionIds)}::uuid[])
      and status = 'issued' and paid_centavos < total_centavos group by 1`.execute(trx);
  return new Map(rows.map((row) => [row.id, row.count]));
}

/** A line of a live bill in advance, with what later live bills took off for its suspended days. */
export interface BilledLineRow {
  subscription_id: string;
  period_start: Temporal.PlainDate;
  period_end: Temporal.PlainDate;
  amount_centavos: bigint;
  issued_on: Temporal.PlainDate;
  credited_centavos: bigint;
}

/** Lines that were billed in advance and end after `since`. */
export async function listBilledLines(
  trx: TenantTransaction,
  subscriptionIds: readonly string[],
  since: Temporal.PlainDate,
): Promise<BilledLineRow[]> {
  if (subscriptionIds.length === 0) return [];
  const { rows } = await sql<BilledLineRow>`
    select b.subscription_id, l.period_start, l.period_end,
      (sum(l.amount_centavos) filter (where l.amount_centavos > 0))::bigint as amount_centavos,
      min(b.issued_on) filter (where l.amount_centavos > 0) as issued_on,
      coalesce(-sum(l.amount_centavos) filter (where l.amount_centavos < 0), 0)::bigint as credited_centavos
    from bills b join bill_lines l on l.tenant_id = b.tenant_id and l.bill_id = b.id
    where b.tenant_id = ${trx.tenantId} and b.subscription_id = any(${uuidArray(subscriptionIds)}::uuid[])
      and b.status = 'issued' and not b.is_imported and l.kind = 'recurring' and l.period_end > ${since}
    group by 1, 2, 3 having count(*) filter (where l.amount_centavos > 0) > 0 order by 1, 2`.execute(trx);
  return rows;
}

/** Moves the watermarks of subscriptions whose service came back after their bills had stopped. */
export async function updateBillingResumed(
  trx: TenantTransaction,
  rows: readonly { id: string; billed_through_on: Temporal.PlainDate; next_bill_on: Temporal.PlainDate }[],
): Promise<void> {
  if (rows.length === 0) return;
  await sql`
    update subscriptions c set billed_through_on = r.billed_through_on, next_bill_on = r.next_bill_on,
      stopped_from_on = null
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
      next_bill_on = least(c.next_bill_on,
        case c.bill_timing when 'advance' then ${periodStart}::date else ${periodEnd}::date end)
    where c.tenant_id = ${trx.tenantId} and c.id = ${subscriptionId}`.execute(trx);
}

/** Ids as the text of a PostgreSQL array: the driver would quote and escape each one. */
export function uuidArray(ids: readonly string[]): string {
  return `{${ids.join(",")}}`;
}
