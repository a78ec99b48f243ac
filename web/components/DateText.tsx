import { formatDate, formatDateShort } from "@/shared/calendar/mod.ts";
import { formatInstant, formatRelative, formatRelativeDay } from "@/web/format.ts";

interface DateTextProps {
  date: Temporal.PlainDate;
  /** Without the day of the week. */
  short?: boolean | undefined;
  /** The business date: adds how far away it is, `26 Nov 2026, in 3 days`. */
  today?: Temporal.PlainDate | undefined;
}

/** A calendar day: `Thu, 26 Nov 2026`. */
export function DateText({ date, short, today }: DateTextProps) {
  const text = short ? formatDateShort(date) : formatDate(date);
  return (
    <time datetime={date.toString()} title={formatDate(date)}>
      {today === undefined ? text : `${text}, ${formatRelativeDay(date, today)}`}
    </time>
  );
}

interface InstantTextProps {
  at: Temporal.Instant;
  timeZone: string;
}

/** A moment with its time: `Thu, 26 Nov 2026, 14:02`. */
export function InstantText({ at, timeZone }: InstantTextProps) {
  return <time datetime={at.toString()}>{formatInstant(at, timeZone)}</time>;
}

/** A moment as people say it, `3 min ago`, with the full date and time in its tooltip. */
export function RelativeTime({ at, now, timeZone }: InstantTextProps & { now: Temporal.Instant }) {
  return <time datetime={at.toString()} title={formatInstant(at, timeZone)}>{formatRelative(at, now)}</time>;
}
