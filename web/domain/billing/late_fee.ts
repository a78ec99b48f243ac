import { isBefore } from "@/shared/calendar/mod.ts";
import { type Centavos, centavos, min, multiplyRounded, subtract, ZERO } from "@/shared/money/mod.ts";

/** What paying late costs. */
export type LateFee =
  | { kind: "flat"; amountCentavos: Centavos }
  /** Basis points of the principal: 500 is 5 %. */
  | { kind: "percent"; rateBp: number };

/** What paying late costs, or that it costs nothing (the default). */
export type LateFeeRule = LateFee | { kind: "none" };

/** What a bill says about paying it late, from the day of its issue on: later settings do not change it. */
export interface LateFeeTerms {
  fee: LateFee;
  /** The first day on which it costs. */
  costsFromOn: Temporal.PlainDate;
}

/** The terms of a bill that is due on a day; null: paying it late costs nothing. */
export function lateFeeTerms(
  dueOn: Temporal.PlainDate,
  { lateFee: fee, lateAfterDays }: { lateFee: LateFeeRule; lateAfterDays: number },
): LateFeeTerms | null {
  return fee.kind === "none" ? null : { fee, costsFromOn: dueOn.add({ days: lateAfterDays + 1 }) };
}

/** A bill that was, or was not, paid in time. */
export interface LateFeeInput {
  /** What was unpaid of the bill, without fees: a fee is never on a fee. */
  principalCentavos: Centavos;
  /** Last day to pay in time. */
  dueOn: Temporal.PlainDate;
  /** Days past due that cost nothing. */
  lateAfterDays: number;
  /** Null: the tenant asks for none (the default). */
  fee: LateFee | null;
  /** What was charged for this bill already. */
  chargedCentavos: Centavos;
  /** The day on which the money came in, however late it was recorded. Null: it did not. */
  receivedOn: Temporal.PlainDate | null;
  /** The date of the run or of the posting. */
  asOf: Temporal.PlainDate;
}

/**
 * What a run or a posting has to charge for lateness (billing rule 13, LF-*): once per bill, from the first day past
 * due + late_after. Below zero when a fee that was charged is reversed, because the money had come in before that day.
 */
export function lateFee(input: LateFeeInput): Centavos {
  const costsFromOn = input.dueOn.add({ days: input.lateAfterDays + 1 });
  const isInTime = input.receivedOn !== null && isBefore(input.receivedOn, costsFromOn);
  return lateFeeChange({
    ...input,
    costsFromOn,
    principalCentavos: isInTime ? ZERO : input.principalCentavos,
  });
}

/** What was owed on a bill when its fee began, as the books know it now. */
export interface OwedLate {
  /** What was unpaid the day before, without fees and without what is disputed. */
  principalCentavos: Centavos;
  fee: LateFee | null;
  /** The first day on which it costs. */
  costsFromOn: Temporal.PlainDate;
  /** What stands of the fee that was charged for this bill. */
  chargedCentavos: Centavos;
  /** The date of the run or of the posting. */
  asOf: Temporal.PlainDate;
}

/**
 * The same by what the books know of that day: money that was received before it counts, however late it was recorded,
 * and so does what the bill should not have asked for. Where less was owed than the fee was charged for, the difference
 * goes back; a fee that stands is never raised, and late money does not undo it.
 */
export function lateFeeChange(owed: OwedLate): Centavos {
  const { principalCentavos, fee, costsFromOn, chargedCentavos, asOf } = owed;
  const right = isBefore(asOf, costsFromOn) ? ZERO : lateFeeOf(principalCentavos, fee);
  if (chargedCentavos === ZERO) return right;
  if (principalCentavos <= ZERO) return subtract(ZERO, chargedCentavos);
  return right < chargedCentavos && fee !== null && right > ZERO ? subtract(right, chargedCentavos) : ZERO;
}

/** What the books know of a bill on the day on which its fee began; amounts with the VAT on them. */
export interface LateBill {
  /** Unpaid of what is no fee. */
  owedCentavos: Centavos;
  /** Unpaid of the fees that stand on the same bill. */
  owedFeesCentavos: Centavos;
  disputedCentavos: Centavos;
  /** Given back of it as a correction, and spent elsewhere since it was paid already. */
  correctedCentavos: Centavos;
  /** What its lines that are no fees asked for when it was issued, and in it the VAT that came on top of their prices. */
  chargedCentavos: Centavos;
  vatOnTopCentavos: Centavos;
}

/** What a late fee is of. */
export interface LatePrincipal {
  /** What was unpaid and not disputed, as the bill asks for it. */
  unpaidCentavos: Centavos;
  /** The same as it was priced: the percentage is of this, since the fee gets a VAT of its own. */
  principalCentavos: Centavos;
}

/**
 * The principal of a late bill (billing rule 13): without fees, without what is disputed, and without the VAT that came on
 * top. So with VAT on top a fee and its VAT are the percentage of what was unpaid, and no VAT is taken of VAT; where prices
 * have the VAT in them, so has the fee.
 */
export function latePrincipal(bill: LateBill): LatePrincipal {
  // What is disputed is what is paid last: of the fees on the bill first.
  const disputed = subtract(bill.disputedCentavos, min(bill.disputedCentavos, bill.owedFeesCentavos));
  const owed = subtract(subtract(bill.owedCentavos, disputed), bill.correctedCentavos);
  if (owed <= ZERO) return { unpaidCentavos: ZERO, principalCentavos: ZERO };
  const priced = subtract(bill.chargedCentavos, bill.vatOnTopCentavos);
  return { unpaidCentavos: owed, principalCentavos: multiplyRounded(owed, priced, bill.chargedCentavos) };
}

/** The fee itself; none where nothing is owed. */
export function lateFeeOf(principalCentavos: Centavos, fee: LateFee | null): Centavos {
  if (fee === null || principalCentavos <= ZERO) return ZERO;
  if (fee.kind === "flat") return centavos(fee.amountCentavos);
  return multiplyRounded(principalCentavos, BigInt(fee.rateBp), 10_000n);
}
