/**
 * The billing boundary of one month: the anchor day, or the last day of a month that is too short for it (billing
 * rule 2). Always computed from the anchor, so that a cycle on the 31st returns to the 31st after February.
 *
 * @param month 1 to 12
 * @param anchorDay 1 to 31; 31 means the last day of every month
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { boundaryOf } from "@/shared/calendar/mod.ts";
 * assert.equal(boundaryOf(2028, 2, 31).toString(), "2028-02-29");
 * ```
 */
export function boundaryOf(year: number, month: number, anchorDay: number): Temporal.PlainDate {
  if (!Number.isInteger(anchorDay) || anchorDay < 1 || anchorDay > 31) {
    throw new RangeError(`Cannot compute boundary: anchor day ${anchorDay} is outside 1 to 31`);
  }
  const first = Temporal.PlainDate.from({ year, month, day: 1 }, { overflow: "reject" });
  return first.with({ day: Math.min(anchorDay, first.daysInMonth) });
}

/** The first boundary strictly after `date`. */
export function nextBoundaryAfter(date: Temporal.PlainDate, anchorDay: number): Temporal.PlainDate {
  const here = boundaryOf(date.year, date.month, anchorDay);
  return Temporal.PlainDate.compare(here, date) > 0 ? here : shifted(date, 1, anchorDay);
}

/** The first `count` boundaries strictly after `start`. */
export function boundariesAfter(
  start: Temporal.PlainDate,
  anchorDay: number,
  count: number,
): Temporal.PlainDate[] {
  const found: Temporal.PlainDate[] = [];
  for (let last = start; found.length < count; found.push(last)) last = nextBoundaryAfter(last, anchorDay);
  return found;
}

/** The whole period [start, end) that holds `date`; a boundary belongs to the period that it begins. */
export function periodContaining(
  date: Temporal.PlainDate,
  anchorDay: number,
): { start: Temporal.PlainDate; end: Temporal.PlainDate } {
  const here = boundaryOf(date.year, date.month, anchorDay);
  const start = Temporal.PlainDate.compare(here, date) <= 0 ? here : shifted(date, -1, anchorDay);
  return { start, end: nextBoundaryAfter(date, anchorDay) };
}

function shifted(date: Temporal.PlainDate, months: number, anchorDay: number): Temporal.PlainDate {
  const month = date.toPlainYearMonth().add({ months });
  return boundaryOf(month.year, month.month, anchorDay);
}
