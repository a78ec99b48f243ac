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
  legsOfPaymentPosted,
  legsOfPaymentReversed,
  legsOfRefund,
  legsOfRelease,
} from "./postings.ts";
export { type BookBill, type BookEvent, type BookState, SubscriberBook } from "./subscriber_book.ts";
