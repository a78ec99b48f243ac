/**
 * The date on the wall of the tenant. Every date of a bill, a run or a hold is such a date; taking the UTC date
 * instead bills a Manila subscriber twice on the first of the month (billing rule 1).
 */
export function localDate(instant: Temporal.Instant, timeZone: string): Temporal.PlainDate {
  return instant.toZonedDateTimeISO(timeZone).toPlainDate();
}

/** The time on the wall of the tenant. */
export function localTime(instant: Temporal.Instant, timeZone: string): Temporal.PlainTime {
  return instant.toZonedDateTimeISO(timeZone).toPlainTime();
}
