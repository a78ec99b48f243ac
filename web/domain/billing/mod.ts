/** Bills: which periods are to be billed on a date, for how much, and what state a bill is in. */
export type {
  BillLineKind,
  BillTiming,
  FirstBillPolicy,
  PeriodTerms,
  PlanBillsInput,
  PlannedBill,
  PlannedBillLine,
  Proration,
  TermsChange,
} from "./types.ts";
export { nextBillOn, planBills } from "./plan_bills.ts";
export { type ChargedPart, chargePeriod } from "./charge_period.ts";
export {
  type AgreedPrice,
  type ConnectionTerms,
  type PricedPlan,
  priceOn,
  type TermsOf,
  termsOf,
} from "./dated_prices.ts";
export { type FreedPeriod, planAgain } from "./plan_again.ts";
export {
  type BilledLine,
  creditSuspended,
  type DayRange,
  mergeRanges,
  suspendedDays,
} from "./suspended_days.ts";
export {
  anchorDayFor,
  type FirstBillInput,
  type FirstBillPreview,
  previewFirstBill,
} from "./preview_first_bill.ts";
export { BILL_STATUS_WORDS, type BillStatus, billStatus, type BillStatusInput } from "./status.ts";
export { formatNumber } from "./format_number.ts";
export {
  type ClockDoubt,
  type ClockSight,
  type ClockVerdict,
  judgeClock,
  JUMP_HOURS,
} from "./judge_clock.ts";
