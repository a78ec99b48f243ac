import { type Centavos, centavos, multiplyRounded, subtract, ZERO } from "@/shared/money/mod.ts";

/** What paying late costs. */
export type LateFee =
  | { kind: "flat"; amountCentavos: Centavos }
  /** Basis points of the principal: 500 is 5 %. */
  | { kind: "percent"; rateBp: number };

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
  const costsFrom = input.dueOn.add({ days: input.lateAfterDays + 1 });
  const isInTime = input.receivedOn !== null && isBefore(input.receivedOn, costsFrom);
  if (isInTime) return subtract(ZERO, input.chargedCentavos);
  if (input.chargedCentavos !== ZERO || isBefore(input.asOf, costsFrom)) return ZERO;
  return lateFeeOf(input.principalCentavos, input.fee);
}

/** The fee itself; none where nothing is owed. */
export function lateFeeOf(principalCentavos: Centavos, fee: LateFee | null): Centavos {
  if (fee === null || principalCentavos <= ZERO) return ZERO;
  if (fee.kind === "flat") return centavos(fee.amountCentavos);
  return multiplyRounded(principalCentavos, BigInt(fee.rateBp), 10_000n);
}

function isBefore(a: Temporal.PlainDate, b: Temporal.PlainDate): boolean {
  return Temporal.PlainDate.compare(a, b) < 0;
}
