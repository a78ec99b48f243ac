import { err, ok, type Result } from "@/shared/result.ts";
import { formatMonth } from "./format.ts";

/** Why a date was not understood. */
export type DateProblem = "date_missing" | "date_not_understood" | "date_does_not_exist";

/** Reads a date as forms send it (`2026-11-26`). A day that the month does not have is refused, never moved. */
export function parseDate(text: string): Result<Temporal.PlainDate, DateProblem> {
  const bare = text.trim();
  if (bare === "") return err("date_missing", "Enter a date, for example 2026-11-26");
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(bare);
  if (match === null) {
    return err("date_not_understood", "Enter a date as year-month-day, for example 2026-11-26");
  }
  const [year = 0, month = 0, day = 0] = match.slice(1).map(Number);
  if (month < 1 || month > 12) {
    return err("date_does_not_exist", `There is no month ${month}: enter 01 to 12`);
  }
  const first = Temporal.PlainDate.from({ year, month, day: 1 });
  if (day < 1 || day > first.daysInMonth) {
    const fact = `${formatMonth(first)} ${year} has ${first.daysInMonth} days`;
    return err("date_does_not_exist", `There is no day ${day}: ${fact}`);
  }
  return ok(first.with({ day }));
}
