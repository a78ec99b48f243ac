import { type Centavos, subtract, ZERO } from "@/shared/money/mod.ts";

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
