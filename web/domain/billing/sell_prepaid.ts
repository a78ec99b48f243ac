import { type Centavos, centavos, multiplyRounded } from "@/shared/money/mod.ts";
import { type OwnPrice, ownPriceOf, placeOwnPrices } from "./own_price.ts";
import { type Coverage, type LapsePolicy, payPrepaid, type PrepaidPlan } from "./prepaid.ts";

/** Something that a plan sells up front. */
export interface PrepaidUnit {
  unit: PrepaidPlan["unit"];
  count: number;
  /** Null: worked out from the price of the plan. */
  priceCentavos: Centavos | null;
}

/** Days of the month that a day's price is worked out by. */
const DAYS_OF_PRICE = 30n;

/**
 * What one unit costs: its own price, else R(price × days / 30), or the price of a month for each month.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { centavos } from "@/shared/money/mod.ts";
 * import { priceOfUnit } from "@/web/domain/billing/mod.ts";
 * assert.equal(priceOfUnit({ unit: "days", count: 7, priceCentavos: null }, centavos(99900)), 23310n);
 * ```
 */
export function priceOfUnit({ unit, count, priceCentavos }: PrepaidUnit, monthCentavos: Centavos): Centavos {
  if (priceCentavos !== null) return priceCentavos;
  if (unit === "days") return multiplyRounded(monthCentavos, BigInt(count), DAYS_OF_PRICE);
  return centavos(monthCentavos * BigInt(count));
}

/** What a month costs a connection that buys on a day: what was agreed for it alone, else the plan's price of today. */
export function prepaidMonthPrice(
  listCentavos: Centavos,
  own: readonly OwnPrice[],
  at: { on: Temporal.PlainDate; anchorDay: number; activatedOn: Temporal.PlainDate },
): Centavos {
  const placed = placeOwnPrices(own, {
    anchorDay: at.anchorDay,
    activatedOn: at.activatedOn,
    nextPlanOn: null,
  });
  const here = placed.find(({ start, end }) =>
    Temporal.PlainDate.compare(start, at.on) <= 0 &&
    (end === null || Temporal.PlainDate.compare(at.on, end) < 0)
  );
  return here === undefined ? listCentavos : ownPriceOf(here.own, listCentavos);
}

/** A purchase before it is made. */
export interface PurchaseInput {
  /** What was charged last; null: nothing yet. */
  last: (Coverage & { anchorDay: number }) | null;
  today: Temporal.PlainDate;
  plan: PrepaidPlan;
  quantity: number;
  lapse: LapsePolicy;
}

/** The days that a purchase covers, one stretch for each unit, and the day that its months keep. */
export interface PlannedPurchase {
  coverage: Coverage[];
  anchorDay: number;
}

/** Where a purchase begins and ends: it stacks while coverage runs, after a lapse the policy says (billing rule 10). */
export function planPurchase({ last, today, plan, quantity, lapse }: PurchaseInput): PlannedPurchase {
  const before = last === null ? [] : [{ start: last.start, end: last.end }];
  const total = centavos(plan.priceCentavos * BigInt(quantity));
  const after = payPrepaid(
    { coverage: before, creditCentavos: total, anchorDay: last?.anchorDay ?? null },
    { paidOn: today, amountCentavos: centavos(0n), quantity },
    { plan, lapse },
  );
  return { coverage: after.coverage.slice(before.length), anchorDay: after.anchorDay ?? today.day };
}

/** What coverage says about a day. */
export interface CoverageState {
  isCovered: boolean;
  /** First day without it: behind the stretch that covers the day, else behind the last one before it. */
  until: Temporal.PlainDate | null;
}

/** Whether a day is covered and until when, by coverage in order and apart from each other. */
export function coverageOn(coverage: readonly Coverage[], day: Temporal.PlainDate): CoverageState {
  let until: Temporal.PlainDate | null = null;
  for (const { start, end } of coverage) {
    const hasBegun = Temporal.PlainDate.compare(start, day) <= 0;
    if (!hasBegun && until?.equals(start) !== true) break;
    until = end;
  }
  return { isCovered: until !== null && Temporal.PlainDate.compare(day, until) < 0, until };
}
