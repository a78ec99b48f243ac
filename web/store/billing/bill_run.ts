import { type RawBuilder, sql } from "kysely";
import type { SuspendedPolicy } from "@/web/domain/billing/mod.ts";
import { columnsOf } from "../db/columns.ts";
import { toRecordset } from "../db/recordset.ts";
import { pricedLine } from "./bills.ts";
import { isOfCycle } from "./bill_kinds.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";
import { OWN_RULES_COLUMNS, type OwnRulesColumns } from "./own_rules.ts";

/**
 * A subscription that is due to be billed, locked together with its subscriber. Its dates stay text: the plan of one
 * is the plan of all that are like it, and only then are they read.
 */
export interface DueSubscription extends OwnRulesColumns {
  id: string;
  subscriber_id: string;
  ppp_name: string;
  anchor_day: number | null;
  billing_mode: "postpaid" | "prepaid";
  bill_timing: "arrears" | "advance";
  activated_on: string | null;
  billed_through_on: string | null;
  stopped_from_on: string | null;
  /** ISO instant. */
  stopped_at: string | null;
  plan_id: string;
  next_plan_on: string | null;
  next_plan_id: string | null;
  /** It is paid up front from then on: a change waits for its day. */
  prepaid_from_on: string | null;
  /** First day without the service: its end is planned. */
  ends_on: string | null;
}

/** What the planner knows of a subscription `c`. */
export const DUE_COLUMNS =
  sql`c.id, c.subscriber_id, c.ppp_name, c.anchor_day, c.billing_mode, c.bill_timing, c.activated_on::text as activated_on,
  c.billed_through_on::text as billed_through_on, c.stopped_from_on::text as stopped_from_on,
  c.stopped_at::text as stopped_at, c.plan_id, c.next_plan_on::text as next_plan_on, c.next_plan_id,
  (select m.effective_on::text from mode_changes m where m.tenant_id = c.tenant_id and m.subscription_id = c.id
    and m.state = 'planned') as prepaid_from_on, (select (e.last_on + 1)::text from service_ends e
    where e.tenant_id = c.tenant_id and e.subscription_id = c.id and e.state = 'planned') as ends_on,
  ${columnsOf("c", OWN_RULES_COLUMNS)}`;

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
 * subscriber order, like every money transaction. With `only` nobody but these.
 */
export async function claimDueSubscriptions(
  trx: TenantTransaction,
  run: { id: string; businessOn: Temporal.PlainDate },
  options: { limit: number; wait: boolean; afterId: string | null; only?: readonly string[] | null },
): Promise<DueSubscription[]> {
  const { afterId, wait, only = null } = options;
  const chosen = only === null ? sql`true` : sql`c.id = any(${uuidArray(only)}::uuid[])`;
  const order = wait ? sql`s.id, c.id` : sql`c.id`;
  const from = afterId === null || wait ? sql`true` : sql`c.id > ${afterId}::uuid`;
  const { rows } = await sql<DueSubscription>`
    select ${DUE_COLUMNS}
    from subscriptions c
    join subscribers s on s.tenant_id = c.tenant_id and s.id = c.subscriber_id
    where c.tenant_id = ${trx.tenantId} and c.next_bill_on <= ${run.businessOn} and ${from} and ${chosen}
      and c.status in ('active', 'disconnected') and c.status <> 'cancelled'
      and not exists (select from run_rows w where w.tenant_id = c.tenant_id and w.run_id = ${run.id}
        and w.subscription_id = c.id and w.outcome = 'failed')
    order by ${order} limit ${options.limit} for no key update of c, s ${wait ? sql`` : sql`skip locked`}`
    .execute(trx);
  return rows;
}

/** The same of one subscription, due or not. */
export async function findAsDue(
  trx: TenantTransaction,
  subscriptionId: string,
): Promise<DueSubscription | null> {
  const { rows } = await sql<DueSubscription>`
    select ${DUE_COLUMNS} from subscriptions c
    where c.tenant_id = ${trx.tenantId} and c.id = ${subscriptionId}`.execute(trx);
  return rows[0] ?? null;
}

/** Days on which a connection was off, for one reason. */
export interface SuspensionRow {
  subscription_id: string;
  reason: string;
  added_on: Temporal.PlainDate;
  /** Null while it stands. */
  removed_on: Temporal.PlainDate | null;
  own_suspended_policy: SuspendedPolicy | null;
  own_suspended_policy_on: Temporal.PlainDate | null;
  plan_suspended_policy: SuspendedPolicy | null;
  plan_suspended_policy_on: Temporal.PlainDate | null;
}

/** What was off from `since` on. */
export async function listSuspensions(
  trx: TenantTransaction,
  subscriptionIds: readonly string[],
  since: Temporal.PlainDate,
): Promise<SuspensionRow[]> {
  const { rows } = await sql<SuspensionRow>`
    select r.subscription_id, r.reason, r.added_on, r.removed_on, c.own_suspended_policy, c.own_suspended_policy_on,
      p.own_suspended_policy as plan_suspended_policy, p.own_suspended_policy_on as plan_suspended_policy_on
    from block_reasons r join subscriptions c on c.tenant_id = r.tenant_id and c.id = r.subscription_id
    join plans p on p.tenant_id = c.tenant_id and p.id = c.plan_id
    where r.tenant_id = ${trx.tenantId} and r.subscription_id = any(${uuidArray(subscriptionIds)}::uuid[])
      and (r.removed_on is null or r.removed_on >= ${since}) order by r.subscription_id, r.added_on, r.id`
    .execute(trx);
  return rows;
}

/**
 * How many bills of each for service its payer has not paid; those with none are left out. Fees for that, charges and debit
 * memos are none of a cycle. One that is disputed as far as it is not paid waits for a decision, and counts for nobody
 * meanwhile.
 */
export async function countUnpaidBills(
  trx: TenantTransaction,
  subscriptionIds: readonly string[],
): Promise<Map<string, number>> {
  if (subscriptionIds.length === 0) return new Map();
  const { rows } = await sql<{ id: string; count: number }>`
    select b.subscription_id as id, count(*)::int as count from bills b
    join subscriptions c on c.tenant_id = b.tenant_id and c.id = b.subscription_id and c.subscriber_id = b.subscriber_id
    where b.tenant_id = ${trx.tenantId} and b.subscription_id = any(${uuidArray(subscriptionIds)}::uuid[])
      and b.status = 'issued' and b.paid_centavos + b.disputed_centavos < b.total_centavos
      and ${isOfCycle(sql`b.kind`)}
    group by 1`.execute(trx);
  return new Map(rows.map((row) => [row.id, row.count]));
}

/** A line of a live bill in advance, with what later live bills took off for its suspended days. */
export interface BilledLineRow {
  subscription_id: string;
  period_start: Temporal.PlainDate;
  period_end: Temporal.PlainDate;
  amount_centavos: bigint;
  /** Of its first bill: days that were suspended before were known then. */
  first_billed_on: Temporal.PlainDate;
  credited_centavos: bigint;
  /** That charges it. */
  bill_id: string | null;
}

/** Lines that were billed in advance and end after `since`; a change to payment up front, or of who pays, has settled those before it. */
export async function listBilledLines(
  trx: TenantTransaction,
  subscriptionIds: readonly string[],
  since: Temporal.PlainDate,
): Promise<BilledLineRow[]> {
  if (subscriptionIds.length === 0) return [];
  return await selectBilledLines(
    trx,
    sql`p.subscription_id = any(${uuidArray(subscriptionIds)}::uuid[])
      and p.period_end > ${since} and b.period_end > ${since}
      and not exists (select from mode_changes m where m.tenant_id = p.tenant_id and m.subscription_id = p.subscription_id
        and m.to_mode = 'prepaid' and m.state = 'made' and m.effective_on > p.period_start)
      and not exists (select from payer_changes x where x.tenant_id = p.tenant_id and x.subscription_id = p.subscription_id
        and x.state = 'made' and x.charged_from > p.period_start)`,
  );
}

/** What an old payer was billed for in advance and kept when a connection went to another. */
export async function listKeptLines(
  trx: TenantTransaction,
  change: {
    subscription_id: string;
    from_subscriber_id: string;
    effective_on: Temporal.PlainDate;
    charged_from: Temporal.PlainDate;
  },
): Promise<BilledLineRow[]> {
  return await selectBilledLines(
    trx,
    sql`p.subscription_id = ${change.subscription_id} and b.subscriber_id = ${change.from_subscriber_id}
      and p.period_end > ${change.effective_on}::date and p.period_start < ${change.charged_from}::date`,
  );
}

/** Charged periods with what their bill asked for them, as it was priced, and what later bills took off. */
async function selectBilledLines(
  trx: TenantTransaction,
  which: RawBuilder<unknown>,
): Promise<BilledLineRow[]> {
  const priced = pricedLine("b", "l");
  const { rows } = await sql<BilledLineRow>`
    select p.subscription_id, p.period_start, p.period_end, p.first_billed_on,
      (sum(${priced}) filter (where l.amount_centavos > 0))::bigint as amount_centavos,
      coalesce(-sum(${priced}) filter (where l.amount_centavos < 0), 0)::bigint as credited_centavos, p.bill_id
    from public.charged_periods p
    join public.bills b on b.tenant_id = p.tenant_id and b.subscription_id = p.subscription_id and b.status = 'issued'
      and b.kind <> 'debit_memo'
    join public.bill_lines l on l.tenant_id = b.tenant_id and l.bill_id = b.id and l.kind = 'recurring'
      and l.period_start = p.period_start and l.period_end = p.period_end
    where p.tenant_id = ${trx.tenantId} and p.state = 'billed' and ${which}
    group by 1, 2, 3, 4, p.bill_id having count(*) filter (where l.amount_centavos > 0) > 0 order by 1, 2`
    .execute(trx);
  return rows;
}

/** Lets connections be billed again whose bills had stopped, from a day on. */
export async function updateBillingResumed(
  trx: TenantTransaction,
  rows: readonly { id: string; billed_through_on: Temporal.PlainDate; next_bill_on: Temporal.PlainDate }[],
): Promise<void> {
  if (rows.length === 0) return;
  // What is to be billed again does not wait for the next period.
  await sql`
    update subscriptions c set billed_through_on = r.billed_through_on, stopped_from_on = null, stopped_at = null,
      next_bill_on = case when exists (select from charged_periods p where p.tenant_id = c.tenant_id
          and p.subscription_id = c.id and p.state = 'to_bill_again')
        then least(c.next_bill_on, r.next_bill_on) else r.next_bill_on end
    from jsonb_to_recordset(${
    toRecordset(rows)
  }::jsonb) as r(id uuid, billed_through_on date, next_bill_on date)
    where c.tenant_id = ${trx.tenantId} and c.id = r.id`.execute(trx);
}

/** Ids as the text of a PostgreSQL array: the driver would quote and escape each one. */
export function uuidArray(ids: readonly string[]): string {
  return `{${ids.join(",")}}`;
}

/** One connection as a run would claim it. */
export async function findDueRow(
  trx: TenantTransaction,
  subscriptionId: string,
): Promise<DueSubscription | null> {
  const { rows } = await sql<DueSubscription>`
    select ${DUE_COLUMNS} from subscriptions c where c.tenant_id = ${trx.tenantId} and c.id = ${subscriptionId}`
    .execute(trx);
  return rows[0] ?? null;
}
