import type { Centavos } from "@/shared/money/mod.ts";
import type { BillTiming, FirstBillPolicy, LateFeeRule, Proration } from "@/web/domain/billing/mod.ts";

/** How an ISP bills and cuts; what each one does is said by {@link describeSettings}. */
export interface BillingSettings {
  /** `anniversary`: each connection has the day of its activation. */
  cycleAnchor: "fixed" | "anniversary";
  /** 1 to 31, the last day in shorter months; counts when the anchor is fixed. */
  cycleDay: number;
  timing: BillTiming;
  /** Days before the period that a bill in advance is made. */
  leadDays: number;
  termsDays: number;
  graceDays: number;
  /** Days that a late bill run leaves before the due date. */
  minNoticeDays: number;
  /** Days that it leaves instead, where that is more: 10 or 20; 0: no more. */
  lateTermsDays: number;
  /** Local time, `09:00`. */
  cutTime: string;
  /** ISO weekdays on which nobody is cut, 1 is Monday. */
  blackoutWeekdays: readonly number[];
  blackoutDates: readonly Temporal.PlainDate[];
  /** Less than this past grace never leads to a cut. */
  minBalanceCentavos: Centavos;
  /** Days in which a dispute is to be decided. */
  disputeDays: number;
  brakePercent: number;
  brakeMultiple: number;
  suspendedPolicy: "charge" | "skip";
  /** 0: bills never stop. */
  stopAfterUnpaidBills: number;
  firstBill: FirstBillPolicy;
  mergeStubLtDays: number;
  /** What paying late costs; the amount and the percentage count for their own kind alone. */
  lateFeeKind: LateFeeRule["kind"];
  lateFeeCentavos: Centavos;
  /** Hundredths of a percent of what is unpaid. */
  lateFeeBp: number;
  /** Days past due that cost nothing. */
  lateAfterDays: number;
  /** Zero: coming back after a cut costs nothing. */
  reconnectionFeeCentavos: Centavos;
  proration: Proration;
  /** What becomes of days that are billed and not used when a service ends, where nobody chooses otherwise. */
  endCredit: "credit" | "no_credit";
}

/** The value of one setting, the same for equal settings. */
export function settingText(value: BillingSettings[keyof BillingSettings]): string {
  return Array.isArray(value) ? value.map(String).join(" ") : String(value);
}

/** The settings that differ, in the order of the type. */
export function changedSettings(
  before: BillingSettings,
  after: BillingSettings,
): (keyof BillingSettings)[] {
  return (Object.keys(before) as (keyof BillingSettings)[])
    .filter((name) => settingText(before[name]) !== settingText(after[name]));
}
