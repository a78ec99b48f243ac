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
export {
  type LevelledRules,
  NO_OWN_RULES,
  OWN_FIRST_BILLS,
  type OwnFirstBill,
  type OwnRules,
  policyInEffect,
  RULE_LEVELS,
  type RuleInEffect,
  type RuleLevel,
  type RulesInEffect,
  rulesInEffect,
  SUSPENDED_POLICIES,
  type SuspendedPolicy,
} from "./rule_levels.ts";
export { nextBillOn, planBills } from "./plan_bills.ts";
export { type ChargedPart, chargePeriod } from "./charge_period.ts";
export {
  type AgreedPrice,
  type ConnectionTerms,
  type PricedPlan,
  type TermsOf,
  termsOf,
} from "./dated_prices.ts";
export {
  endOfPeriods,
  formatBasisPoints,
  type OwnPlace,
  type OwnPrice,
  type OwnPriceKind,
  ownPriceOf,
  type OwnRate,
  type OwnTerms,
  type PlacedOwnPrice,
  placeOwnPrices,
  sayAgreed,
  sayOwnTerms,
  WHOLE_BASIS_POINTS,
} from "./own_price.ts";
export { explainCorrections, type GivenBackOf, type LineCorrections } from "./explain_corrections.ts";
export {
  type CorrectedCharge,
  type ExplainedLine,
  explainLine,
  type LinePlace,
  type LineSum,
  type StoredLine,
  totalOf,
} from "./explain_line.ts";
export { billDayOf, payOn, type PaySchedule, scheduleFrom } from "./price_effect.ts";
export { compareBills, type ComparedBill, previewBills } from "./preview_bills.ts";
export { type FreedPeriod, planAgain } from "./plan_again.ts";
export {
  type BilledLine,
  creditSuspended,
  type DayRange,
  mergeRanges,
  type SettledRest,
  suspendedDays,
} from "./suspended_days.ts";
export {
  anchorDayFor,
  type FirstBillInput,
  type FirstBillPreview,
  previewFirstBill,
} from "./preview_first_bill.ts";
export {
  anomaliesOf,
  BILL_ANOMALIES,
  BILL_APPROVALS,
  type BillAnomaly,
  type BillApproval,
  type BillToCome,
  compareWithUsual,
  decideApproval,
  isUnusual,
  sameDaysBefore,
  USUAL_MONTHS,
  type UsualBills,
} from "./bill_anomalies.ts";
export { type CycleDays, MENDABLE, type Mendable, splitByCycle, whatToMend } from "./decide_days.ts";
export { BILL_STATUS_WORDS, type BillStatus, billStatus, type BillStatusInput } from "./status.ts";
export { formatNumber } from "./format_number.ts";
export {
  type ClockDoubt,
  type ClockSight,
  type ClockVerdict,
  isClockDoubted,
  judgeClock,
  JUMP_HOURS,
} from "./judge_clock.ts";
export { type CyclePart, priceOfDays } from "./price_of_days.ts";
export { changePlanNow, type PlanChange, type PlanChangeEffect } from "./plan_change.ts";
export {
  type EndOfService,
  type EndOfServiceEffect,
  endService,
  lastLines,
  type LockIn,
  type LockInFee,
  preterminationFee,
} from "./end_of_service.ts";
export {
  type Coverage,
  coveredUntil,
  EMPTY_PREPAID,
  EXPIRY_REMINDER_DAYS,
  expiryReminders,
  isCovered,
  type LapsePolicy,
  nextPrepaidStart,
  payPrepaid,
  type PrepaidAccount,
  type PrepaidPayment,
  type PrepaidPlan,
  type PrepaidRules,
  renewPrepaid,
} from "./prepaid.ts";
export {
  coverageOn,
  type CoverageState,
  type PlannedPurchase,
  planPurchase,
  prepaidMonthPrice,
  type PrepaidUnit,
  priceOfUnit,
  type PurchaseInput,
} from "./sell_prepaid.ts";
export {
  type BillingMode,
  changeToPostpaid,
  changeToPrepaid,
  type ChargedDays,
  type ModeChangeEffect,
  type ModeChangeRequest,
  splitUnused,
  type ToPostpaid,
  type ToPrepaid,
} from "./change_billing_mode.ts";
export { type DisputeFacts, type DisputeState, disputeState, graceAfterDispute } from "./dispute.ts";
export {
  type LateBill,
  type LateFee,
  lateFee,
  lateFeeChange,
  type LateFeeInput,
  lateFeeOf,
  type LateFeeRule,
  type LateFeeTerms,
  lateFeeTerms,
  type LatePrincipal,
  latePrincipal,
  type OwedLate,
} from "./late_fee.ts";
export { type Reconnection, reconnectionFee, waivedOfFees } from "./reconnection_fee.ts";
export {
  creditOfPeriod,
  type Outage,
  outageCredit,
  type OutageCreditInput,
  type OutPeriod,
} from "./outage_credit.ts";
export { noticeDays, type OutageTime, type OutageTimeRefusal, refuseOutageTime } from "./outage_time.ts";
export { TAX_MODES, taxBill, type TaxedTotal, type TaxMode, VAT_RATE_BP } from "./tax.ts";
export {
  askedFor,
  NO_TAX,
  pricedOf,
  type TaxedBill,
  type TaxedLine,
  type TaxedSale,
  type TaxedSum,
  taxedSum,
  taxLines,
  taxOn,
  type TaxSetting,
  type TaxTerms,
  vatOfMemo,
} from "./tax_lines.ts";
export { parseTin } from "./tin.ts";
export { BOOK_CHECKS, type BookCheck, bookChecksOf } from "./book_checks.ts";
