/** Where money goes: payment to bills, credit to bills, and the double-entry legs of each event. */
export {
  type Allocated,
  allocatePayment,
  applyCredit,
  type BillShare,
  comparePaidFirst,
  type CreditShare,
  type CreditSource,
  type OpenBalance,
} from "./allocate.ts";
export {
  compareSettledFirst,
  disputedOfLines,
  type LineShare,
  type OpenLine,
  type OrderedLine,
  settledByCreditLines,
  splitOverLines,
} from "./settle_lines.ts";
export { checkPayment, type PaymentProblem } from "./check_payment.ts";
export {
  type Account,
  ACCOUNTS,
  assertBalanced,
  cashAccount,
  type Leg,
  type PaymentMethod,
  revenueAccount,
} from "./accounts.ts";
export {
  type BilledAmounts,
  legsOfAllocation,
  legsOfBillIssued,
  legsOfBillVoided,
  legsOfCreditMemo,
  legsOfMemo,
  legsOfMemoVoided,
  legsOfOpeningCredit,
  legsOfOpeningTakenBack,
  legsOfPaymentPosted,
  legsOfPaymentReversed,
  legsOfRefund,
  legsOfRefundPaid,
  legsOfRefundReversed,
  legsOfRelease,
  legsOfWriteOff,
} from "./postings.ts";
export {
  type CorrectedBill,
  type Correction,
  correctionOf,
  drawRefund,
  type MemoKind,
  type RefundShare,
} from "./corrections.ts";
export { type BookBill, type BookEvent, type BookState, SubscriberBook } from "./subscriber_book.ts";
export {
  type OpenSplit,
  type OpenWithheld,
  splitOpenWithheld,
  type Withholding,
  withholding,
  type WithholdingInput,
} from "./withholding.ts";
export {
  chargeWithFee,
  type GatewayCharge,
  type GatewayReceipt,
  type GatewayTerms,
  legsOfGatewayReceipt,
  receiveCharge,
} from "./convenience_fee.ts";
export {
  type AccountClosing,
  type AccountEntry,
  type AccountSums,
  closeAccount,
  type StatementLine,
  type StatementOfAccount,
  statementOfAccount,
  statementSince,
} from "./statement_of_account.ts";
export {
  billedAgainstCollected,
  type BilledMonth,
  type MonthMoves,
  movesOf,
  type PostedSum,
} from "./billed_collected.ts";
export { vatByMonth, type VatMonth, type VatPosted } from "./vat_months.ts";
export { type Age, AGES, COLLECTED_BY, type CollectedBy } from "./told_by.ts";
export { readReference } from "./read_reference.ts";
