// Written out instead of asked of Intl: the words must be the same in every locale, runtime and browser.
const WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** `Thu, 26 Nov 2026` */
export function formatDate(date: Temporal.PlainDate): string {
  return `${WEEKDAYS[date.dayOfWeek - 1]}, ${formatDateShort(date)}`;
}

/** `26 Nov 2026` */
export function formatDateShort(date: Temporal.PlainDate): string {
  return `${formatDayMonth(date)} ${date.year}`;
}

/** `26 Nov`, where the year is plain from the context. */
export function formatDayMonth(date: Temporal.PlainDate): string {
  return `${date.day} ${formatMonth(date)}`;
}

/** `Nov` */
export function formatMonth(date: Temporal.PlainDate): string {
  return MONTHS[date.month - 1] ?? "";
}

/**
 * The days of a half-open period [start, end) as people read them, both ends included: `1–30 Nov 2026`,
 * `15 Nov – 14 Dec 2026`, `15 Dec 2026 – 14 Jan 2027`.
 */
export function formatPeriod(start: Temporal.PlainDate, end: Temporal.PlainDate): string {
  const last = end.subtract({ days: 1 });
  if (start.equals(last)) return formatDateShort(start);
  if (start.year !== last.year) return `${formatDateShort(start)} – ${formatDateShort(last)}`;
  if (start.month !== last.month) return `${formatDayMonth(start)} – ${formatDateShort(last)}`;
  return `${start.day}–${formatDateShort(last)}`;
}
