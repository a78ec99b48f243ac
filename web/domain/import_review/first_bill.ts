import { boundaryOf, periodContaining } from "@/shared/calendar/mod.ts";

/** Billing fields of an imported subscription. */
export interface ImportedBilling {
  anchorDay: number;
  activatedOn: Temporal.PlainDate;
  /** Watermark: billing begins here. */
  billedThroughOn: Temporal.PlainDate;
  nextBillOn: Temporal.PlainDate;
}

/** How far back and ahead the first bill of an import may be. */
export const FIRST_BILL_DAYS_BACK_MAX = 31;
export const FIRST_BILL_DAYS_AHEAD_MAX = 92;

/**
 * Turns the first bill date of the review into billing fields. Bills are in arrears: the first one is issued on
 * `firstBillOn` and covers the time from the import to that date, prorated; or the whole cycle that ends on it, when
 * the date is today or past, or more than one cycle ahead. What was owed before stays with the ISP's old books.
 *
 * The cycle follows the tenant's cycle day if the date is one of its boundaries, else the day of the date.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { importedBilling } from "@/web/domain/import_review/mod.ts";
 * const day = Temporal.PlainDate.from;
 * const fields = importedBilling({ firstBillOn: day("2026-12-01"), importedOn: day("2026-11-23"), cycleDay: 1 });
 * assert.equal(fields.billedThroughOn.toString(), "2026-11-23");
 * ```
 */
export function importedBilling(
  review: { firstBillOn: Temporal.PlainDate; importedOn: Temporal.PlainDate; cycleDay: number },
): ImportedBilling {
  const { firstBillOn, importedOn, cycleDay } = review;
  const isOnCycle = boundaryOf(firstBillOn.year, firstBillOn.month, cycleDay).equals(firstBillOn);
  const anchorDay = isOnCycle ? cycleDay : firstBillOn.day;
  const cycleStart = periodContaining(firstBillOn.subtract({ days: 1 }), anchorDay).start;
  const isStub = isBefore(cycleStart, importedOn) && isBefore(importedOn, firstBillOn);
  return {
    anchorDay,
    activatedOn: importedOn,
    billedThroughOn: isStub ? importedOn : cycleStart,
    nextBillOn: firstBillOn,
  };
}

/** Why a first bill date cannot be used; null when it can. */
export function firstBillProblem(
  firstBillOn: Temporal.PlainDate,
  today: Temporal.PlainDate,
): "too_old" | "too_far" | null {
  if (isBefore(firstBillOn, today.subtract({ days: FIRST_BILL_DAYS_BACK_MAX }))) return "too_old";
  return isBefore(today.add({ days: FIRST_BILL_DAYS_AHEAD_MAX }), firstBillOn) ? "too_far" : null;
}

function isBefore(a: Temporal.PlainDate, b: Temporal.PlainDate): boolean {
  return Temporal.PlainDate.compare(a, b) < 0;
}
