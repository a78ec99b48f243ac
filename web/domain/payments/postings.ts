import { add, type Centavos, centavos, subtract, ZERO } from "@/shared/money/mod.ts";
import type { BillLineKind } from "../billing/mod.ts";
import {
  type Account,
  assertBalanced,
  cashAccount,
  type Leg,
  type PaymentMethod,
  revenueAccount,
} from "./accounts.ts";
import type { MemoKind } from "./corrections.ts";

/*
 * Money received is the subscriber's credit first and pays bills out of it. So the credit account alone says what
 * idles, the receivable alone says what is owed, and each event is undone by the same legs with the other sign.
 */

/** What a bill is made of, as far as the books care. */
export interface BilledAmounts {
  /** Who owes it. */
  subscriberId: string;
  /** Amounts by what they are for, with the VAT that is in them. */
  lines: readonly { kind: BillLineKind; amountCentavos: Centavos; vatCentavos?: Centavos }[];
}

/**
 * The subscriber owes the total; each kind of line is earned on its own account without its VAT, which is owed to the
 * state. No legs for a bill of zero.
 */
export function legsOfBillIssued(bill: BilledAmounts): Leg[] {
  const byKind = new Map<BillLineKind, Centavos>();
  for (const { kind, amountCentavos, vatCentavos } of bill.lines) {
    byKind.set(kind, add(byKind.get(kind) ?? ZERO, subtract(amountCentavos, vatCentavos ?? ZERO)));
  }
  const vat = bill.lines.reduce((total, line) => add(total, line.vatCentavos ?? ZERO), ZERO);
  const total = [...byKind.values()].reduce(add, vat);
  const earned = [...byKind].map(([kind, amount]) => leg(revenueAccount(kind), null, negate(amount)));
  return checked([
    leg("receivable", bill.subscriberId, total),
    ...earned,
    leg("vat_payable", null, negate(vat)),
  ]);
}

/** Takes the bill back. Its allocations are released first, with {@link legsOfRelease}. */
export function legsOfBillVoided(bill: BilledAmounts): Leg[] {
  return reversed(legsOfBillIssued(bill));
}

/** Money in. It is credit until it is allocated. */
export function legsOfPaymentPosted(
  payment: { subscriberId: string; method: PaymentMethod; amountCentavos: Centavos },
): Leg[] {
  return moved(payment, cashAccount(payment.method), null, "subscriber_credit", payment.subscriberId);
}

/** Takes the payment back (bounced, mistaken). Its allocations are released first, with {@link legsOfRelease}. */
export function legsOfPaymentReversed(
  payment: { subscriberId: string; method: PaymentMethod; amountCentavos: Centavos },
): Leg[] {
  return reversed(legsOfPaymentPosted(payment));
}

/** Credit pays a share of a bill. */
export function legsOfAllocation(share: { subscriberId: string; amountCentavos: Centavos }): Leg[] {
  return moved(share, "subscriber_credit", share.subscriberId, "receivable", share.subscriberId);
}

/** A share comes back from a bill that was voided, or of a payment that was reversed. */
export function legsOfRelease(share: { subscriberId: string; amountCentavos: Centavos }): Leg[] {
  return reversed(legsOfAllocation(share));
}

/** What a memo gives back, and what of it is VAT of its bill. */
export interface MemoAmounts {
  /** Whose credit it is. */
  subscriberId: string;
  amountCentavos: Centavos;
  /** @default 0 */
  vatCentavos?: Centavos;
}

/** Goodwill or a correction of an issued bill: less is earned, less VAT is owed, and it is credit until it is allocated. */
export function legsOfCreditMemo(memo: MemoAmounts): Leg[] {
  return givenBack(memo, "credit_memos");
}

/** What will not be paid is given up: it was earned and is lost. Credit until it is allocated to its bill. */
export function legsOfWriteOff(memo: MemoAmounts): Leg[] {
  return givenBack(memo, "write_offs");
}

/** A memo of any kind, as its kind is posted. */
export function legsOfMemo({ kind, ...memo }: MemoAmounts & { kind: MemoKind }): Leg[] {
  return kind === "write_off" ? legsOfWriteOff(memo) : legsOfCreditMemo(memo);
}

/** Takes a memo back. Its allocations are released first, with {@link legsOfRelease}. */
export function legsOfMemoVoided(memo: MemoAmounts & { kind: MemoKind }): Leg[] {
  return reversed(legsOfMemo(memo));
}

/** Credit that the books from before had. */
export function legsOfOpeningCredit(opening: { subscriberId: string; amountCentavos: Centavos }): Leg[] {
  return moved(opening, "opening_balance", null, "subscriber_credit", opening.subscriberId);
}

/** It was not there after all. Its allocations are released first, with {@link legsOfRelease}. */
export function legsOfOpeningTakenBack(opening: { subscriberId: string; amountCentavos: Centavos }): Leg[] {
  return reversed(legsOfOpeningCredit(opening));
}

/** Credit goes back to the subscriber; the pay-out itself, {@link legsOfRefundPaid}, clears `refunds_payable`. */
export function legsOfRefund(refund: { subscriberId: string; amountCentavos: Centavos }): Leg[] {
  return moved(refund, "subscriber_credit", refund.subscriberId, "refunds_payable", null);
}

/** The money of a refund leaves the account that it is paid from. */
export function legsOfRefundPaid(refund: { method: PaymentMethod; amountCentavos: Centavos }): Leg[] {
  return moved(refund, "refunds_payable", null, cashAccount(refund.method), null);
}

/** A refund that failed: the money is back on its account, and the credit is the subscriber's again. */
export function legsOfRefundReversed(
  refund: { subscriberId: string; method: PaymentMethod; amountCentavos: Centavos },
): { paid: Leg[]; granted: Leg[] } {
  return { paid: reversed(legsOfRefundPaid(refund)), granted: reversed(legsOfRefund(refund)) };
}

function givenBack({ vatCentavos = ZERO, ...memo }: MemoAmounts, debit: Account): Leg[] {
  if (vatCentavos === 0n) return moved(memo, debit, null, "subscriber_credit", memo.subscriberId);
  return checked([
    leg(debit, null, subtract(memo.amountCentavos, vatCentavos)),
    leg("vat_payable", null, vatCentavos),
    leg("subscriber_credit", memo.subscriberId, negate(memo.amountCentavos)),
  ]);
}

function moved(
  { amountCentavos }: { amountCentavos: Centavos },
  debit: Account,
  debitSubscriber: string | null,
  credit: Account,
  creditSubscriber: string | null,
): Leg[] {
  if (amountCentavos <= 0n) throw new RangeError(`Cannot post to ${credit}: amount is not above zero`);
  return checked([
    leg(debit, debitSubscriber, amountCentavos),
    leg(credit, creditSubscriber, negate(amountCentavos)),
  ]);
}

function leg(account: Account, subscriberId: string | null, amountCentavos: Centavos): Leg {
  return { account, subscriberId, amountCentavos };
}

function checked(legs: Leg[]): Leg[] {
  assertBalanced(legs);
  return legs.filter(({ amountCentavos }) => amountCentavos !== 0n);
}

function reversed(legs: readonly Leg[]): Leg[] {
  return legs.map((entry) => ({ ...entry, amountCentavos: negate(entry.amountCentavos) }));
}

function negate(amount: Centavos): Centavos {
  return centavos(-amount);
}
