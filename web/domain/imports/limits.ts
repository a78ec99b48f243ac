import { MAX_ROUTER_SECRETS } from "@/shared/protocol/mod.ts";
import { centavos } from "@/shared/money/mod.ts";

/**
 * How much of a router one review takes; one with more profiles is not one that an office can price by hand. A monthly
 * price above its limit is a typing mistake that would be in many bills at once: a dearer plan is made by hand first.
 */
export const IMPORT_MAX = {
  profiles: 500,
  rows: MAX_ROUTER_SECRETS,
  priceCentavos: centavos(10_000_000n),
} as const;

/** How far back and ahead of today the first bill of an import may be, in days. */
export const FIRST_BILL_DAYS_BACK_MAX = 31;
export const FIRST_BILL_DAYS_AHEAD_MAX = 92;

/**
 * What a file of bought time may say: how long ago time may have run out, and how far ahead it may reach, in days. A day
 * outside is a typing mistake, such as a year of two numbers.
 */
export const BOUGHT_TIME_MAX = {
  rows: MAX_ROUTER_SECRETS,
  daysBack: 3660,
  daysAhead: 1098,
  bytes: 512 * 1024,
  /** Rows that a refusal names. */
  rowsNamed: 10,
} as const;
