import { type Centavos, min, subtract, ZERO } from "@/shared/money/mod.ts";
import type { CreditSource } from "./allocate.ts";

/** Why a credit memo is given; a write-off gives up what will not be paid. */
export type MemoKind = "goodwill" | "outage" | "correction" | "other" | "write_off";

/** How a bill is put right, and why in that way. */
export type Correction =
  | { kind: "void" }
  | { kind: "credit_memo"; why: "paid" | "partly_paid" | "reported" };

/** An issued bill as far as its correction goes. */
export interface CorrectedBill {
  /** What was asked. */
  totalCentavos: Centavos;
  /** Money and credit that went to it. */
  paidCentavos: Centavos;
  /** The BIR knows it by an invoice. */
  isReported: boolean;
  /** Paid up front: it is taken back whole, the days with the money. */
  isPurchase: boolean;
}

/**
 * An issued bill is never changed: one that nobody has paid is voided; one that was paid, in part or in full, or that was
 * reported gets a credit memo (billing rule 9). A purchase up front is paid as it is made: it is taken back whole.
 */
export function correctionOf(bill: CorrectedBill): Correction {
  if (bill.isReported) return { kind: "credit_memo", why: "reported" };
  if (bill.isPurchase || bill.paidCentavos === 0n) return { kind: "void" };
  return { kind: "credit_memo", why: bill.paidCentavos < bill.totalCentavos ? "partly_paid" : "paid" };
}

/** What of a source is paid back; always above zero. */
export interface RefundShare {
  /** The payment or memo that it is drawn from. */
  sourceId: string;
  /** What of it. */
  amountCentavos: Centavos;
}

/**
 * Draws a refund from credit, the oldest source (as given) first. Null when there is less credit than that: a refund
 * never exceeds it (LG-12).
 */
export function drawRefund(
  amountCentavos: Centavos,
  sources: readonly CreditSource[],
): RefundShare[] | null {
  if (amountCentavos <= 0n) throw new RangeError("Cannot draw refund: amount is not above zero");
  const shares: RefundShare[] = [];
  let rest = amountCentavos;
  for (const { sourceId, availableCentavos } of sources) {
    const share = min(rest, availableCentavos);
    if (share <= 0n) continue;
    shares.push({ sourceId, amountCentavos: share });
    rest = subtract(rest, share);
  }
  return rest > ZERO ? null : shares;
}
