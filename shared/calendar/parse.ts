import { err, ok, type Result } from "@/shared/result.ts";

/** Why a date was not understood. */
export type DateProblem =
  | "date_missing"
  | "date_not_understood"
  | "month_does_not_exist"
  | "date_does_not_exist";

/** Reads a date as forms send it (`2026-11-26`). A day that the month does not have is refused, never moved. */
export function parseDate(text: string): Result<Temporal.PlainDate, DateProblem> {
  const bare = text.trim();
  if (bare === "") return err("date_missing");
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(bare);
  if (match === null) {
    return err("date_not_understood");
  }
  const [year = 0, month = 0, day = 0] = match.slice(1).map(Number);
  if (month < 1 || month > 12) {
    return err("month_does_not_exist", { month });
  }
  const first = Temporal.PlainDate.from({ year, month, day: 1 });
  if (day < 1 || day > first.daysInMonth) {
    return err("date_does_not_exist", { day, month, year: String(year), days: first.daysInMonth });
  }
  return ok(first.with({ day }));
}
