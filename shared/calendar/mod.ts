/** Dates: billing boundaries, the tenant's local date, and how dates are written. */
export { boundariesAfter, boundaryOf, nextBoundaryAfter, periodContaining } from "./boundaries.ts";
export { earlier, isBefore, later } from "./compare.ts";
export { localDate, localTime } from "./local.ts";
export { type DateProblem, parseDate } from "./parse.ts";
export {
  type DateLocale,
  formatDate,
  formatDateInWords,
  formatDateShort,
  formatDayMonth,
  formatMonth,
  formatPeriod,
  formatWeekday,
} from "./format.ts";
