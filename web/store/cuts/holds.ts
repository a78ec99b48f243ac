import { type Insertable, type Selectable, sql } from "kysely";
import type { CutExclusionsTable, HoldsTable } from "../db/schema.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** A promise to pay. Without an end it holds until the end of its last day, whatever anybody does. */
export type HoldRow = Selectable<HoldsTable>;

const COLUMNS = [
  "tenant_id",
  "id",
  "subscription_id",
  "until_on",
  "reason",
  "created_by",
  "created_at",
  "ended_at",
] as const;

/** The hold that covers a date, or is yet to end; null without one. */
export async function findLiveHold(
  trx: TenantTransaction,
  subscriptionId: string,
  today: Temporal.PlainDate,
): Promise<HoldRow | null> {
  return await trx.selectFrom("holds").select(COLUMNS).where("tenant_id", "=", trx.tenantId)
    .where("subscription_id", "=", subscriptionId).where("ended_at", "is", null)
    .where("until_on", ">=", today).executeTakeFirst() ?? null;
}

/** Ends whatever hold is open, so that a new one may begin; also one whose last day has passed. */
export async function updateHoldEnded(
  trx: TenantTransaction,
  subscriptionId: string,
  endedAt: Temporal.Instant,
): Promise<void> {
  await trx.updateTable("holds").set({ ended_at: endedAt }).where("tenant_id", "=", trx.tenantId)
    .where("subscription_id", "=", subscriptionId).where("ended_at", "is", null).execute();
}

/** Adds a hold. */
export async function insertHold(
  trx: TenantTransaction,
  hold: Omit<Insertable<HoldsTable>, "tenant_id">,
): Promise<void> {
  await trx.insertInto("holds").values({ ...hold, tenant_id: trx.tenantId }).execute();
}

/** Leaves a subscription out of one day's run; a second time changes nothing. */
export async function insertExclusion(
  trx: TenantTransaction,
  exclusion: Omit<Insertable<CutExclusionsTable>, "tenant_id">,
): Promise<boolean> {
  const { rows } = await sql<{ id: string }>`
    insert into cut_exclusions (tenant_id, id, subscription_id, business_on, reason, created_by, created_at)
    values (${trx.tenantId}, ${exclusion.id}, ${exclusion.subscription_id}, ${exclusion.business_on},
      ${exclusion.reason}, ${exclusion.created_by}, ${exclusion.created_at})
    on conflict (tenant_id, subscription_id, business_on) where removed_at is null do nothing
    returning id`.execute(trx);
  return rows.length > 0;
}

/** The exclusion that stands for a day; null without one. */
export async function findExclusion(
  trx: TenantTransaction,
  subscriptionId: string,
  businessOn: Temporal.PlainDate,
): Promise<{ reason: string } | null> {
  return await trx.selectFrom("cut_exclusions").select("reason").where("tenant_id", "=", trx.tenantId)
    .where("subscription_id", "=", subscriptionId).where("business_on", "=", businessOn)
    .where("removed_at", "is", null).executeTakeFirst() ?? null;
}

/** Takes an exclusion back. False: there was none. */
export async function updateExclusionRemoved(
  trx: TenantTransaction,
  subscriptionId: string,
  businessOn: Temporal.PlainDate,
  removedAt: Temporal.Instant,
): Promise<boolean> {
  const result = await trx.updateTable("cut_exclusions").set({ removed_at: removedAt })
    .where("tenant_id", "=", trx.tenantId).where("subscription_id", "=", subscriptionId)
    .where("business_on", "=", businessOn).where("removed_at", "is", null).executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** Lets imported debt count, for late fees as if it were due today. False: there was none that anybody had to include. */
export async function updateImportedDebtIncluded(
  trx: TenantTransaction,
  subscriptionId: string,
  today: Temporal.PlainDate,
): Promise<boolean> {
  const from = sql<Temporal.PlainDate | null>`greatest(late_fee_on, ${today}::date + (late_fee_on - due_on))`;
  const result = await trx.updateTable("bills")
    .set({ is_imported: false, late_fee_on: from, late_fee_look_on: from })
    .where("tenant_id", "=", trx.tenantId).where("subscription_id", "=", subscriptionId)
    .where("is_imported", "=", true).executeTakeFirst();
  return result.numUpdatedRows > 0n;
}
