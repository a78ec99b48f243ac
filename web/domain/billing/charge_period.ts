import { formatPeriod, periodContaining } from "@/shared/calendar/mod.ts";
import { type Centavos, centavos, min, multiplyRounded } from "@/shared/money/mod.ts";
import type { PlannedBillLine, Proration } from "./types.ts";

/** A part of one billing period, up to the whole of it. */
export interface ChargedPeriod {
  /** For the description. */
  planName: string;
  /** Price of a whole period. */
  priceCentavos: Centavos;
  /** 1 to 31. */
  anchorDay: number;
  /** How a part is priced. */
  proration: Proration;
  /** First day that is charged. */
  periodStart: Temporal.PlainDate;
  /** Exclusive, at most the boundary that follows `periodStart`. */
  periodEnd: Temporal.PlainDate;
  /** The price of a whole period for a part of one (first bill policy `full`). @default false */
  isChargedInFull?: boolean;
}

/**
 * One recurring line. A whole period costs exactly the price, whatever its length; a part costs
 * R(price x days / days of the whole period) (billing rule 4).
 */
export function chargePeriod(part: ChargedPeriod): PlannedBillLine {
  const { periodStart, periodEnd, priceCentavos } = part;
  const whole = periodContaining(periodStart, part.anchorDay);
  const wholeDays = daysBetween(whole.start, whole.end);
  const days = daysBetween(periodStart, periodEnd);
  if (days < 1 || Temporal.PlainDate.compare(periodEnd, whole.end) > 0) {
    throw new RangeError(`Cannot charge period: ${periodStart} to ${periodEnd} is not inside one cycle`);
  }
  const isWhole = days === wholeDays;
  const isProrated = !isWhole && part.isChargedInFull !== true;
  const periodDays = isProrated && part.proration === "days30" ? 30 : wholeDays;
  const share = multiplyRounded(priceCentavos, BigInt(days), BigInt(periodDays));
  const dates = `${part.planName}, ${formatPeriod(periodStart, periodEnd)}`;
  return {
    kind: "recurring",
    description: isProrated ? `${dates} (${days} of ${periodDays} days)` : dates,
    periodStart,
    periodEnd,
    days,
    periodDays,
    amountCentavos: isProrated ? min(priceCentavos, share) : centavos(priceCentavos),
  };
}

/** Days of the half-open period [start, end). */
export function daysBetween(start: Temporal.PlainDate, end: Temporal.PlainDate): number {
  return start.until(end, { largestUnit: "day" }).days;
}
