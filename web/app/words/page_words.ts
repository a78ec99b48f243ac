import { type DateLocale, formatDateShort, formatDayMonth, localDate } from "@/shared/calendar/mod.ts";
import { formatTime } from "@/web/format.ts";
import type { BlockReason } from "@/web/domain/network/mod.ts";
import type { PageMoment } from "@/web/app/frame/page_context.ts";

/** Reasons that a person set and may take away; the others go by themselves. */
export const REASONS_BY_HAND: readonly BlockReason[] = ["admin", "abuse", "vacation", "imported_disabled"];

/** A day without its year where that is this year's: `26 Nov`. */
export function shortDay(
  date: Temporal.PlainDate,
  today: Temporal.PlainDate,
  locale: DateLocale = "en",
): string {
  return date.year === today.year ? formatDayMonth(date, locale) : formatDateShort(date, locale);
}

/** A moment of a list: `5 Dec, 17:42`. */
export function shortInstant(
  at: Temporal.Instant,
  { zone, today }: PageMoment,
  locale: DateLocale = "en",
): string {
  return `${shortDay(localDate(at, zone), today, locale)}, ${formatTime(at, zone)}`;
}

/** Time of day of a setting, as on every page: `09:00`. */
export function clockTime(time: string): string {
  return Temporal.PlainTime.from(time).toString({ smallestUnit: "minute" });
}

/**
 * When something that belongs to a business day happened: `09:00`, or `24 Nov, 08:10` where it was done on another day.
 * Where the time machine moves the business clock, the real time of another day says nothing about it: null.
 */
export function timeOf(
  at: Temporal.Instant,
  businessOn: Temporal.PlainDate,
  moment: PageMoment,
  locale: DateLocale = "en",
): string | null {
  if (localDate(at, moment.zone).equals(businessOn)) return formatTime(at, moment.zone);
  return moment.isDemo ? null : shortInstant(at, moment, locale);
}
