import { AMOUNT_MAX, type Centavos, centavos } from "@/shared/money/mod.ts";

/**
 * What a plan may be: in the database, the services, the form and an import alike, so that a plan that an import made
 * can be edited. `pppProfile` is what the agent's protocol carries.
 */
export const PLAN_MAX = { name: 80, pppProfile: 128, speed: 80, priceCentavos: AMOUNT_MAX } as const;

/** What may be agreed for one connection: whole periods that a promo runs, and how far ahead its days may lie. */
export const OWN_PRICE_MAX = { periods: 120, daysAhead: 1830 } as const;

/** What may be bought up front: how many months, and how often a unit at once. The days are these. */
export const PREPAID_MAX = { months: 12, quantity: 12 } as const;
export const PREPAID_DAYS = [1, 3, 7, 15, 30] as const;

/** How far ahead a day may lie from which a plan's price counts. */
export const PLAN_PRICE_DAYS_AHEAD_MAX = 730;

/** How long ago the last day of a service may lie when it is ended. */
export const END_DAYS_BACK_MAX = 62;

/** How far ahead the last day of a service may be planned. */
export const END_DAYS_AHEAD_MAX = 366;
/** The most that a late fee or a reconnection fee may be. */
export const FEE_MAX: Centavos = centavos(1_000_000);

/** A bill run waits for an approval above so many unusual bills, at most. */
export const APPROVAL_OVER_MAX = 9999;

/** VAT in basis points at most, and how far ahead the day may lie from which a company is taxed otherwise. */
export const TAX_MAX = { rateBp: 5000, daysAhead: 366 } as const;

/** How long ago an outage may have begun that is recorded, and ended that is credited. */
export const OUTAGE_DAYS_BACK_MAX = 400;
/** How far ahead a planned outage may begin. */
export const OUTAGE_DAYS_AHEAD_MAX = 366;
/** Hours that a planned outage may be said to last: a slip of the year would keep everybody from being cut. */
export const OUTAGE_PLANNED_HOURS_MAX = 7 * 24;
/** Notice of a planned outage that is due to those that it hits (RA 12234). */
export const OUTAGE_NOTICE_DAYS = 7;
/** Connections that a person names one by one. */
export const OUTAGE_NAMES_MAX = 500;
/** Characters of a cause. */
export const OUTAGE_CAUSE_MAX = 200;
/** Characters of their names together. */
export const OUTAGE_NAMES_TEXT_MAX = 20_000;
