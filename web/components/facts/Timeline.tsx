import type { ComponentChildren } from "preact";
import { classes } from "@/web/components/classes.ts";
import { useT } from "@/web/components/i18n.ts";
import type { Tone } from "./tone.ts";
import { type DateLocale, formatDate, localDate } from "@/shared/calendar/mod.ts";
import { formatInstant, formatTime } from "@/web/format.ts";

export interface TimelineEntry {
  at: Temporal.Instant;
  /** The business day it belongs to; the time is left out where it happened on another day. @default the day of `at` */
  on?: Temporal.PlainDate | undefined;
  title: ComponentChildren;
  detail?: ComponentChildren;
  /** Who did it: a person, the cut run, the agent. */
  by?: string | undefined;
  tone?: Tone | undefined;
}

interface TimelineProps {
  /** Newest first. */
  entries: readonly TimelineEntry[];
  timeZone: string;
}

/** Everything that happened, day by day. */
export function Timeline({ entries, timeZone }: TimelineProps) {
  const { locale } = useT();
  return (
    <div class="timeline">
      {groupByDay(entries, timeZone, locale).map(([day, ofDay]) => (
        <div class="timeline-day">
          <p class="timeline-date">{day}</p>
          <ol>
            {ofDay.map((entry) => (
              <li>
                <span class={classes("dot", entry.tone && `dot-${entry.tone}`)} />
                <span>{entry.title}</span>
                <EntryTime entry={entry} timeZone={timeZone} />
                {(entry.detail || entry.by) && (
                  <div class="note">
                    {entry.detail}
                    {entry.detail && entry.by ? " · " : ""}
                    {entry.by}
                  </div>
                )}
              </li>
            ))}
          </ol>
        </div>
      ))}
    </div>
  );
}

function EntryTime({ entry: { at, on }, timeZone }: { entry: TimelineEntry; timeZone: string }) {
  const t = useT();
  if (on !== undefined && !on.equals(localDate(at, timeZone))) return null;
  return (
    <time datetime={at.toString()} title={formatInstant(at, timeZone, t)}>
      {formatTime(at, timeZone)}
    </time>
  );
}

function groupByDay(
  entries: readonly TimelineEntry[],
  timeZone: string,
  locale: DateLocale,
): [string, TimelineEntry[]][] {
  const days = new Map<string, TimelineEntry[]>();
  for (const entry of entries) {
    const day = formatDate(entry.on ?? localDate(entry.at, timeZone), locale);
    const ofDay = days.get(day);
    if (ofDay === undefined) days.set(day, [entry]);
    else ofDay.push(entry);
  }
  return [...days];
}
