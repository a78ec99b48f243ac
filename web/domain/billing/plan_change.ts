import { add, type Centavos, centavos, subtract, ZERO } from "@/shared/money/mod.ts";
import { daysBetween } from "./charge_period.ts";
import { type CyclePart, priceOfDays, wholeDaysOf } from "./price_of_days.ts";
import type { BillTiming } from "./types.ts";

/** A change of plan inside a period. */
export interface PlanChange {
  /** When a period is billed. */
  timing: BillTiming;
  /** The period in which the plan changes. */
  period: CyclePart;
  /** Price of a whole period until now. */
  oldPriceCentavos: Centavos;
  /** Price of a whole period from now on. */
  newPriceCentavos: Centavos;
  /** First day on the new plan, in the period; its end is the change at the next boundary. */
  on: Temporal.PlainDate;
}

/** What a change costs, as a person sees it before it is made. */
export interface PlanChangeEffect {
  /** Days on the old plan (arrears), or what is given back for those that are left of it (advance, not above zero). */
  oldCentavos: Centavos;
  /** The days that are left, on the new plan. */
  newCentavos: Centavos;
  /** Asked for at once; credit when it is below zero. */
  netNowCentavos: Centavos;
  /** The next regular bill. */
  nextBillCentavos: Centavos;
}

/**
 * Changes the plan at once (billing rule 11, PC-01, 02, 05, 07). The day of the change is on the new plan. In arrears
 * nothing moves today: the coming bill has a line for each plan. In advance the unused part of the old plan (price less
 * R(used)) is credited and the rest of the new one charged. Both parts count the days of the period itself, also where
 * stubs count months of 30 days: 15 + 16 days of such a month would cost more than the month.
 *
 * The other policy, the change with the next cycle (PC-04), is a change of {@link planBills}.
 */
export function changePlanNow(change: PlanChange): PlanChangeEffect {
  const { period, oldPriceCentavos, newPriceCentavos } = change;
  const days = daysBetween(period.start, period.end);
  const used = daysBetween(period.start, change.on);
  if (used < 0 || used > days) {
    throw new RangeError(`Cannot change plan: ${change.on} is not in ${period.start} to ${period.end}`);
  }
  const whole = wholeDaysOf(period);
  const oldUsed = priceOfDays(oldPriceCentavos, used, whole);
  const newRest = priceOfDays(newPriceCentavos, days - used, whole);
  if (change.timing === "arrears") {
    return {
      oldCentavos: oldUsed,
      newCentavos: newRest,
      netNowCentavos: ZERO,
      nextBillCentavos: add(oldUsed, newRest),
    };
  }
  const oldUnused = subtract(priceOfDays(oldPriceCentavos, days, whole), oldUsed);
  return {
    oldCentavos: centavos(-oldUnused),
    newCentavos: newRest,
    netNowCentavos: subtract(newRest, oldUnused),
    nextBillCentavos: newPriceCentavos,
  };
}
