import { add, type Centavos, centavos, subtract, ZERO } from "@/shared/money/mod.ts";
import type { Account } from "./accounts.ts";

/** What was posted in a month on one account by postings of one kind. */
export interface PostedSum {
  month: Temporal.PlainDate;
  /** Kind of the posting. */
  kind: string;
  account: Account;
  /** Of VAT that a memo gives back: as what that memo is given. @default null */
  givenAs?: "credit_memos" | "write_offs" | null;
  /** Debit above zero, credit below. */
  amountCentavos: Centavos;
}

/**
 * Columns that move what subscribers owe: what was taken over and billed adds to it, so do reversed and refunded; the
 * others take from it.
 */
export interface MonthMoves {
  /** From the books from before: debts, less credit. */
  takenOver: Centavos;
  billed: Centavos;
  voided: Centavos;
  memos: Centavos;
  collected: Centavos;
  reversed: Centavos;
  refunded: Centavos;
  writtenOff: Centavos;
}

/** One month of billed against collected. */
export interface BilledMonth extends MonthMoves {
  month: Temporal.PlainDate;
  /** Unpaid on bills at the end of the month. */
  open: Centavos;
}

/**
 * Billed against collected by month, from sums of the ledger. A posting finds its column by the account on the other side
 * of the subscriber's, and where it undoes another one by its kind: earned is billed, or voided; money in is collected or
 * reversed, money out by another kind is refunded; credit memos and write-offs have accounts of their own.
 *
 * @param openNow unpaid on bills by all that is written; the months before are worked out backwards from it
 */
export function billedAgainstCollected(
  sums: readonly PostedSum[],
  months: readonly Temporal.PlainDate[],
  openNow: Centavos,
): BilledMonth[] {
  const rows: BilledMonth[] = [];
  let open = openNow;
  const newest = [...new Set([...months, ...sums.map(({ month }) => month)].map(String))].sort().reverse();
  for (const month of newest) {
    const own = sums.filter((sum) => String(sum.month) === month);
    if (months.some((wanted) => String(wanted) === month)) {
      rows.unshift({ month: Temporal.PlainDate.from(month), ...movesOf(own), open });
    }
    open = subtract(open, totalOf(own.filter(({ account }) => account === "receivable")));
  }
  return rows;
}

/** The columns of some sums together. */
export function movesOf(sums: readonly PostedSum[]): MonthMoves {
  const earned = sums.filter(({ account, givenAs }) => isEarned(account) && (givenAs ?? null) === null);
  const money = sums.filter(({ account }) => isMoney(account));
  const of = (parts: readonly PostedSum[], kind: string) => totalOf(parts.filter((sum) => sum.kind === kind));
  const isRefund = ({ kind }: PostedSum) => kind.startsWith("refund");
  const others = Map.groupBy(
    money.filter((sum) => sum.kind !== "payment_posted" && sum.kind !== "payment_reversed" && !isRefund(sum)),
    ({ kind }) => kind,
  );
  // What moves between two accounts of money nets to zero. What is left goes in or out.
  const net = [...others.values()].map(totalOf);
  const paidOut = net.filter((amount) => amount < ZERO).reduce(add, ZERO);
  return {
    takenOver: negate(totalOf(sums.filter(({ account }) => account === "opening_balance"))),
    billed: negate(totalOf(earned.filter(({ kind }) => kind !== "bill_voided"))),
    voided: of(earned, "bill_voided"),
    memos: givenBack(sums, "credit_memos"),
    collected: net.filter((amount) => amount > ZERO).reduce(add, of(money, "payment_posted")),
    reversed: negate(of(money, "payment_reversed")),
    refunded: negate(add(totalOf(money.filter(isRefund)), paidOut)),
    writtenOff: givenBack(sums, "write_offs"),
  };
}

/** With the VAT that was given back with it. */
function givenBack(sums: readonly PostedSum[], as: "credit_memos" | "write_offs"): Centavos {
  return totalOf(sums.filter(({ account, givenAs }) => account === as || givenAs === as));
}

/** Accounts on which a charge is earned, or owed on. */
function isEarned(account: Account): boolean {
  return account.startsWith("revenue:") || account === "vat_payable";
}

/** Accounts of money in, money out, and what stands for money. */
function isMoney(account: Account): boolean {
  return account.startsWith("cash:") || account === "gateway_clearing" || account === "gateway_fees" ||
    account === "withholding_receivable" || account === "refunds_payable";
}

function totalOf(sums: readonly PostedSum[]): Centavos {
  return sums.map(({ amountCentavos }) => amountCentavos).reduce(add, ZERO);
}

function negate(amount: Centavos): Centavos {
  return centavos(-amount);
}
