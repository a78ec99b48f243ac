import { type Centavos, min, multiplyRounded, ZERO } from "@/shared/money/mod.ts";

/** Time in a period in which the service was out. */
export interface Outage {
  /** How long, in the period. */
  minutes: number;
  /** Scheduled maintenance or force majeure: it gives no credit. */
  isExcluded: boolean;
}

/** A period with its outages. */
export interface OutageCreditInput {
  /** Price of the whole period. */
  priceCentavos: Centavos;
  /** Days of the whole period. */
  periodDays: number;
  /** All of the period, apart from each other. */
  outages: readonly Outage[];
  /** Minutes from which they count. @default 1440, a day */
  thresholdMinutes?: number;
}

const MINUTES_OF_A_DAY = 1440;

/**
 * The credit memo for a period (billing rule 14, OC-*): R(price x minutes / minutes of the period) once the minutes that
 * count are a day or more, and never more than the price.
 */
export function outageCredit(input: OutageCreditInput): Centavos {
  const { priceCentavos, periodDays, outages, thresholdMinutes = MINUTES_OF_A_DAY } = input;
  const minutes = outages.reduce((all, outage) => outage.isExcluded ? all : all + outage.minutes, 0);
  if (minutes < thresholdMinutes) return ZERO;
  const ofPeriod = BigInt(periodDays) * BigInt(MINUTES_OF_A_DAY);
  return min(priceCentavos, multiplyRounded(priceCentavos, BigInt(minutes), ofPeriod));
}

/** What became of a charged period while the service was out. */
export interface OutPeriod {
  /** Price of the whole period; where it changed inside, the lower one. */
  priceCentavos: Centavos;
  /** Days of the whole period that a part is priced by. */
  periodDays: number;
  /** Minutes that count: of no day that was suspended, and of no excluded outage. */
  minutes: number;
  /** Minutes that the charged days really have: fewer on the day on which clocks go forward. */
  chargedMinutes: number;
  /** Charged for it, less what was given back otherwise. */
  chargedCentavos: Centavos;
  thresholdMinutes: number;
}

/** The credit that a charged period is owed in all: by the minute, never above what was charged, all of it for all of it. */
export function creditOfPeriod(period: OutPeriod): Centavos {
  const { priceCentavos, periodDays, minutes, chargedMinutes, chargedCentavos, thresholdMinutes } = period;
  if (minutes < thresholdMinutes || chargedCentavos <= ZERO) return ZERO;
  if (minutes >= chargedMinutes) return chargedCentavos;
  const outages = [{ minutes, isExcluded: false }];
  return min(chargedCentavos, outageCredit({ priceCentavos, periodDays, outages, thresholdMinutes }));
}
