import { formatCentavosPlain, ZERO } from "@/shared/money/mod.ts";
import type { z } from "zod";
import type { AppState } from "@/web/app/state.ts";
import { type BillingSettings, findImpossible } from "@/web/domain/settings/mod.ts";
import type { billingForm } from "@/web/route_table/settings.ts";
import { say } from "@/web/app/words/say.ts";
import { billingSettingsOf, lastSave } from "@/web/store/settings/settings.ts";
import type { TenantRow } from "@/web/store/settings/tenants.ts";

/** Fields of the form as text; weekdays are several. */
export type BillingFields = Record<string, string | string[]>;

/** What is wrong, by field; `""` is the form as a whole. */
export type Problems = Record<string, string>;

/** The form of settings. */
export function toFields(settings: BillingSettings, revision: number): BillingFields {
  const { blackoutWeekdays, blackoutDates, minBalanceCentavos, ...others } = settings;
  const { lateFeeCentavos, lateFeeBp, reconnectionFeeCentavos, ...rest } = others;
  return {
    revision: String(revision),
    ...Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, String(value)])),
    minBalance: formatCentavosPlain(minBalanceCentavos),
    lateFeeAmount: lateFeeCentavos === 0n ? "" : formatCentavosPlain(lateFeeCentavos),
    lateFeePercent: lateFeeBp === 0 ? "" : String(lateFeeBp / 100),
    reconnectionFee: reconnectionFeeCentavos === 0n ? "" : formatCentavosPlain(reconnectionFeeCentavos),
    blackoutWeekdays: blackoutWeekdays.map(String),
    blackoutDates: blackoutDates.map(String).join("\n"),
  };
}

/** What the fields of the billing rules are called. */
export const BILLING_LABELS = {
  cycleAnchor: "settings.field_cycleAnchor",
  cycleDay: "settings.field_cycleDay",
  timing: "settings.field_timing",
  leadDays: "settings.field_leadDays",
  termsDays: "settings.field_termsDays",
  graceDays: "settings.field_graceDays",
  minNoticeDays: "settings.field_minNoticeDays",
  lateTermsDays: "settings.field_lateTermsDays",
  cutTime: "settings.field_cutTime",
  blackoutWeekdays: "settings.field_blackoutWeekdays",
  blackoutDates: "settings.field_blackoutDates",
  minBalance: "settings.field_minBalanceCentavos",
  disputeDays: "settings.field_disputeDays",
  brakePercent: "settings.field_brakePercent",
  brakeMultiple: "settings.field_brakeMultiple",
  suspendedPolicy: "settings.field_suspendedPolicy",
  stopAfterUnpaidBills: "settings.field_stopAfterUnpaidBills",
  firstBill: "settings.field_firstBill",
  mergeStubLtDays: "settings.field_mergeStubLtDays",
  proration: "settings.field_proration",
  endCredit: "settings.field_endCredit",
  lateFeeKind: "settings.field_lateFeeKind",
  lateFeeAmount: "settings.field_lateFeeCentavos",
  lateFeePercent: "settings.field_lateFeeBp",
  lateAfterDays: "settings.field_lateAfterDays",
  reconnectionFee: "settings.field_reconnectionFeeCentavos",
} as const;

/** Fields that are called otherwise than their setting: they hold what a person types. */
const TYPED_FIELDS = {
  minBalanceCentavos: "minBalance",
  lateFeeCentavos: "lateFeeAmount",
  lateFeeBp: "lateFeePercent",
  reconnectionFeeCentavos: "reconnectionFee",
} as const satisfies Partial<Record<keyof BillingSettings, keyof typeof BILLING_LABELS>>;

/** The setting that a field is for. */
export function settingOf(field: keyof typeof BILLING_LABELS): keyof BillingSettings {
  const typed = Object.entries(TYPED_FIELDS).find(([, name]) => name === field);
  return (typed?.[0] ?? field) as keyof BillingSettings;
}

/** What the form holds of the rules as they are saved. */
export function savedFields(tenant: TenantRow): BillingFields {
  return toFields(billingSettingsOf(tenant), revisionOf(tenant));
}

/** How often the billing rules have been saved. */
export function revisionOf(tenant: TenantRow): number {
  return lastSave(tenant, "billing")?.revision ?? 0;
}

/** The settings that a form asks for. */
export function toSettings(form: z.infer<typeof billingForm>): BillingSettings {
  const { minBalance, revision: _revision, from: _from, cutTime, ...others } = form;
  const { lateFeeAmount, lateFeePercent, reconnectionFee, ...rest } = others;
  return {
    ...rest,
    cutTime: cutTime.slice(0, 5),
    minBalanceCentavos: minBalance,
    lateFeeCentavos: lateFeeAmount ?? ZERO,
    lateFeeBp: lateFeePercent ?? 0,
    reconnectionFeeCentavos: reconnectionFee ?? ZERO,
  };
}

/** Why settings cannot be, by field, in the reader's language. */
export function impossibleFields(state: AppState, settings: BillingSettings): Problems {
  const problems: Problems = {};
  for (const { setting, ...sentence } of findImpossible(settings)) {
    const field = setting in TYPED_FIELDS ? TYPED_FIELDS[setting as keyof typeof TYPED_FIELDS] : setting;
    problems[field] ??= say(state.t, sentence);
  }
  return problems;
}
