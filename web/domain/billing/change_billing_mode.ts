import { isBefore, nextBoundaryAfter } from "@/shared/calendar/mod.ts";
import { add, type Centavos, multiplyRounded, subtract, ZERO } from "@/shared/money/mod.ts";
import { daysBetween } from "./charge_period.ts";
import type { OwnTerms } from "./own_price.ts";
import type { Coverage } from "./prepaid.ts";
import type { DayRange } from "./suspended_days.ts";
import { lastLines } from "./end_of_service.ts";
import type { PlannedBillLine, Proration, TermsChange } from "./types.ts";

/** How a subscriber pays: after a bill, or up front. */
export type BillingMode = "postpaid" | "prepaid";

/** What every change of mode says. */
export interface ModeChangeRequest {
  /** The date of the change, in the tenant's zone. */
  today: Temporal.PlainDate;
  /** `next_boundary`: the end of the cycle, or of what is paid up front. */
  when: "today" | "next_boundary";
  /** What becomes of days that are paid and lie behind the change. */
  unused: "coverage" | "credit";
}

/** Days that were charged, with what they cost. */
export interface ChargedDays extends Coverage {
  amountCentavos: Centavos;
}

/** From bills to payment up front. */
export interface ToPrepaid extends ModeChangeRequest {
  /** For the lines of the last bill. */
  planName: string;
  /** Price of a whole period. */
  priceCentavos: Centavos;
  /** Where it has a price of its own: how it comes about. */
  own?: OwnTerms;
  /** Plans and prices that follow, in the order of their days. @default none */
  changes?: readonly TermsChange[];
  /** 1 to 31. */
  anchorDay: number;
  /** How a part of a period is priced. */
  proration: Proration;
  /** First day that no bill has charged. */
  chargedThrough: Temporal.PlainDate;
  /** Lines already billed that reach beyond today (advance), in order, with whether their bill is paid. */
  charged: readonly (ChargedDays & { isPaid: boolean })[];
  /** Days that are not charged, in order and apart. @default none */
  suspended?: readonly DayRange[];
}

/** From payment up front to bills. */
export interface ToPostpaid extends ModeChangeRequest {
  /** What was bought, in order, with its price. */
  purchases: readonly ChargedDays[];
}

/** What a change of mode does, before it is made. Every day is charged once: before, after, or as what is carried over. */
export interface ModeChangeEffect {
  /** First day under the new mode. */
  effectiveOn: Temporal.PlainDate;
  /** Days that were used and not billed. */
  toBill: PlannedBillLine[];
  /** Days behind the change that stay paid, in order. */
  carried: Coverage[];
  /** For days that were charged and are charged again: a credit memo. */
  creditCentavos: Centavos;
  /** First day that the new mode charges: the first purchase, or the first day of the first bill. */
  chargedFrom: Temporal.PlainDate;
}

/**
 * Makes a postpaid subscriber prepaid. Days used and not billed come on a last bill. Days billed in advance stay paid as
 * coverage as far as they are paid without a break; any other is credited, which takes it off an unpaid bill first.
 */
export function changeToPrepaid(change: ToPrepaid): ModeChangeEffect {
  const effectiveOn = change.when === "today"
    ? change.today
    : nextBoundaryAfter(change.today, change.anchorDay);
  const unused = change.charged.filter(({ end }) => isBefore(effectiveOn, end));
  const { kept, givenBack } = splitUnused(unused, change.unused);
  const carried = kept.map((line) => behind(line, effectiveOn));
  return {
    effectiveOn,
    toBill: lastLines(
      { ...change, billedThrough: change.chargedThrough, activatedOn: change.chargedThrough },
      effectiveOn,
    ),
    carried,
    creditCentavos: unusedOf(givenBack, effectiveOn),
    chargedFrom: carried.at(-1)?.end ?? effectiveOn,
  };
}

/** Which of the days that were billed ahead stay as coverage: those that are paid without a break, unless credit is wanted. */
export function splitUnused<Charged extends { isPaid: boolean }>(
  unused: readonly Charged[],
  wanted: ModeChangeRequest["unused"],
): { kept: Charged[]; givenBack: Charged[] } {
  const firstUnpaid = unused.findIndex(({ isPaid }) => !isPaid);
  const count = wanted === "credit" ? 0 : firstUnpaid < 0 ? unused.length : firstUnpaid;
  return { kept: unused.slice(0, count), givenBack: unused.slice(count) };
}

/**
 * Makes a prepaid subscriber postpaid. Bills begin where coverage ends, or today with what is left of it as credit. Days
 * that were not covered were not served and are never billed.
 */
export function changeToPostpaid(change: ToPostpaid): ModeChangeEffect {
  const until = change.purchases.at(-1)?.end ?? change.today;
  const runsOut = isBefore(change.today, until) ? until : change.today;
  const effectiveOn = change.when === "today" ? change.today : runsOut;
  const unused = change.purchases.filter(({ end }) => isBefore(effectiveOn, end));
  const isCarried = change.unused === "coverage";
  return {
    effectiveOn,
    toBill: [],
    carried: isCarried ? unused.map((purchase) => behind(purchase, effectiveOn)) : [],
    creditCentavos: isCarried ? ZERO : unusedOf(unused, effectiveOn),
    chargedFrom: isCarried ? runsOut : effectiveOn,
  };
}

/** The price of what lies behind a date: each charge less R(its used days), as in a change of plan (rule 11). */
function unusedOf(charges: readonly ChargedDays[], from: Temporal.PlainDate): Centavos {
  return charges.reduce((all, { start, end, amountCentavos }) => {
    const used = isBefore(start, from) ? daysBetween(start, from) : 0;
    const days = daysBetween(start, end);
    const usedCentavos = multiplyRounded(amountCentavos, BigInt(used), BigInt(days));
    return add(all, subtract(amountCentavos, usedCentavos));
  }, ZERO);
}

function behind({ start, end }: Coverage, from: Temporal.PlainDate): Coverage {
  return { start: isBefore(start, from) ? from : start, end };
}
