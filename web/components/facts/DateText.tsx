import { formatDate, formatDateShort } from "@/shared/calendar/mod.ts";
import { useT } from "@/web/components/i18n.ts";
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
  const t = useT();
  const text = short ? formatDateShort(date, t.locale) : formatDate(date, t.locale);
  return (
    <time datetime={date.toString()} title={formatDate(date, t.locale)}>
      {today === undefined ? text : `${text}, ${formatRelativeDay(date, today, t)}`}
    </time>
  );
}

interface InstantTextProps {
  at: Temporal.Instant;
  timeZone: string;
}

/** A moment with its time: `Thu, 26 Nov 2026, 14:02`. */
export function InstantText({ at, timeZone }: InstantTextProps) {
  return <time datetime={at.toString()}>{formatInstant(at, timeZone, useT())}</time>;
}

/** A moment as people say it, `3 min ago`, with the full date and time in its tooltip. */
export function RelativeTime({ at, now, timeZone }: InstantTextProps & { now: Temporal.Instant }) {
  const t = useT();
  return (
    <time datetime={at.toString()} title={formatInstant(at, timeZone, t)}>{formatRelative(at, now, t)}</time>
  );
}
