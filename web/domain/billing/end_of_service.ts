import { isBefore, nextBoundaryAfter } from "@/shared/calendar/mod.ts";
import { type Centavos, centavos, subtract, ZERO } from "@/shared/money/mod.ts";
import { chargePeriod, daysBetween } from "./charge_period.ts";
import { payOn } from "./price_effect.ts";
import { type CyclePart, priceOfDays, wholeDaysOf } from "./price_of_days.ts";
import type { BillTiming, PlanBillsInput, PlannedBillLine, Proration } from "./types.ts";

/** What a subscriber pays who leaves inside the lock-in: once, or for every month that is left. */
export interface LockInFee {
  /** `per_month`: for each billing boundary that is left. */
  kind: "flat" | "per_month";
  /** Of the fee, or of each month. */
  amountCentavos: Centavos;
}

/** The time for which a subscriber promised to stay. */
export interface LockIn {
  /** First day after it. */
  end: Temporal.PlainDate;
  /** What leaving before costs. */
  fee: LockInFee;
  /** 1 to 31, of the boundaries that are counted. */
  anchorDay: number;
}

/** The end of a service inside a period. */
export interface EndOfService {
  /** When a period is billed. */
  timing: BillTiming;
  /** Price of a whole period. */
  priceCentavos: Centavos;
  /** The period in which the service ends. */
  period: CyclePart;
  /** Last day of service, inclusive. The day before the period: it ends with the period before. */
  lastDay: Temporal.PlainDate;
  /** What happens to days that were billed in advance and are not used. */
  onTerminate: "credit" | "no_credit";
  /** How a part is priced. @default "actual" */
  proration?: Proration;
  /** Null: there is none. */
  lockIn: LockIn | null;
}

/** What the last bill asks for and gives back. */
export interface EndOfServiceEffect {
  /** Days that were used and not billed. */
  finalChargeCentavos: Centavos;
  /** Days that were billed and not used. */
  creditCentavos: Centavos;
  /** The fee of the lock-in. */
  preterminationCentavos: Centavos;
}

/**
 * Ends a service (billing rule 12, TM-*). In arrears the last bill is for the days until the last one. In advance
 * nothing more is billed, and what is not used is credited or not, as the policy says.
 */
export function endService(end: EndOfService): EndOfServiceEffect {
  const { period, priceCentavos, proration = "actual" } = end;
  const days = daysBetween(period.start, period.end);
  const used = daysBetween(period.start, end.lastDay) + 1;
  if (used < 0 || used > days) {
    throw new RangeError(`Cannot end service: ${end.lastDay} is not in ${period.start} to ${period.end}`);
  }
  const whole = wholeDaysOf(period);
  const usedCentavos = priceOfDays(priceCentavos, used, whole, proration);
  const unusedCentavos = subtract(priceOfDays(priceCentavos, days, whole, proration), usedCentavos);
  const isBilled = end.timing === "advance";
  return {
    finalChargeCentavos: isBilled ? ZERO : usedCentavos,
    creditCentavos: isBilled && end.onTerminate === "credit" ? unusedCentavos : ZERO,
    preterminationCentavos: end.lockIn === null ? ZERO : preterminationFee(end.lockIn, end.lastDay),
  };
}

/**
 * The fee for leaving early. A lock-in is half-open like every period: who stays through the day before its end pays
 * nothing, and a boundary counts when there is service left before it.
 */
export function preterminationFee(lockIn: LockIn, lastDay: Temporal.PlainDate): Centavos {
  const leftOn = lastDay.add({ days: 1 });
  if (!isBefore(leftOn, lockIn.end)) return ZERO;
  if (lockIn.fee.kind === "flat") return lockIn.fee.amountCentavos;
  return centavos(lockIn.fee.amountCentavos * BigInt(boundariesLeft(lockIn, leftOn)));
}

/** What the days of a last bill are charged by. */
export type LastRules = Pick<
  PlanBillsInput,
  | "planName"
  | "priceCentavos"
  | "own"
  | "changes"
  | "anchorDay"
  | "proration"
  | "suspended"
  | "billedThrough"
  | "activatedOn"
>;

/**
 * The lines of the last bill: every day that is not billed yet, up to the day after the last one, a line for each period
 * and for each plan or price within. The policies of a first bill are not for it.
 */
export function lastLines(
  rules: LastRules,
  until: Temporal.PlainDate,
): PlannedBillLine[] {
  const { anchorDay, proration = "actual", suspended = [], changes = [], planName, priceCentavos, own } =
    rules;
  const terms = { planName, priceCentavos, ...(own && { own }), changes: [...changes] };
  const lines: PlannedBillLine[] = [];
  let periodStart = rules.billedThrough ?? rules.activatedOn;
  while (isBefore(periodStart, until)) {
    const start = periodStart;
    const ends = [until, nextBoundaryAfter(start, anchorDay), ...changes.map(({ on }) => on)];
    const periodEnd = ends.filter((end) => isBefore(start, end)).reduce((a, b) => isBefore(a, b) ? a : b);
    const { planName, priceCentavos, own } = payOn(terms, start);
    lines.push(chargePeriod({
      planName,
      priceCentavos,
      ...(own && { own }),
      anchorDay,
      proration,
      periodStart,
      periodEnd,
      suspended,
    }));
    periodStart = periodEnd;
  }
  return lines;
}

function boundariesLeft({ end, anchorDay }: LockIn, leftOn: Temporal.PlainDate): number {
  let count = 0;
  let boundary = nextBoundaryAfter(leftOn, anchorDay);
  for (; !isBefore(end, boundary); boundary = nextBoundaryAfter(boundary, anchorDay)) count++;
  return count;
}
