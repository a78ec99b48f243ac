import { type Selectable, sql } from "kysely";
import { toRecordset } from "../db/recordset.ts";
import type { BlockReasonsTable } from "../db/schema.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";
import { isCoveredOn } from "../billing/coverage.ts";

/** Why a subscription is, or was, off. */
export type BlockReasonRow = Selectable<BlockReasonsTable>;

const COLUMNS = [
  "tenant_id",
  "id",
  "subscription_id",
  "reason",
  "note",
  "run_id",
  "added_by",
  "added_on",
  "added_at",
  "removed_on",
  "removed_at",
  "removed_by",
] as const;

/** Reasons of a subscription, newest first, removed ones included. */
export async function listBlockReasons(
  trx: TenantTransaction,
  subscriptionId: string,
): Promise<BlockReasonRow[]> {
  return await trx.selectFrom("block_reasons").select(COLUMNS).where("tenant_id", "=", trx.tenantId)
    .where("subscription_id", "=", subscriptionId).orderBy("added_at", "desc").orderBy("id").execute();
}

/** Adds reasons; those that stand already are left as they are. Returns the subscriptions that got theirs now. */
export async function insertBlockReasons(
  trx: TenantTransaction,
  reasons: readonly Omit<BlockReasonRow, "tenant_id" | "removed_at" | "removed_on" | "removed_by">[],
): Promise<string[]> {
  const { rows } = await sql<{ subscription_id: string }>`
    insert into block_reasons (tenant_id, id, subscription_id, reason, note, run_id, added_by, added_on, added_at)
    select ${trx.tenantId}::uuid, r.id, r.subscription_id, r.reason, r.note, r.run_id, r.added_by, r.added_on, r.added_at
    from jsonb_to_recordset(${
    toRecordset(reasons)
  }::jsonb) as r(id uuid, subscription_id uuid, reason text, note text,
      run_id uuid, added_by text, added_on date, added_at timestamptz)
    on conflict (tenant_id, subscription_id, reason) where removed_at is null do nothing
    returning subscription_id`.execute(trx);
  return rows.map((row) => row.subscription_id);
}

/** Removes a reason where it stands. Returns the subscriptions that had it. */
export async function updateBlockReasonsRemoved(
  trx: TenantTransaction,
  subscriptionIds: readonly string[],
  reason: BlockReasonRow["reason"],
  removed: { removed_at: Temporal.Instant; removed_on: Temporal.PlainDate; removed_by: string },
): Promise<string[]> {
  if (subscriptionIds.length === 0) return [];
  const rows = await trx.updateTable("block_reasons").set(removed).where("tenant_id", "=", trx.tenantId)
    .where("subscription_id", "in", [...subscriptionIds]).where("reason", "=", reason)
    .where("removed_at", "is", null).returning("subscription_id").execute();
  return rows.map((row) => row.subscription_id).sort();
}

/** Subscriptions of a subscriber that a cut run has cut. */
export async function listCutSubscriptionIds(
  trx: TenantTransaction,
  subscriberId: string,
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select c.id from subscriptions c
    join block_reasons b on b.tenant_id = c.tenant_id and b.subscription_id = c.id
      and b.reason = 'nonpayment' and b.removed_at is null
    where c.tenant_id = ${trx.tenantId} and c.subscriber_id = ${subscriberId}
    order by c.id for no key update of c`.execute(trx);
  return rows.map((row) => row.id);
}

/** Those of these subscribers who have a connection that a cut run has cut. */
export async function listCutAmong(
  trx: TenantTransaction,
  subscriberIds: readonly string[],
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select distinct c.subscriber_id as id from subscriptions c
    join block_reasons b on b.tenant_id = c.tenant_id and b.subscription_id = c.id
      and b.reason = 'nonpayment' and b.removed_at is null
    where c.tenant_id = ${trx.tenantId} and c.subscriber_id = any(${[...subscriberIds]}::uuid[]) order by 1`
    .execute(trx);
  return rows.map((row) => row.id);
}

/** Connections that are paid up front, that a cut run has cut and that paid days cover. */
export async function listCutCovered(
  trx: TenantTransaction,
  on: Temporal.PlainDate,
  limit: number,
): Promise<{ id: string; subscriber_id: string }[]> {
  const { rows } = await sql<{ id: string; subscriber_id: string }>`
    select c.id, c.subscriber_id from subscriptions c
    join block_reasons k on k.tenant_id = c.tenant_id and k.subscription_id = c.id
      and k.reason = 'nonpayment' and k.removed_at is null
    where c.tenant_id = ${trx.tenantId} and c.billing_mode = 'prepaid' and ${isCoveredOn(on)}
    order by c.id limit ${limit}`.execute(trx);
  return rows;
}

/** Those of a subscriber that a cut run has cut, without a lock, for a preview. */
export async function listCutNow(trx: TenantTransaction, subscriberId: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select c.id from public.subscriptions c
    join public.block_reasons b on b.tenant_id = c.tenant_id and b.subscription_id = c.id
      and b.reason = 'nonpayment' and b.removed_at is null
    where c.tenant_id = ${trx.tenantId} and c.subscriber_id = ${subscriberId} order by c.id`.execute(trx);
  return rows.map((row) => row.id);
}
