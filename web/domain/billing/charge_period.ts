import { periodContaining } from "@/shared/calendar/mod.ts";
import { coded, periodValue } from "@/shared/codes/mod.ts";
import { centavos, min, multiplyRounded } from "@/shared/money/mod.ts";
import { ownShareOf, sayOwnTerms } from "./own_price.ts";
import { type DayRange, suspendedDays } from "./suspended_days.ts";
import type { PeriodTerms, PlannedBillLine } from "./types.ts";

/** A part of one billing period, up to the whole of it. */
export interface ChargedPart extends Omit<PeriodTerms, "isChargedInFull"> {
  /** First day that is charged. */
  periodStart: Temporal.PlainDate;
  /** Exclusive, at most the boundary that follows `periodStart`. */
  periodEnd: Temporal.PlainDate;
  /** The price of a whole period for a part of one (first bill policy `full`). @default false */
  isChargedInFull?: boolean;
  /** Days that are not charged, in order and apart from each other. @default none */
  suspended?: readonly DayRange[];
}

/**
 * One recurring line. A whole period costs exactly the price, whatever its length; a part, or a period with days that
 * were suspended, costs R(price x days / days of the whole period) (billing rules 4 and 13).
 */
export function chargePeriod(part: ChargedPart): PlannedBillLine {
  const { periodStart, periodEnd, priceCentavos, planName, anchorDay, proration, own } = part;
  const isChargedInFull = part.isChargedInFull === true;
  const whole = periodContaining(periodStart, anchorDay);
  const wholeDays = daysBetween(whole.start, whole.end);
  const asked = daysBetween(periodStart, periodEnd);
  if (asked < 1 || Temporal.PlainDate.compare(periodEnd, whole.end) > 0) {
    throw new RangeError(`Cannot charge period: ${periodStart} to ${periodEnd} is not inside one cycle`);
  }
  const off = suspendedDays(part.suspended ?? [], periodStart, periodEnd);
  const days = asked - off;
  const fullDays = isChargedInFull ? asked : wholeDays;
  const isProrated = days !== fullDays;
  const isMonthOf30 = isProrated && !isChargedInFull && proration === "days30";
  const divisor = isMonthOf30 ? 30 : fullDays;
  const share = own === undefined
    ? multiplyRounded(priceCentavos, BigInt(days), BigInt(divisor))
    : ownShareOf(own, own.listPriceCentavos, days, divisor);
  const named = { plan: planName, period: periodValue(periodStart, periodEnd) };
  const line = !isProrated
    ? coded("line_whole", named)
    : off === 0
    ? coded("line_part", { ...named, days, of: divisor })
    : coded("line_part_suspended", { ...named, days, of: divisor, suspended: off });
  return {
    kind: "recurring",
    description: own === undefined ? line : coded("line_own", { line, own: sayOwnTerms(own) }),
    periodStart,
    periodEnd,
    days,
    periodDays: isChargedInFull ? wholeDays : divisor,
    amountCentavos: isProrated ? min(priceCentavos, share) : centavos(priceCentavos),
    terms: { planName, priceCentavos, anchorDay, proration, isChargedInFull, ...(own && { own }) },
  };
}

/** Days of the half-open period [start, end). */
export function daysBetween(start: Temporal.PlainDate, end: Temporal.PlainDate): number {
  return start.until(end, { largestUnit: "day" }).days;
}
