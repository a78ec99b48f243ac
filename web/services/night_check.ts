import { localDate, localTime } from "@/shared/calendar/mod.ts";

/** From here on the night's checks are due, in the tenant's zone; the bill run of the day is over by then. */
const CHECK_TIME = Temporal.PlainTime.from("02:00");

/**
 * Whether a check of once a night is due. A web that was off then makes up for it.
 *
 * @param last when it was made last; null: never
 */
export function isNightCheckDue(
  last: Temporal.Instant | null,
  { now, zone }: { now: Temporal.Instant; zone: string },
): boolean {
  if (Temporal.PlainTime.compare(localTime(now, zone), CHECK_TIME) < 0) return false;
  if (last === null) return true;
  const from = localDate(now, zone).toZonedDateTime({ timeZone: zone, plainTime: CHECK_TIME }).toInstant();
  return Temporal.Instant.compare(last, from) < 0;
}
