import { type Selectable, sql } from "kysely";
import type { TenantsTable } from "../db/schema.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** A tenant with its billing settings. */
export type TenantRow = Selectable<TenantsTable>;

export const TENANT_COLUMNS = [
  "id",
  "slug",
  "name",
  "time_zone",
  "business_offset_seconds",
  "cycle_day",
  "terms_days",
  "grace_days",
  "min_notice_days",
  "late_terms_days",
  "late_fee_kind",
  "late_fee_centavos",
  "late_fee_bp",
  "late_after_days",
  "reconnection_fee_centavos",
  "dispute_days",
  "first_bill",
  "merge_stub_lt_days",
  "proration",
  "cut_time",
  "blackout_weekdays",
  "blackout_dates",
  "min_balance_centavos",
  "brake_percent",
  "brake_multiple",
  "created_at",
  "cycle_anchor",
  "bill_timing",
  "lead_days",
  "suspended_policy",
  "suspended_policy_on",
  "stop_after_unpaid_bills",
  "outage_credit",
  "outage_threshold_minutes",
  "credits_planned_outages",
  "subscriber_language",
  "ways_to_pay",
  "system_log_days",
  "tax_years",
  "mail_days",
  "opening_days",
  "security_days",
  "system_log_cleaned_at",
  "end_credit",
  "bill_approval",
  "bill_approval_over",
  "phone",
  "email",
  "address",
  "brand_colour",
  "settings_saves",
  "setup_progress",
  "checklist_dismissed_at",
  "prepaid_lapse",
  "end_approval",
  "tax_mode",
  "vat_rate_bp",
  "tax_from_on",
  "tax_mode_before",
  "vat_rate_bp_before",
  "tin",
  "registered_name",
] as const;

/** The tenant of the transaction; null when it does not exist. */
export async function findTenant(trx: TenantTransaction): Promise<TenantRow | null> {
  return await trx.selectFrom("tenants").select(TENANT_COLUMNS).where("id", "=", trx.tenantId)
    .executeTakeFirst() ??
    null;
}

/** The tenant of the transaction. Throws when it does not exist: the id came from a session or the scheduler. */
export async function getTenant(trx: TenantTransaction): Promise<TenantRow> {
  const tenant = await findTenant(trx);
  if (tenant === null) throw new Error(`Cannot read tenant ${trx.tenantId}: it does not exist`);
  return tenant;
}

/** Moves business time; never backwards, also when two time machines run. */
export async function updateBusinessOffset(trx: TenantTransaction, seconds: bigint): Promise<void> {
  await trx.updateTable("tenants")
    .set({ business_offset_seconds: sql`greatest(business_offset_seconds, ${seconds}::bigint)` })
    .where("id", "=", trx.tenantId).execute();
}

/** A tenant as it is made; everything else has the defaults of the schema. */
export interface NewTenant {
  slug: string;
  name: string;
  timeZone: string;
}

/** Makes the tenant of the transaction. A slug that is taken gets the end of the id behind it. */
export async function insertTenant(trx: TenantTransaction, tenant: NewTenant): Promise<void> {
  const add = (slug: string) =>
    trx.insertInto("tenants").values({
      id: trx.tenantId,
      slug,
      name: tenant.name,
      time_zone: tenant.timeZone,
    })
      .onConflict((conflict) => conflict.column("slug").doNothing()).executeTakeFirst();
  const added = await add(tenant.slug);
  if (added.numInsertedOrUpdatedRows === 0n) {
    await add(`${tenant.slug.slice(0, 34)}-${trx.tenantId.slice(-6)}`);
  }
}

/** Notes whether the end of a service needs an approval, for a release that knows no policies. */
export async function updateEndApproval(
  trx: TenantTransaction,
  end_approval: TenantRow["end_approval"],
): Promise<void> {
  await trx.updateTable("tenants").set({ end_approval }).where("id", "=", trx.tenantId).execute();
}

/** Sets when a bill run waits for a person. */
export async function updateBillApproval(
  trx: TenantTransaction,
  fields: Pick<TenantRow, "bill_approval" | "bill_approval_over">,
): Promise<void> {
  await trx.updateTable("tenants").set(fields).where("id", "=", trx.tenantId).execute();
}

/** Says how many days lines of the system log are kept. */
export async function updateLogDays(trx: TenantTransaction, days: number): Promise<void> {
  await trx.updateTable("tenants").set({ system_log_days: days }).where("id", "=", trx.tenantId).execute();
}

/** Notes when the system log was cleaned up. */
export async function updateLogCleaned(trx: TenantTransaction, at: Temporal.Instant): Promise<void> {
  await trx.updateTable("tenants").set({ system_log_cleaned_at: at }).where("id", "=", trx.tenantId)
    .execute();
}

/** Says where a purchase begins that comes after prepaid time has run out. */
export async function updatePrepaidLapse(
  trx: TenantTransaction,
  lapse: TenantRow["prepaid_lapse"],
): Promise<void> {
  await trx.updateTable("tenants").set({ prepaid_lapse: lapse }).where("id", "=", trx.tenantId).execute();
}
