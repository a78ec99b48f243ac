import { type Centavos, formatPeso } from "@/shared/money/mod.ts";
import { FEE_MAX } from "@/web/domain/billing/limits.ts";
import { WHOLE_BASIS_POINTS } from "@/web/domain/billing/mod.ts";
import type { BillingSettings } from "./billing_settings.ts";
import type { Sentence } from "./sentence.ts";

/** Reasons why settings cannot be. */
export type SettingProblemKey =
  | "settings.error_range"
  | "settings.error_choice"
  | "settings.error_cut_time"
  | "settings.error_no_weekday"
  | "settings.error_many_dates"
  | "settings.error_lead_in_arrears"
  | "settings.error_cut_before_period"
  | "settings.error_stub_in_arrears"
  | "settings.error_merge_in_advance"
  | "settings.error_merge_days"
  | "settings.error_min_balance"
  | "settings.error_fee"
  | "settings.error_fee_percent";

/** One of them, beside the setting that has to change. */
export interface SettingProblem extends Sentence<SettingProblemKey> {
  setting: keyof BillingSettings;
}

/** Bounds of the numbers; the database has the same. */
export const SETTING_BOUNDS = {
  cycleDay: [1, 31],
  leadDays: [0, 28],
  termsDays: [0, 90],
  graceDays: [0, 90],
  minNoticeDays: [0, 30],
  disputeDays: [1, 180],
  brakePercent: [1, 100],
  brakeMultiple: [2, 100],
  stopAfterUnpaidBills: [0, 24],
  mergeStubLtDays: [0, 28],
  lateAfterDays: [0, 90],
} as const satisfies Partial<Record<keyof BillingSettings, readonly [number, number]>>;

/** What a statement that is issued late may leave. */
export const LATE_TERMS = [0, 10, 20] as const;

/** Bills and the list of the day are made at 00:05; a cut comes after them. */
export const CUT_TIME_MIN = "00:30";
export const BLACKOUT_DATES_MAX = 60;
/** ₱100,000.00: above it nobody would ever be cut. */
const MIN_BALANCE_MAX = 10_000_000n;

/** What is impossible in these settings; empty when they can be saved. */
export function findImpossible(settings: BillingSettings): SettingProblem[] {
  const problems: SettingProblem[] = [];
  for (const [name, [min, max]] of Object.entries(SETTING_BOUNDS)) {
    const setting = name as keyof typeof SETTING_BOUNDS;
    const value = settings[setting];
    if (!Number.isInteger(value) || value < min || value > max) {
      problems.push({ setting, key: "settings.error_range", values: { min, max } });
    }
  }
  return [...problems, ...cutProblems(settings), ...billProblems(settings), ...feeProblems(settings)];
}

/** What a fee may come to, where there is one. */
export function isFee(amount: Centavos): boolean {
  return amount >= 1n && amount <= FEE_MAX;
}

/** Hundredths of a percent that a fee may be of what is unpaid. */
export function isFeePercent(rateBp: number): boolean {
  return Number.isInteger(rateBp) && rateBp >= 1 && rateBp <= WHOLE_BASIS_POINTS;
}

function feeProblems(settings: BillingSettings): SettingProblem[] {
  const { lateFeeKind: kind, lateFeeCentavos, lateFeeBp, reconnectionFeeCentavos } = settings;
  const problems: SettingProblem[] = [];
  const values = { max: formatPeso(FEE_MAX) };
  // What is kept for the other kind is looked at as well: it is saved, and may be chosen again.
  const isAmount = isFee(lateFeeCentavos) || (kind !== "flat" && lateFeeCentavos === 0n);
  const isPercent = isFeePercent(lateFeeBp) || (kind !== "percent" && lateFeeBp === 0);
  if (!isAmount) problems.push({ setting: "lateFeeCentavos", key: "settings.error_fee", values });
  if (!isPercent) problems.push({ setting: "lateFeeBp", key: "settings.error_fee_percent" });
  if (reconnectionFeeCentavos !== 0n && !isFee(reconnectionFeeCentavos)) {
    problems.push({ setting: "reconnectionFeeCentavos", key: "settings.error_fee", values });
  }
  return problems;
}

function cutProblems(settings: BillingSettings): SettingProblem[] {
  const problems: SettingProblem[] = [];
  if (!/^([01]\d|2[0-3]):[0-5]\d$/.test(settings.cutTime) || settings.cutTime < CUT_TIME_MIN) {
    problems.push({ setting: "cutTime", key: "settings.error_cut_time", values: { min: CUT_TIME_MIN } });
  }
  if (new Set(settings.blackoutWeekdays).size >= 7) {
    problems.push({ setting: "blackoutWeekdays", key: "settings.error_no_weekday" });
  }
  if (settings.blackoutDates.length > BLACKOUT_DATES_MAX) {
    problems.push({
      setting: "blackoutDates",
      key: "settings.error_many_dates",
      values: { max: BLACKOUT_DATES_MAX },
    });
  }
  if (settings.minBalanceCentavos < 1n || settings.minBalanceCentavos > MIN_BALANCE_MAX) {
    problems.push({ setting: "minBalanceCentavos", key: "settings.error_min_balance" });
  }
  return problems;
}

function billProblems(settings: BillingSettings): SettingProblem[] {
  const { timing, leadDays, termsDays, graceDays, firstBill, mergeStubLtDays } = settings;
  const problems: SettingProblem[] = [];
  if (!LATE_TERMS.some((days) => days === settings.lateTermsDays)) {
    problems.push({ setting: "lateTermsDays", key: "settings.error_choice" });
  }
  if (timing === "arrears" && leadDays > 0) {
    problems.push({ setting: "leadDays", key: "settings.error_lead_in_arrears" });
  }
  if (timing === "advance" && leadDays > termsDays + graceDays) {
    problems.push({ setting: "leadDays", key: "settings.error_cut_before_period" });
  }
  if (timing === "arrears" && firstBill === "stub_plus_full") {
    problems.push({ setting: "firstBill", key: "settings.error_stub_in_arrears" });
  }
  if (timing === "advance" && firstBill === "merge_stub_lt") {
    problems.push({ setting: "firstBill", key: "settings.error_merge_in_advance" });
  }
  if (timing === "arrears" && firstBill === "merge_stub_lt" && mergeStubLtDays < 1) {
    problems.push({ setting: "mergeStubLtDays", key: "settings.error_merge_days" });
  }
  return problems;
}
