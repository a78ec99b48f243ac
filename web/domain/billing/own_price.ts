import { isBefore, nextBoundaryAfter, periodContaining } from "@/shared/calendar/mod.ts";
import { type Coded, coded } from "@/shared/codes/mod.ts";
import { type Centavos, centavos, multiplyRounded, ZERO } from "@/shared/money/mod.ts";

/** A price of its own, or something off the price of the plan. */
export type OwnPriceKind = "price" | "amount_off" | "percent_off";

/** Hundredths of a percent in the whole. */
export const WHOLE_BASIS_POINTS = 10_000;

/** What is paid in place of the plan's price. */
export interface OwnRate {
  kind: OwnPriceKind;
  /** The price itself, or what comes off; zero for a percentage. */
  amountCentavos: Centavos;
  /** Hundredths of a percent that come off; zero for an amount. */
  basisPoints: number;
}

/** What was agreed for one connection in place of the plan's price, with its days. */
export interface OwnPrice extends OwnRate {
  /** First day. */
  fromOn: Temporal.PlainDate;
  /** Null: without an end, or after so many {@link periods}. */
  lastOn: Temporal.PlainDate | null;
  /** So many whole periods from its beginning: while the service has not begun, nobody knows their days. */
  periods: number | null;
  /**
   * A person named the days, and a period is divided at them. Otherwise a period costs what counts on its first day,
   * to its end.
   */
  isByDay: boolean;
  /** The plan that it was agreed for: it ends with it. `any`: a person said that it outlives a change of plan. */
  plan: "any" | "present" | "next";
}

/** What a period is charged by where a connection has a price of its own. */
export interface OwnTerms extends OwnRate {
  /** What the plan cost without it. */
  listPriceCentavos: Centavos;
  /** Last day that is charged by it, as it was known then; null: no end. */
  untilOn: Temporal.PlainDate | null;
}

/** An own price on the days that it is charged for. Half-open. */
export interface PlacedOwnPrice {
  own: OwnPrice;
  start: Temporal.PlainDate;
  /** Null: no end. */
  end: Temporal.PlainDate | null;
}

/** Whose own prices are placed. */
export interface OwnPlace {
  anchorDay: number;
  activatedOn: Temporal.PlainDate;
  /** First day on the plan that follows; null: none does. */
  nextPlanOn: Temporal.PlainDate | null;
}

/**
 * A whole period at an own price. A discount is never more than the price.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { centavos } from "@/shared/money/mod.ts";
 * import { ownPriceOf } from "@/web/domain/billing/mod.ts";
 * const less = { kind: "percent_off", amountCentavos: centavos(0), basisPoints: 1000 } as const;
 * assert.equal(ownPriceOf(less, centavos(99900)), 89910n);
 * ```
 */
export function ownPriceOf(rate: OwnRate, listPriceCentavos: Centavos): Centavos {
  switch (rate.kind) {
    case "price":
      return rate.amountCentavos;
    case "amount_off":
      return rate.amountCentavos > listPriceCentavos
        ? ZERO
        : centavos(listPriceCentavos - rate.amountCentavos);
    case "percent_off":
      return ownShareOf(rate, listPriceCentavos, 1, 1);
  }
}

/** Some days of a period at an own price, rounded once: a percentage of a part is not rounded on the way. */
export function ownShareOf(
  rate: OwnRate,
  listPriceCentavos: Centavos,
  days: number,
  divisor: number,
): Centavos {
  if (rate.kind !== "percent_off") {
    return multiplyRounded(ownPriceOf(rate, listPriceCentavos), BigInt(days), BigInt(divisor));
  }
  const kept = BigInt(WHOLE_BASIS_POINTS - rate.basisPoints);
  return multiplyRounded(
    listPriceCentavos,
    BigInt(days) * kept,
    BigInt(divisor) * BigInt(WHOLE_BASIS_POINTS),
  );
}

/**
 * The days that own prices are charged for, in order and apart from each other: one ends where the next begins, and,
 * unless it outlives a change of plan, where another plan begins.
 */
export function placeOwnPrices(all: readonly OwnPrice[], place: OwnPlace): PlacedOwnPrice[] {
  const placed = all.map((own) => placeOne(own, place)).filter((one) => one !== null)
    .sort((a, b) => Temporal.PlainDate.compare(a.start, b.start));
  return placed.map((one, i) => ({ ...one, end: earliest(one.end, placed[i + 1]?.start ?? null) }))
    .filter(({ start, end }) => end === null || isBefore(start, end));
}

function placeOne(own: OwnPrice, place: OwnPlace): PlacedOwnPrice | null {
  const { activatedOn, nextPlanOn } = place;
  if (own.plan === "next" && nextPlanOn === null) return null;
  const asked = own.plan === "next" ? latest(own.fromOn, nextPlanOn) : own.fromOn;
  const start = startOf(latest(asked, activatedOn), own, place);
  if (own.lastOn !== null && isBefore(own.lastOn, start)) return null;
  const end = own.plan === "present"
    ? earliest(endOf(own, start, place), nextPlanOn)
    : endOf(own, start, place);
  // One that never begins must not end the one before it.
  return end !== null && !isBefore(start, end) ? null : { own, start, end };
}

/** The first period that begins on the day or later, unless a person named the day; service begins with a period. */
function startOf(
  day: Temporal.PlainDate,
  { isByDay }: OwnPrice,
  { anchorDay, activatedOn, nextPlanOn }: OwnPlace,
): Temporal.PlainDate {
  const isStart = day.equals(activatedOn) || nextPlanOn?.equals(day) === true ||
    periodContaining(day, anchorDay).start.equals(day);
  return isByDay || isStart ? day : nextBoundaryAfter(day, anchorDay);
}

function endOf(
  { lastOn, periods, isByDay }: OwnPrice,
  start: Temporal.PlainDate,
  { anchorDay }: OwnPlace,
): Temporal.PlainDate | null {
  if (lastOn !== null) return isByDay ? lastOn.add({ days: 1 }) : nextBoundaryAfter(lastOn, anchorDay);
  return periods === null ? null : endOfPeriods(start, periods, anchorDay);
}

/** The day after so many whole periods; days before the first one come with them. */
export function endOfPeriods(
  start: Temporal.PlainDate,
  periods: number,
  anchorDay: number,
): Temporal.PlainDate {
  let end = periodContaining(start, anchorDay).start.equals(start)
    ? start
    : nextBoundaryAfter(start, anchorDay);
  for (let i = 0; i < periods; i++) end = nextBoundaryAfter(end, anchorDay);
  return end;
}

/** How a line says it: `own price until 31 Mar 2027`. */
export function sayOwnTerms({ kind, amountCentavos, basisPoints, untilOn }: OwnTerms): Coded {
  if (kind === "price") {
    return untilOn === null ? coded("own_price") : coded("own_price_until", { until: untilOn });
  }
  if (untilOn !== null) return coded("promo_until", { until: untilOn });
  return kind === "amount_off"
    ? coded("own_amount_off", { amount: amountCentavos })
    : coded("own_percent_off", { percent: formatBasisPoints(basisPoints) });
}

/** What was agreed, on its own: `₱100.00 off until 31 Mar 2027`. */
export function sayAgreed(
  { kind, amountCentavos: amount, basisPoints }: OwnRate,
  until: Temporal.PlainDate | null,
): Coded {
  if (kind === "price") {
    return until === null
      ? coded("agreed_price", { amount })
      : coded("agreed_price_until", { amount, until });
  }
  if (kind === "amount_off") {
    return until === null ? coded("agreed_less", { amount }) : coded("agreed_less_until", { amount, until });
  }
  const percent = formatBasisPoints(basisPoints);
  return until === null
    ? coded("agreed_percent", { percent })
    : coded("agreed_percent_until", { percent, until });
}

/** `12.5` for 1250 hundredths of a percent. */
export function formatBasisPoints(basisPoints: number): string {
  return String(basisPoints / 100);
}

function latest(a: Temporal.PlainDate, b: Temporal.PlainDate | null): Temporal.PlainDate {
  return b !== null && isBefore(a, b) ? b : a;
}

function earliest(a: Temporal.PlainDate | null, b: Temporal.PlainDate | null): Temporal.PlainDate | null {
  if (a === null || b === null) return a ?? b;
  return isBefore(a, b) ? a : b;
}
