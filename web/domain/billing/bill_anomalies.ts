import { type Coded, coded } from "@/shared/codes/mod.ts";
import { type Centavos, centavos } from "@/shared/money/mod.ts";

/** What may be odd about a bill before it is issued; the first ones are looked at first. */
export const BILL_ANOMALIES = ["parked", "zero", "more_than_twice", "several", "first", "final"] as const;
export type BillAnomaly = (typeof BILL_ANOMALIES)[number];

/** A bill that a run would issue, and what is known of the one before it. */
export interface BillToCome {
  totalCentavos: Centavos;
  /** The connection has never been billed. */
  isFirst: boolean;
  /** Bills that its connection would get in the same run. */
  inThisRun: number;
  /** The newest live bill of the same connection; null when there is none. */
  last: { totalCentavos: Centavos; priceCentavos: Centavos } | null;
}

/**
 * What a person looks at before a bill is issued. A part of a month is compared as if it had been a whole one: the
 * first whole bill after a short one is no surprise.
 */
export function anomaliesOf({ totalCentavos, isFirst, inThisRun, last }: BillToCome): BillAnomaly[] {
  const found: BillAnomaly[] = [];
  if (totalCentavos === 0n) found.push("zero");
  if (last !== null && totalCentavos > 2n * wholeOf(last)) found.push("more_than_twice");
  if (inThisRun > 1) found.push("several");
  if (isFirst) found.push("first");
  return found;
}

function wholeOf({ totalCentavos, priceCentavos }: NonNullable<BillToCome["last"]>): Centavos {
  return centavos(totalCentavos > priceCentavos ? totalCentavos : priceCentavos);
}

/** A first bill is shown, and the last one of a service that ends, and nothing is wrong with it. */
export function isUnusual(anomalies: readonly BillAnomaly[]): boolean {
  return anomalies.some((one) => one !== "first" && one !== "final");
}

/** Earlier months that say what is usual. */
export const USUAL_MONTHS = 3;
/** More than so many times the usual, and at least so many bills more, is far more. */
const FAR_MORE_TIMES = 2;
const FAR_MORE_BILLS = 5;

/** Days of an earlier month that are billed as this one is. On the last day of a month all later billing days are due. */
export function sameDaysBefore(
  day: Temporal.PlainDate,
  months: number,
): { from: Temporal.PlainDate; until: Temporal.PlainDate } {
  const from = day.subtract({ months });
  return { from, until: day.day === day.daysInMonth ? from.with({ day: from.daysInMonth }) : from };
}

/** Bills of a run against those of the same day in earlier months. */
export interface UsualBills {
  /** The mean; null while no earlier month is known. */
  usual: number | null;
  isFarMore: boolean;
}

/** Whether a run has far more bills than the runs of the same day of the month before it. */
export function compareWithUsual(bills: number, earlier: readonly number[]): UsualBills {
  // A month without any says nothing: nobody had this billing day yet.
  const known = earlier.filter((count) => count > 0);
  if (known.length === 0) return { usual: null, isFarMore: false };
  const usual = known.reduce((sum, count) => sum + count, 0) / known.length;
  const isFarMore = bills > usual * FAR_MORE_TIMES && bills - usual >= FAR_MORE_BILLS;
  return { usual: Math.round(usual), isFarMore };
}

/** When a bill run waits for a person. */
export const BILL_APPROVALS = ["off", "unusual", "always"] as const;
export type BillApproval = (typeof BILL_APPROVALS)[number];

/** Why a bill run waits for a person; null when it does not. A run without bills never does. */
export function decideApproval(
  rules: { approval: BillApproval; over: number },
  run: UsualBills & { bills: number; unusual: number },
): Coded | null {
  const { approval, over } = rules;
  if (approval === "off" || (run.bills === 0 && run.unusual === 0)) return null;
  if (run.isFarMore && run.usual !== null) {
    return coded("bills_far_more", { bills: run.bills, usual: run.usual });
  }
  if (run.unusual > over) return coded("bills_unusual", { count: run.unusual, over });
  return approval === "always" ? coded("bills_always_asked") : null;
}
