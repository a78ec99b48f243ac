import { boundariesAfter, boundaryOf, isBefore } from "@/shared/calendar/mod.ts";
import { add, type Centavos, subtract, ZERO } from "@/shared/money/mod.ts";

/** What a prepaid subscriber buys: 1, 3, 7, 15 or any number of days, or months. */
export interface PrepaidPlan {
  /** Months keep the day on which they began. */
  unit: "days" | "months";
  /** Units of one purchase. */
  count: number;
  /** Price of one purchase. */
  priceCentavos: Centavos;
}

/**
 * Where a purchase begins that comes after the last one has run out. `restart`: on the day of the payment; `backdate`:
 * where the last one ended, so that the days without service are paid for.
 */
export type LapsePolicy = "restart" | "backdate";

/** The rules of a prepaid connection. */
export interface PrepaidRules {
  /** What is bought. */
  plan: PrepaidPlan;
  /** @default "restart" */
  lapse?: LapsePolicy;
  /** Buys again from credit on the first day that is not covered. @default false */
  isAutoRenewed?: boolean;
}

/** Days that are fully paid, half-open. */
export interface Coverage {
  /** First day. */
  start: Temporal.PlainDate;
  /** First day that is not covered. */
  end: Temporal.PlainDate;
}

/** What a prepaid connection has. */
export interface PrepaidAccount {
  /** One entry for each purchase, in order, no day twice. */
  coverage: readonly Coverage[];
  /** Money that has not bought anything. */
  creditCentavos: Centavos;
  /** 1 to 31: the day on which the present row of months began; null before the first purchase. */
  anchorDay: number | null;
}

/** Money for a prepaid connection. */
export interface PrepaidPayment {
  /** The date on which it was received. */
  paidOn: Temporal.PlainDate;
  /** How much. */
  amountCentavos: Centavos;
  /** How often the plan is bought with it; zero only adds to the credit. */
  quantity: number;
}

/** Nothing bought, nothing paid. */
export const EMPTY_PREPAID: PrepaidAccount = { coverage: [], creditCentavos: ZERO, anchorDay: null };

/**
 * Takes a payment and buys what it is for, as far as the credit goes (billing rule 10, PP-*). Money that is not enough
 * stays as credit and counts with the next payment. A connection that renews itself and had run out buys once even
 * where the payment names nothing.
 */
export function payPrepaid(
  account: PrepaidAccount,
  payment: PrepaidPayment,
  rules: PrepaidRules,
): PrepaidAccount {
  let after = renewPrepaid(account, payment.paidOn, rules);
  after = { ...after, creditCentavos: add(after.creditCentavos, payment.amountCentavos) };
  const isRenewedNow = rules.isAutoRenewed === true && isRunOut(after, payment.paidOn);
  const wanted = isRenewedNow ? Math.max(1, payment.quantity) : payment.quantity;
  for (let bought = 0; bought < wanted && canBuy(after, rules); bought++) {
    after = buy(after, nextPrepaidStart(after, payment.paidOn, rules), rules);
  }
  // What was bought may lie in the past (`backdate`): who renews from credit is not left off until tomorrow's run.
  return renewPrepaid(after, payment.paidOn, rules);
}

/**
 * Renews from credit on the day of expiry and on each one after it, up to and including `asOf` (PP-07). A late run gives
 * the same coverage as one on the day. Without the setting nothing happens.
 */
export function renewPrepaid(
  account: PrepaidAccount,
  asOf: Temporal.PlainDate,
  rules: PrepaidRules,
): PrepaidAccount {
  if (rules.isAutoRenewed !== true) return account;
  let after = account;
  while (isRunOut(after, asOf) && canBuy(after, rules)) {
    after = buy(after, coveredUntil(after) ?? asOf, rules);
  }
  return after;
}

/**
 * The first day of the next purchase, for the preview: where coverage ends while it runs (it stacks), after a lapse what
 * the policy says. The first day without coverage is no lapse yet.
 */
export function nextPrepaidStart(
  account: PrepaidAccount,
  paidOn: Temporal.PlainDate,
  rules: Pick<PrepaidRules, "lapse">,
): Temporal.PlainDate {
  const until = coveredUntil(account);
  if (until === null) return paidOn;
  return rules.lapse === "backdate" || !isBefore(until, paidOn) ? until : paidOn;
}

/** Whether the service is on: exactly while a fully paid period covers the date. */
export function isCovered(account: Pick<PrepaidAccount, "coverage">, date: Temporal.PlainDate): boolean {
  return account.coverage.some(({ start, end }) => !isBefore(date, start) && isBefore(date, end));
}

/** The first day without coverage; null before the first purchase. */
export function coveredUntil(account: Pick<PrepaidAccount, "coverage">): Temporal.PlainDate | null {
  return account.coverage.at(-1)?.end ?? null;
}

/** Days before the first uncovered one on which a prepaid subscriber is reminded. */
export const EXPIRY_REMINDER_DAYS: readonly number[] = [3, 1];

/** The days on which a reminder of the expiry goes out; none on or before the first day of the last purchase. */
export function expiryReminders(
  account: Pick<PrepaidAccount, "coverage">,
  daysBefore: readonly number[] = EXPIRY_REMINDER_DAYS,
): Temporal.PlainDate[] {
  const last = account.coverage.at(-1);
  if (last === undefined) return [];
  return daysBefore.map((days) => last.end.subtract({ days })).filter((on) => isBefore(last.start, on));
}

function isRunOut(account: PrepaidAccount, date: Temporal.PlainDate): boolean {
  const until = coveredUntil(account);
  return until !== null && !isBefore(date, until);
}

function canBuy(account: PrepaidAccount, { plan }: PrepaidRules): boolean {
  return account.creditCentavos >= plan.priceCentavos;
}

function buy(account: PrepaidAccount, start: Temporal.PlainDate, { plan }: PrepaidRules): PrepaidAccount {
  const anchorDay = anchorFor(account, start);
  return {
    coverage: [...account.coverage, { start, end: endOfPurchase(plan, start, anchorDay) }],
    creditCentavos: subtract(account.creditCentavos, plan.priceCentavos),
    anchorDay,
  };
}

/** A row of months keeps its day, so that the 31st returns after February (PP-05); a new row has its own. */
function anchorFor(account: PrepaidAccount, start: Temporal.PlainDate): number {
  const { anchorDay } = account;
  const isStacked = coveredUntil(account)?.equals(start) === true;
  const isKept = anchorDay !== null && isStacked &&
    boundaryOf(start.year, start.month, anchorDay).equals(start);
  return isKept ? anchorDay : start.day;
}

function endOfPurchase(plan: PrepaidPlan, start: Temporal.PlainDate, anchorDay: number): Temporal.PlainDate {
  if (!Number.isInteger(plan.count) || plan.count < 1) {
    throw new RangeError(`Cannot buy prepaid: ${plan.count} ${plan.unit}`);
  }
  if (plan.unit === "days") return start.add({ days: plan.count });
  return boundariesAfter(start, anchorDay, plan.count).at(-1) ?? start;
}
