import { type Centavos, sum } from "@/shared/money/mod.ts";
import type { BillLineKind } from "../billing/mod.ts";

/** How money came in. `withholding_2307` is a tax certificate that settles a part of a bill. */
export type PaymentMethod = "cash" | "gcash" | "maya" | "bank" | "check" | "other" | "withholding_2307";

/** What money is owed for. What was owed in the books from before (`opening`) was earned there. */
export type RevenueKind = BillLineKind;

/** The accounts that every tenant's books have. */
export type Account =
  | "receivable"
  | "subscriber_credit"
  | `revenue:${Exclude<RevenueKind, "opening">}`
  | "vat_payable"
  | `cash:${Exclude<PaymentMethod, "withholding_2307">}`
  | "gateway_clearing"
  | "gateway_fees"
  | "withholding_receivable"
  | "refunds_payable"
  | "write_offs"
  | "credit_memos"
  | "opening_balance";

/** What is to be known of an account. */
export interface AccountFacts {
  /** Its name on pages and in exports. */
  words: string;
  /** Each entry names its subscriber; without it none does. The sums by subscriber are what one owes and has. */
  isBySubscriber: boolean;
}

/** The accounts, as `ledger_accounts` holds them; a test compares both. */
export const ACCOUNTS: Readonly<Record<Account, AccountFacts>> = {
  receivable: { words: "Receivable", isBySubscriber: true },
  subscriber_credit: { words: "Subscriber credit", isBySubscriber: true },
  "revenue:recurring": ofTenant("Revenue, recurring"),
  "revenue:one_time": ofTenant("Revenue, one-time"),
  "revenue:late_fee": ofTenant("Revenue, late fees"),
  "revenue:reconnection_fee": ofTenant("Revenue, reconnection fees"),
  "revenue:convenience_fee": ofTenant("Revenue, convenience fees"),
  "revenue:lock_in_fee": ofTenant("Revenue, lock-in fees"),
  vat_payable: ofTenant("VAT payable"),
  "cash:cash": ofTenant("Cash"),
  "cash:gcash": ofTenant("GCash"),
  "cash:maya": ofTenant("Maya"),
  "cash:bank": ofTenant("Bank"),
  "cash:check": ofTenant("Check"),
  "cash:other": ofTenant("Other money received"),
  gateway_clearing: ofTenant("Gateway clearing"),
  gateway_fees: ofTenant("Gateway fees"),
  withholding_receivable: ofTenant("Withholding receivable"),
  refunds_payable: ofTenant("Refunds payable"),
  write_offs: ofTenant("Write-offs"),
  credit_memos: ofTenant("Credit memos"),
  opening_balance: ofTenant("Opening balance"),
};

/** One leg of a ledger transaction: debit above zero, credit below. Never zero. */
export interface Leg {
  /** The account it is posted to. */
  account: Account;
  /** Set on the accounts that are kept by subscriber, and only there. */
  subscriberId: string | null;
  /** Debit above zero, credit below. */
  amountCentavos: Centavos;
}

/** The account that a payment method is received on. */
export function cashAccount(method: PaymentMethod): Account {
  return method === "withholding_2307" ? "withholding_receivable" : `cash:${method}`;
}

/** The account that a kind of bill line earns on. */
export function revenueAccount(kind: RevenueKind): Account {
  return kind === "opening" ? "opening_balance" : `revenue:${kind}`;
}

/** Throws unless the legs sum to zero and name whom their accounts ask for. The database checks the same. */
export function assertBalanced(legs: readonly Leg[]): void {
  for (const { account, subscriberId } of legs) {
    const { isBySubscriber } = ACCOUNTS[account];
    if (isBySubscriber === (subscriberId !== null)) continue;
    throw new Error(`Cannot post to ${account}: it is ${isBySubscriber ? "" : "not "}kept by subscriber`);
  }
  const offBy = sum(legs.map((leg) => leg.amountCentavos));
  if (offBy !== 0n) throw new Error(`Cannot post ledger transaction: its entries sum to ${offBy} centavos`);
}

function ofTenant(words: string): AccountFacts {
  return { words, isBySubscriber: false };
}
