import { nextBoundaryAfter, periodContaining } from "@/shared/calendar/mod.ts";
import type { ConnectionTerms } from "./dated_prices.ts";
import type { BillTiming, TermsChange } from "./types.ts";

/** What is paid for a whole period on a day, by the terms of a connection. */
export function payOn(terms: ConnectionTerms, day: Temporal.PlainDate): Omit<TermsChange, "on"> {
  return terms.changes.findLast(({ on }) => Temporal.PlainDate.compare(on, day) <= 0) ?? terms;
}

/** What a connection pays now, and the changes after that. */
export interface PaySchedule {
  now: Omit<TermsChange, "on">;
  next: readonly TermsChange[];
}

/** The terms of a connection as they are read from a day on; a change of the plan alone is none of the price. */
export function scheduleFrom(terms: ConnectionTerms, day: Temporal.PlainDate): PaySchedule {
  const now = payOn(terms, day);
  const later = terms.changes.filter(({ on }) => Temporal.PlainDate.compare(on, day) > 0);
  const next = later.filter((change, i) => change.priceCentavos !== (later[i - 1] ?? now).priceCentavos);
  return { now, next };
}

/** When the bill is made that covers a day. */
export function billDayOf(
  day: Temporal.PlainDate,
  cycle: { timing: BillTiming; anchorDay: number; leadDays: number; today: Temporal.PlainDate },
): Temporal.PlainDate {
  if (cycle.timing === "arrears") return nextBoundaryAfter(day, cycle.anchorDay);
  const led = periodContaining(day, cycle.anchorDay).start.subtract({ days: cycle.leadDays });
  return Temporal.PlainDate.compare(led, cycle.today) < 0 ? cycle.today : led;
}
