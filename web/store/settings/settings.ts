import { TENANT_COLUMNS } from "@/web/store/settings/tenants.ts";
import { sql, type Updateable } from "kysely";
import { z } from "zod";
import { centavos } from "@/shared/money/mod.ts";
import type { BillingSettings } from "@/web/domain/settings/mod.ts";
import type { TenantsTable } from "../db/schema.ts";
import type { TenantRow } from "./tenants.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** Parts of the settings that are saved on their own. */
export type SettingsSection = "company" | "billing" | "region" | "tax";

/** Who saved a section last. */
export interface SettingsSave {
  /** How often it was saved; a form that was opened before another save carries a smaller one. */
  revision: number;
  by: string;
  /** Real time. */
  at: Temporal.Instant;
}

const saves = z.record(
  z.string(),
  z.object({
    revision: z.int(),
    by: z.string(),
    at: z.string().transform((text) => Temporal.Instant.from(text)),
  }),
);

/** The last save of a section; null when it is as it was made. */
export function lastSave(tenant: TenantRow, section: SettingsSection): SettingsSave | null {
  return saves.parse(tenant.settings_saves)[section] ?? null;
}

/** The billing settings of a tenant's row. */
export function billingSettingsOf(tenant: TenantRow): BillingSettings {
  return {
    cycleAnchor: tenant.cycle_anchor,
    cycleDay: tenant.cycle_day,
    timing: tenant.bill_timing,
    leadDays: tenant.lead_days,
    termsDays: tenant.terms_days,
    graceDays: tenant.grace_days,
    minNoticeDays: tenant.min_notice_days,
    lateTermsDays: tenant.late_terms_days,
    cutTime: tenant.cut_time.slice(0, 5),
    blackoutWeekdays: tenant.blackout_weekdays,
    blackoutDates: tenant.blackout_dates,
    minBalanceCentavos: centavos(tenant.min_balance_centavos),
    disputeDays: tenant.dispute_days,
    brakePercent: tenant.brake_percent,
    brakeMultiple: tenant.brake_multiple,
    suspendedPolicy: tenant.suspended_policy,
    stopAfterUnpaidBills: tenant.stop_after_unpaid_bills,
    firstBill: tenant.first_bill,
    mergeStubLtDays: tenant.merge_stub_lt_days,
    lateFeeKind: tenant.late_fee_kind,
    lateFeeCentavos: centavos(tenant.late_fee_centavos),
    lateFeeBp: tenant.late_fee_bp,
    lateAfterDays: tenant.late_after_days,
    reconnectionFeeCentavos: centavos(tenant.reconnection_fee_centavos),
    proration: tenant.proration,
    endCredit: tenant.end_credit,
  };
}

/** The columns of billing settings. */
export function toTenantColumns(settings: BillingSettings) {
  return {
    cycle_anchor: settings.cycleAnchor,
    cycle_day: settings.cycleDay,
    bill_timing: settings.timing,
    lead_days: settings.leadDays,
    terms_days: settings.termsDays,
    grace_days: settings.graceDays,
    min_notice_days: settings.minNoticeDays,
    late_terms_days: settings.lateTermsDays,
    cut_time: settings.cutTime,
    blackout_weekdays: [...settings.blackoutWeekdays],
    blackout_dates: [...settings.blackoutDates],
    min_balance_centavos: settings.minBalanceCentavos,
    dispute_days: settings.disputeDays,
    brake_percent: settings.brakePercent,
    brake_multiple: settings.brakeMultiple,
    suspended_policy: settings.suspendedPolicy,
    stop_after_unpaid_bills: settings.stopAfterUnpaidBills,
    first_bill: settings.firstBill,
    merge_stub_lt_days: settings.mergeStubLtDays,
    late_fee_kind: settings.lateFeeKind,
    late_fee_centavos: settings.lateFeeCentavos,
    late_fee_bp: settings.lateFeeBp,
    late_after_days: settings.lateAfterDays,
    reconnection_fee_centavos: settings.reconnectionFeeCentavos,
    proration: settings.proration,
    end_credit: settings.endCredit,
  };
}

/** The tenant's row, held until commit: two saves come one after the other. New rows that name the tenant need not wait. */
export async function lockTenant(trx: TenantTransaction): Promise<TenantRow> {
  return await trx.selectFrom("tenants").select(TENANT_COLUMNS).where("id", "=", trx.tenantId)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow();
}

/** Writes columns of a section and who saved it. */
export async function updateSettings(
  trx: TenantTransaction,
  section: SettingsSection,
  columns: Updateable<TenantsTable>,
  save: SettingsSave,
): Promise<void> {
  const entry = JSON.stringify({ [section]: { ...save, at: save.at.toString() } });
  await trx.updateTable("tenants")
    .set({ ...columns, settings_saves: sql`settings_saves || ${entry}::jsonb` })
    .where("id", "=", trx.tenantId).execute();
}

/**
 * Gives every connection that follows the company's cycle day that day as its own, before the company's changes: its
 * periods must not move. Their number is returned.
 */
export async function pinCycleDays(trx: TenantTransaction, cycleDay: number): Promise<number> {
  const { numUpdatedRows } = await trx.updateTable("subscriptions").set({ anchor_day: cycleDay })
    .where("tenant_id", "=", trx.tenantId).where("anchor_day", "is", null)
    .where("activated_on", "is not", null).executeTakeFirst();
  return Number(numUpdatedRows);
}

/** Writes how outages are credited. */
export async function updateOutageRules(
  trx: TenantTransaction,
  columns: Pick<TenantRow, "outage_credit" | "outage_threshold_minutes" | "credits_planned_outages">,
): Promise<void> {
  await trx.updateTable("tenants").set(columns).where("id", "=", trx.tenantId).execute();
}
