import { type Centavos, centavos, subtract, sum, ZERO } from "@/shared/money/mod.ts";

/** A connection that a cut run had put off, and that is on again. */
export interface Reconnection {
  /** The day of the cut. */
  cutOn: Temporal.PlainDate;
  /** The tenant's fee. Null: none (the default). */
  feeCentavos: Centavos | null;
  /** What was charged for this cut already. */
  chargedCentavos: Centavos;
  /** The day on which the money that would have prevented the cut came in, however late it was recorded. */
  receivedOn: Temporal.PlainDate | null;
}

/**
 * What the next bill asks for a reconnection (billing rule 13). It is never asked for before the service is back: the
 * connection is on as soon as what it owes is paid. Once per cut; below zero when the money had come in before the cut,
 * which then was nobody's fault who paid.
 */
export function reconnectionFee(reconnection: Reconnection): Centavos {
  const { cutOn, receivedOn, chargedCentavos, feeCentavos } = reconnection;
  const isInTime = receivedOn !== null && Temporal.PlainDate.compare(receivedOn, cutOn) < 0;
  if (isInTime) return subtract(ZERO, chargedCentavos);
  return chargedCentavos === ZERO ? feeCentavos ?? ZERO : ZERO;
}

/**
 * What people have waived of each fee of a bill, by the memos that they gave to it. A memo of more than all its fees is
 * for something else; one of just a fee waives that one, and smaller ones waive parts, the oldest cut first.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { centavos } from "@/shared/money/mod.ts";
 * import { waivedOfFees } from "@/web/domain/billing/mod.ts";
 * const fees = [centavos(10_000), centavos(15_000)];
 * assert.deepEqual(waivedOfFees(fees, [centavos(15_000), centavos(6_000)]), [6_000n, 15_000n]);
 * assert.deepEqual(waivedOfFees(fees, [centavos(30_000)]), [0n, 0n]);
 * ```
 */
export function waivedOfFees(fees: readonly Centavos[], memos: readonly Centavos[]): Centavos[] {
  const most = sum(fees);
  const left = memos.filter((memo) => memo <= most);
  const waived: Centavos[] = fees.map((fee) => {
    const exact = left.indexOf(fee);
    return exact < 0 ? ZERO : left.splice(exact, 1)[0] ?? ZERO;
  });
  let rest: bigint = sum(left);
  return fees.map((fee, i) => {
    const open = fee - (waived[i] ?? ZERO);
    const part = rest < open ? rest : open;
    rest -= part;
    return centavos((waived[i] ?? ZERO) + part);
  });
}
