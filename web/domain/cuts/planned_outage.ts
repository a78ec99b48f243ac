/** When a day's cut is made. */
export interface CutHour {
  today: Temporal.PlainDate;
  cutTime: Temporal.PlainTime;
  zone: string;
}

/** The moment of a day's cut: its hour, or now where that is later, as for a run that waited for a person. */
export function momentOfCut({ today, cutTime, zone }: CutHour, now: Temporal.Instant): Temporal.Instant {
  const hour = today.toZonedDateTime({ timeZone: zone, plainTime: cutTime }).toInstant();
  return Temporal.Instant.compare(now, hour) > 0 ? now : hour;
}

/** The next day whose hour of cuts comes when a planned outage is over: nobody is cut while the company itself has them down. */
export function cutsGoOnOn(until: Temporal.Instant, { today, cutTime, zone }: CutHour): Temporal.PlainDate {
  const end = until.toZonedDateTimeISO(zone);
  const day = Temporal.PlainTime.compare(end.toPlainTime(), cutTime) > 0
    ? end.toPlainDate().add({ days: 1 })
    : end.toPlainDate();
  const tomorrow = today.add({ days: 1 });
  return Temporal.PlainDate.compare(day, tomorrow) > 0 ? day : tomorrow;
}
