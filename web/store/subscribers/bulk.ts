import { columnsOf } from "@/web/store/db/columns.ts";
import { SUBSCRIPTION_COLUMNS } from "@/web/store/subscribers/subscriptions.ts";
import { type Insertable, sql } from "kysely";
import { toRecordset } from "../db/recordset.ts";
import type { CutExclusionsTable, HoldsTable } from "../db/schema.ts";
import type { SubscriptionRow } from "./subscriptions.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** A connection as an action on many sees it. */
export interface BulkRow extends SubscriptionRow {
  /** Last day of its live hold. */
  hold_until: Temporal.PlainDate | null;
  hold_reason: string | null;
  /** Disconnected for non-payment. */
  is_cut: boolean;
  /** What is open on it. */
  balance_centavos: bigint;
}

/** These connections as they stand, in id order; ids that are not this tenant's are not among them. */
export async function listBulkRows(
  trx: TenantTransaction,
  subscriptionIds: readonly string[],
  today: Temporal.PlainDate,
): Promise<BulkRow[]> {
  const { rows } = await sql<BulkRow>`
    select ${
    columnsOf("c", SUBSCRIPTION_COLUMNS)
  }, h.until_on as hold_until, h.reason as hold_reason, coalesce(debt.balance, 0)::bigint as balance_centavos,
      exists (select from block_reasons k where k.tenant_id = c.tenant_id and k.subscription_id = c.id
        and k.reason = 'nonpayment' and k.removed_at is null) as is_cut
    from subscriptions c
    left join holds h on h.tenant_id = c.tenant_id and h.subscription_id = c.id and h.ended_at is null
      and h.until_on >= ${today}
    left join lateral (select sum(b.total_centavos - b.paid_centavos) as balance from bills b
      where b.tenant_id = c.tenant_id and b.subscriber_id = c.subscriber_id and b.subscription_id = c.id
        and b.status = 'issued' and b.paid_centavos < b.total_centavos) debt on true
    where c.tenant_id = ${trx.tenantId} and c.id = any(${[...subscriptionIds]}::uuid[]) order by c.id`
    .execute(trx);
  return rows;
}

/** Keeps others from changing these connections until the transaction ends; their subscribers are locked before. */
export async function lockSubscriptions(
  trx: TenantTransaction,
  subscriptionIds: readonly string[],
): Promise<void> {
  await sql`select c.id from subscriptions c where c.tenant_id = ${trx.tenantId}
    and c.id = any(${[...subscriptionIds]}::uuid[]) order by c.id for no key update`.execute(trx);
}

/** What the action with this key has done; null before it ran. */
export async function findBulkOutcome(trx: TenantTransaction, key: string): Promise<unknown> {
  const row = await trx.selectFrom("audit_entries").select("details").where("tenant_id", "=", trx.tenantId)
    .where("subject_kind", "=", "bulk").where("subject_id", "=", key)
    // What takes it back is written later, under the same key.
    .orderBy("sequence").limit(1).executeTakeFirst();
  return row?.details ?? null;
}

/** Ends whatever holds are open on these connections, also those whose last day has passed. */
export async function updateHoldsEnded(
  trx: TenantTransaction,
  subscriptionIds: readonly string[],
  endedAt: Temporal.Instant,
): Promise<void> {
  await sql`update holds set ended_at = ${endedAt} where tenant_id = ${trx.tenantId}
    and subscription_id = any(${[...subscriptionIds]}::uuid[]) and ended_at is null`.execute(trx);
}

/** Adds holds, one for each connection. */
export async function insertHolds(
  trx: TenantTransaction,
  holds: readonly Omit<Insertable<HoldsTable>, "tenant_id">[],
): Promise<void> {
  await sql`
    insert into holds (tenant_id, id, subscription_id, until_on, reason, created_by, created_at)
    select ${trx.tenantId}::uuid, h.id, h.subscription_id, h.until_on, h.reason, h.created_by, h.created_at
    from jsonb_to_recordset(${toRecordset(holds)}::jsonb) as h(id uuid, subscription_id uuid, until_on date,
      reason text, created_by text, created_at timestamptz)`.execute(trx);
}

/** Leaves connections out of one day's run; gives those that were not left out before. */
export async function insertExclusions(
  trx: TenantTransaction,
  exclusions: readonly Omit<Insertable<CutExclusionsTable>, "tenant_id">[],
): Promise<Set<string>> {
  const { rows } = await sql<{ subscription_id: string }>`
    insert into cut_exclusions (tenant_id, id, subscription_id, business_on, reason, created_by, created_at)
    select ${trx.tenantId}::uuid, x.id, x.subscription_id, x.business_on, x.reason, x.created_by, x.created_at
    from jsonb_to_recordset(${toRecordset(exclusions)}::jsonb) as x(id uuid, subscription_id uuid,
      business_on date, reason text, created_by text, created_at timestamptz)
    on conflict (tenant_id, subscription_id, business_on) where removed_at is null do nothing
    returning subscription_id`.execute(trx);
  return new Set(rows.map((row) => row.subscription_id));
}

/** Which of these connections are left out of a day's run. */
export async function listExcluded(
  trx: TenantTransaction,
  subscriptionIds: readonly string[],
  businessOn: Temporal.PlainDate,
): Promise<Set<string>> {
  const { rows } = await sql<{ subscription_id: string }>`
    select subscription_id from cut_exclusions where tenant_id = ${trx.tenantId} and business_on = ${businessOn}
      and subscription_id = any(${[...subscriptionIds]}::uuid[]) and removed_at is null`.execute(trx);
  return new Set(rows.map((row) => row.subscription_id));
}

/** Takes connections into one day's run again. */
export async function updateExclusionsRemoved(
  trx: TenantTransaction,
  subscriptionIds: readonly string[],
  businessOn: Temporal.PlainDate,
  removedAt: Temporal.Instant,
): Promise<void> {
  await sql`update cut_exclusions set removed_at = ${removedAt} where tenant_id = ${trx.tenantId}
    and business_on = ${businessOn} and subscription_id = any(${[...subscriptionIds]}::uuid[])
    and removed_at is null`.execute(trx);
}

/** Writes the plans that connections change to, each on its day; null: it stays on its plan. */
export async function updateNextPlans(
  trx: TenantTransaction,
  changes: readonly { id: string; plan_id: string | null; on: Temporal.PlainDate | null }[],
): Promise<void> {
  await sql`
    update subscriptions c set next_plan_id = n.plan_id, next_plan_on = n."on"
    from jsonb_to_recordset(${toRecordset(changes)}::jsonb) as n(id uuid, plan_id uuid, "on" date)
    where c.tenant_id = ${trx.tenantId} and c.id = n.id`.execute(trx);
}
