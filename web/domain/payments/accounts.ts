import { type Centavos, sum } from "@/shared/money/mod.ts";
import type { BillLineKind } from "../billing/mod.ts";

/** How money came in. `withholding_2307` is a tax certificate that settles a part of a bill. */
export type PaymentMethod = "cash" | "gcash" | "maya" | "bank" | "check" | "other" | "withholding_2307";

/**
 * The accounts of a tenant. `receivable` and `subscriber_credit` are kept by subscriber: their sums are what a
 * subscriber owes on bills and what idles as credit.
 */
export type Account =
  | "receivable"
  | "subscriber_credit"
  | `revenue:${BillLineKind}`
  | "credit_memos"
  | `cash:${Exclude<PaymentMethod, "withholding_2307">}`
  | "withholding_receivable"
  | "refunds_payable";

/** The words for each account, for the ledger pages and exports. */
export const ACCOUNT_WORDS: Record<Account, string> = {
  receivable: "Receivable",
  subscriber_credit: "Subscriber credit",
  "revenue:recurring": "Revenue, recurring",
  "revenue:one_time": "Revenue, one-time",
  credit_memos: "Credit memos",
  "cash:cash": "Cash",
  "cash:gcash": "GCash",
  "cash:maya": "Maya",
  "cash:bank": "Bank",
  "cash:check": "Check",
  "cash:other": "Other money received",
  withholding_receivable: "Withholding receivable",
  refunds_payable: "Refunds payable",
};

/** One leg of a ledger transaction: debit above zero, credit below. Never zero. */
export interface Leg {
  /** The account it is posted to. */
  account: Account;
  /** Set on the accounts that are kept by subscriber. */
  subscriberId: string | null;
  /** Debit above zero, credit below. */
  amountCentavos: Centavos;
}

/** The account that a payment method is received on. */
export function cashAccount(method: PaymentMethod): Account {
  return method === "withholding_2307" ? "withholding_receivable" : `cash:${method}`;
}

/** The account that a kind of bill line earns on. */
export function revenueAccount(kind: BillLineKind): Account {
  return `revenue:${kind}`;
}

/** Throws unless the legs sum to zero. The database checks the same at commit. */
export function assertBalanced(legs: readonly Leg[]): void {
  const offBy = sum(legs.map((leg) => leg.amountCentavos));
  if (offBy !== 0n) throw new Error(`Cannot post ledger transaction: its entries sum to ${offBy} centavos`);
}
