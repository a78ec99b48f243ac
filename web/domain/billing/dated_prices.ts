import { isBefore, nextBoundaryAfter } from "@/shared/calendar/mod.ts";
import type { Centavos } from "@/shared/money/mod.ts";
import { type OwnPrice, ownPriceOf, type PlacedOwnPrice, placeOwnPrices } from "./own_price.ts";
import type { OwnRules } from "./rule_levels.ts";
import type { TermsChange } from "./types.ts";

/** A price of a plan as it was agreed. */
export interface AgreedPrice {
  /** Business date of the agreement. */
  agreedOn: Temporal.PlainDate;
  /** The day that a person named; null: from the next period of each connection. */
  fromOn: Temporal.PlainDate | null;
  /** Of a whole period. */
  priceCentavos: Centavos;
}

/** A plan with all its prices, in the order in which they were agreed; the first is the one that it began with. */
export interface PricedPlan {
  name: string;
  prices: readonly [AgreedPrice, ...AgreedPrice[]];
  /** @default as the company says */
  rules?: OwnRules;
}

/** What a connection is charged by, and what changes later. */
export interface ConnectionTerms extends Omit<TermsChange, "on"> {
  changes: TermsChange[];
}

/** Whose terms are asked for. */
export interface TermsOf {
  plan: PricedPlan;
  /** A plan change that waits for its cycle. */
  next: { plan: PricedPlan; on: Temporal.PlainDate } | null;
  /** 1 to 31. */
  anchorDay: number;
  /** First day of service. */
  activatedOn: Temporal.PlainDate;
  /** What was agreed for this connection alone. @default none */
  own?: readonly OwnPrice[];
}

/**
 * Plan and prices of a connection by their days. A new price holds from its next period, never for one that has begun,
 * unless a person named the day; whoever joins later gets it from the first day on (history cases HI-03 and HI-04).
 */
export function termsOf({ plan, next, anchorDay, activatedOn, own = [] }: TermsOf): ConnectionTerms {
  const listed = listedTerms({ plan, next, anchorDay, activatedOn });
  if (own.length === 0) return listed;
  const placed = placeOwnPrices(own, { anchorDay, activatedOn, nextPlanOn: next?.on ?? null });
  return placed.length === 0 ? listed : withOwnPrices(listed, placed, activatedOn);
}

/** By the plan alone. */
function listedTerms({ plan, next, anchorDay, activatedOn }: TermsOf): ConnectionTerms {
  const first = effectivePrices(plan, anchorDay, { on: activatedOn, isBegun: false });
  const later = next === null ? [] : effectivePrices(next.plan, anchorDay, { on: next.on, isBegun: true });
  const [base, ...changes] = first;
  return {
    planName: plan.name,
    priceCentavos: (base ?? plan.prices[0]).priceCentavos,
    changes: [...changes.filter(({ on }) => next === null || isBefore(on, next.on)), ...later],
  };
}

/**
 * The terms with own prices put in. Where a change of the plan's price makes no difference to what is paid, there is none:
 * a period is not divided for nothing.
 */
function withOwnPrices(
  listed: ConnectionTerms,
  placed: readonly PlacedOwnPrice[],
  activatedOn: Temporal.PlainDate,
): ConnectionTerms {
  const days = [
    ...listed.changes.map(({ on }) => on),
    ...placed.flatMap(({ start, end }) => end === null ? [start] : [start, end]),
  ].filter((day) => isBefore(activatedOn, day)).sort(Temporal.PlainDate.compare);
  const { on: _on, ...base } = paidOn(listed, placed, activatedOn);
  const changes: TermsChange[] = [];
  for (const day of days) {
    const change = paidOn(listed, placed, day);
    if (!isSamePay(changes.at(-1) ?? base, change)) changes.push(change);
  }
  return { ...base, changes };
}

/** What is paid on a day: the plan's price, or the own one that counts then. */
function paidOn(
  listed: ConnectionTerms,
  placed: readonly PlacedOwnPrice[],
  day: Temporal.PlainDate,
): TermsChange {
  const { planName, priceCentavos } = listed.changes.findLast(({ on }) => !isBefore(day, on)) ?? listed;
  const here = placed.find(({ start, end }) => !isBefore(day, start) && (end === null || isBefore(day, end)));
  if (here === undefined) return { on: day, planName, priceCentavos };
  const { kind, amountCentavos, basisPoints } = here.own;
  return {
    on: day,
    planName,
    priceCentavos: ownPriceOf(here.own, priceCentavos),
    own: {
      kind,
      amountCentavos,
      basisPoints,
      listPriceCentavos: priceCentavos,
      untilOn: here.end?.subtract({ days: 1 }) ?? null,
    },
  };
}

function isSamePay(a: Omit<TermsChange, "on">, b: TermsChange): boolean {
  return a.planName === b.planName && a.priceCentavos === b.priceCentavos && a.own?.kind === b.own?.kind &&
    a.own?.amountCentavos === b.own?.amountCentavos && a.own?.basisPoints === b.own?.basisPoints &&
    a.own?.untilOn?.toString() === b.own?.untilOn?.toString();
}

/**
 * The prices of one plan for somebody who joins it on a day: the one of that day first, then those that follow. A price
 * has one day for everybody (the one that was named, else the next period), and the later day counts: so it makes no
 * difference whether a plan is joined or was always the own one. Only counts a price without a named day from the first
 * day on for whoever joins after it was agreed. Agreed on the day of a plan change it comes too late: that period has begun.
 */
function effectivePrices(
  plan: PricedPlan,
  anchorDay: number,
  joined: { on: Temporal.PlainDate; isBegun: boolean },
): TermsChange[] {
  // A stable sort: of two that begin on one day the one that was agreed last counts.
  const inOrder = plan.prices.slice(1).map(({ agreedOn, fromOn, priceCentavos }) => ({
    on: fromOn ?? nextBoundaryAfter(agreedOn, anchorDay),
    countsFrom: fromOn ?? (joined.isBegun ? agreedOn.add({ days: 1 }) : agreedOn),
    priceCentavos,
  })).sort((a, b) => Temporal.PlainDate.compare(a.on, b.on));
  const first = inOrder.findLastIndex(({ countsFrom }) => !isBefore(joined.on, countsFrom));
  const follow = inOrder.slice(first + 1).filter(({ on }) => isBefore(joined.on, on));
  const { priceCentavos: begun } = inOrder[first] ?? plan.prices[0];
  return [{ on: joined.on, priceCentavos: begun }, ...follow].map(({ on, priceCentavos }) => ({
    on,
    planName: plan.name,
    priceCentavos,
  }));
}
