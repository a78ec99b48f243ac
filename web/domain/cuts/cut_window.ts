/** For so long after its hour, or after a person let it go, a run's cuts may still be made on the routers. */
export const CUT_WINDOW_HOURS = 3;

/** A cut that a run has decided and that its router has not made yet. */
export interface WaitingCut {
  /** Hours since the run decided it. */
  ageHours: number;
  /** The run was of today. */
  isOfToday: boolean;
  /** Time of day on the business clock. */
  time: Temporal.PlainTime;
  /** The tenant's hour of cuts. */
  cutTime: Temporal.PlainTime;
}

/**
 * Whether a decided cut may be made now: `now` with its own run, `again` when it has waited for its router and the hour
 * of cuts has come round, so that it has to be read again first, `wait` at any other time. A router that comes back in
 * the evening cuts nobody before the next morning.
 */
export function whenToCut({ ageHours, isOfToday, time, cutTime }: WaitingCut): "now" | "again" | "wait" {
  if (isOfToday && ageHours < CUT_WINDOW_HOURS) return "now";
  const minutes = minuteOf(time) - minuteOf(cutTime);
  return minutes >= 0 && minutes < CUT_WINDOW_HOURS * 60 ? "again" : "wait";
}

/** When the hours of cuts are over; a window that begins late ends with its day, at 00:00. */
export function cutWindowEnd(cutTime: Temporal.PlainTime): Temporal.PlainTime {
  const end = cutTime.add({ hours: CUT_WINDOW_HOURS });
  return Temporal.PlainTime.compare(end, cutTime) > 0 ? end : new Temporal.PlainTime();
}

function minuteOf(time: Temporal.PlainTime): number {
  return time.hour * 60 + time.minute;
}
