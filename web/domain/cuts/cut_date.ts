/** Days on which nobody is cut. */
export interface BlackoutDays {
  /** ISO weekdays, 1 is Monday and 7 is Sunday. */
  weekdays: readonly number[];
  /** Holidays and the like. */
  dates: readonly Temporal.PlainDate[];
}

/**
 * The first date from `earliest` on that is no blackout day (rule R1). Null when the settings leave no weekday at
 * all: then nobody is ever cut.
 */
export function firstAllowedDate(
  earliest: Temporal.PlainDate,
  blackout: BlackoutDays,
): Temporal.PlainDate | null {
  if (new Set(blackout.weekdays.filter((d) => d >= 1 && d <= 7)).size === 7) return null;
  let date = earliest;
  while (isBlackout(date, blackout)) date = date.add({ days: 1 });
  return date;
}

/** Whether nobody is cut on this date. */
export function isBlackout(date: Temporal.PlainDate, blackout: BlackoutDays): boolean {
  return blackout.weekdays.includes(date.dayOfWeek) || blackout.dates.some((d) => d.equals(date));
}

/** The later of some dates; a null does not count. */
export function latest(
  first: Temporal.PlainDate,
  ...others: (Temporal.PlainDate | null)[]
): Temporal.PlainDate {
  return others.reduce<Temporal.PlainDate>(
    (last, date) => date !== null && Temporal.PlainDate.compare(date, last) > 0 ? date : last,
    first,
  );
}
