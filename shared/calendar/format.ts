// Written out instead of asked of Intl: the words must be the same in every locale, runtime and browser.
const WEEKDAYS = {
  en: ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
  fil: ["Lun", "Mar", "Miy", "Huw", "Biy", "Sab", "Lin"],
};
const MONTHS = {
  en: ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
  fil: ["Ene", "Peb", "Mar", "Abr", "May", "Hun", "Hul", "Ago", "Set", "Okt", "Nob", "Dis"],
};

/** In full, for what is read on paper and by mail. */
const WHOLE_WEEKDAYS = {
  en: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
  fil: ["Lunes", "Martes", "Miyerkules", "Huwebes", "Biyernes", "Sabado", "Linggo"],
};
const WHOLE_MONTHS = {
  en: [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
  ],
  fil: [
    "Enero",
    "Pebrero",
    "Marso",
    "Abril",
    "Mayo",
    "Hunyo",
    "Hulyo",
    "Agosto",
    "Setyembre",
    "Oktubre",
    "Nobyembre",
    "Disyembre",
  ],
};

/** Language of the names of days and months. Files, logs and the API keep English. */
export type DateLocale = keyof typeof MONTHS;

/** `Thu, 26 Nov 2026`, in Filipino `Huw, 26 Nob 2026` */
export function formatDate(date: Temporal.PlainDate, locale: DateLocale = "en"): string {
  return `${formatWeekday(date, locale)}, ${formatDateShort(date, locale)}`;
}

/** `Thursday, 26 November 2026`, in Filipino `Huwebes, 26 Nobyembre 2026` */
export function formatDateInWords(date: Temporal.PlainDate, locale: DateLocale = "en"): string {
  const weekday = WHOLE_WEEKDAYS[locale][date.dayOfWeek - 1] ?? "";
  return `${weekday}, ${date.day} ${WHOLE_MONTHS[locale][date.month - 1] ?? ""} ${date.year}`;
}

/** `26 Nov 2026` */
export function formatDateShort(date: Temporal.PlainDate, locale: DateLocale = "en"): string {
  return `${formatDayMonth(date, locale)} ${date.year}`;
}

/** `26 Nov`, where the year is plain from the context. */
export function formatDayMonth(date: Temporal.PlainDate, locale: DateLocale = "en"): string {
  return `${date.day} ${formatMonth(date, locale)}`;
}

/** `Nov` */
export function formatMonth(date: Temporal.PlainDate, locale: DateLocale = "en"): string {
  return MONTHS[locale][date.month - 1] ?? "";
}

/** `Thu` */
export function formatWeekday(date: Temporal.PlainDate, locale: DateLocale = "en"): string {
  return WEEKDAYS[locale][date.dayOfWeek - 1] ?? "";
}

/**
 * The days of a half-open period [start, end) as people read them, both ends included: `1–30 Nov 2026`,
 * `15 Nov – 14 Dec 2026`, `15 Dec 2026 – 14 Jan 2027`.
 */
export function formatPeriod(
  start: Temporal.PlainDate,
  end: Temporal.PlainDate,
  locale: DateLocale = "en",
): string {
  const last = end.subtract({ days: 1 });
  const ends = formatDateShort(last, locale);
  if (start.equals(last)) return ends;
  if (start.year !== last.year) return `${formatDateShort(start, locale)} – ${ends}`;
  if (start.month !== last.month) return `${formatDayMonth(start, locale)} – ${ends}`;
  return `${start.day}–${ends}`;
}
