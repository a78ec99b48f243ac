import { parseDate } from "@/shared/calendar/mod.ts";
import { err, type Result } from "@/shared/result.ts";

/** Which number of a date like `1/2/2027` is the month. */
export type DateOrder = "month_first" | "day_first";

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

type FileDateProblem =
  | "date_missing"
  | "date_not_understood"
  | "month_does_not_exist"
  | "date_does_not_exist";

/**
 * Reads a day as other systems write it: `2026-12-31`, `12/31/2026` in the order that is said, `dec/31/2026` and
 * `31 Dec 2026`. A time behind it is left out: the day counts as a whole. A day that does not exist is refused.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readFileDate } from "@/web/domain/imports/mod.ts";
 * const day = readFileDate("jul/14/2026 13:05:00", "month_first");
 * assert.equal(day.ok && day.value.toString(), "2026-07-14");
 * ```
 */
export function readFileDate(text: string, order: DateOrder): Result<Temporal.PlainDate, FileDateProblem> {
  const bare = text.trim().replace(/(?:\s+|(?<=\d)T)\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:[ap]m)?Z?$/i, "");
  const parts = bare.toLowerCase().split(/[\s/.,-]+/).filter((part) => part !== "");
  const [a = "", b = "", c = ""] = parts;
  if (bare === "" || parts.length !== 3) return parseDate(bare);
  if (/^\d{4}$/.test(a)) return of(a, b, c);
  if (!/^\d{4}$/.test(c)) return err("date_not_understood");
  if (monthOf(a) !== null) return of(c, a, b);
  if (monthOf(b) !== null) return of(c, b, a);
  return order === "month_first" ? of(c, a, b) : of(c, b, a);
}

function of(year: string, month: string, day: string): Result<Temporal.PlainDate, FileDateProblem> {
  const number = monthOf(month) ?? month;
  if (!/^\d{1,2}$/.test(number) || !/^\d{1,2}$/.test(day)) return err("date_not_understood");
  return parseDate(`${year}-${number.padStart(2, "0")}-${day.padStart(2, "0")}`);
}

/** `dec` and `December`; null for a number. */
function monthOf(text: string): string | null {
  const at = /^[a-z]{3,9}$/.test(text) ? MONTHS.indexOf(text.slice(0, 3)) : -1;
  return at < 0 ? null : String(at + 1);
}
