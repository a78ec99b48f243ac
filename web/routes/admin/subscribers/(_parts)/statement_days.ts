import { earlier } from "@/shared/calendar/mod.ts";
import type { StatementDays } from "@/web/services/payments/read_statement.ts";

/**
 * Until today, and three months of lines, unless the address says otherwise. Of a day that has not come nobody knows what
 * will be owed; what carries a date ahead stands in the one of today.
 */
export function statementDays(
  query: { on?: Temporal.PlainDate | undefined; from?: Temporal.PlainDate | undefined },
  today: Temporal.PlainDate,
): StatementDays {
  const through = earlier(query.on ?? today, today);
  const { from = monthsBack(through, 2) } = query;
  return Temporal.PlainDate.compare(from, through) > 0
    ? { from: monthsBack(through, 0), through }
    : { from, through };
}

/** The first day of a month so many months before. */
export function monthsBack(day: Temporal.PlainDate, months: number): Temporal.PlainDate {
  return day.with({ day: 1 }).subtract({ months });
}
