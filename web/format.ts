/**
 * Words and figures for people: money, dates, relative times, counts; in English without a `t`. Everything the screen says goes
 * through here, so that a peso amount or a date reads the same on every page, in e-mail and in exports.
 */
import { formatDate, localDate } from "@/shared/calendar/mod.ts";
import { type Centavos, centavos, formatPeso } from "@/shared/money/mod.ts";
import type { Translate } from "@/web/messages/mod.ts";

/** Balance as people read it: a negative balance is a credit, `₱200.00 credit`, never a minus sign. */
export function formatBalance(amount: Centavos, t?: Translate): string {
  if (amount >= 0n) return formatPeso(amount);
  const credit = formatPeso(centavos(-amount));
  return t === undefined ? `${credit} credit` : t("words.credit", { amount: credit });
}

/** Whole number with thousands separators: `1,024`. */
export function formatCount(count: number | bigint): string {
  return String(count).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
}

/** Count with its noun: `1 subscriber`, `1,024 subscribers`. */
export function formatPlural(count: number | bigint, one: string, many: string = `${one}s`): string {
  return `${formatCount(count)} ${BigInt(count) === 1n ? one : many}`;
}

/** Time of day in the tenant's zone, 24 hours: `14:02`. */
export function formatTime(at: Temporal.Instant, timeZone: string): string {
  return at.toZonedDateTimeISO(timeZone).toPlainTime().toString({ smallestUnit: "minute" });
}

/** Full date and time in the tenant's zone: `Thu, 26 Nov 2026, 14:02`. */
export function formatInstant(at: Temporal.Instant, timeZone: string, t?: Translate): string {
  return `${formatDate(localDate(at, timeZone), t?.locale)}, ${formatTime(at, timeZone)}`;
}

/** Day relative to the business date: `today`, `tomorrow`, `in 3 days`, `yesterday`, `5 days ago`. */
export function formatRelativeDay(
  date: Temporal.PlainDate,
  today: Temporal.PlainDate,
  t?: Translate,
): string {
  const days = today.until(date, { largestUnit: "days" }).days;
  if (days === 0) return t?.("words.today") ?? "today";
  if (days === 1) return t?.("words.tomorrow") ?? "tomorrow";
  if (days === -1) return t?.("words.yesterday") ?? "yesterday";
  if (t !== undefined) {
    return t(days > 0 ? "words.in_time" : "words.time_ago", { time: t("words.days", { n: Math.abs(days) }) });
  }
  return days > 0 ? `in ${formatPlural(days, "day")}` : `${formatPlural(-days, "day")} ago`;
}

/** Length of time in one or two units: `45 s`, `3 min`, `2 h 5 min`, `4 days`. */
export function formatDuration(milliseconds: number, t?: Translate): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 100) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  if (days >= 2) return t === undefined ? formatPlural(days, "day") : t("words.days", { n: days });
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
}

/** Instant relative to now: `just now`, `3 min ago`, `in 2 h`, `4 days ago`. */
export function formatRelative(at: Temporal.Instant, now: Temporal.Instant, t?: Translate): string {
  const distance = at.epochMilliseconds - now.epochMilliseconds;
  if (Math.abs(distance) < 10_000) return t?.("words.just_now") ?? "just now";
  const words = formatDuration(Math.abs(distance), t);
  if (t !== undefined) return t(distance > 0 ? "words.in_time" : "words.time_ago", { time: words });
  return distance > 0 ? `in ${words}` : `${words} ago`;
}

/** Initials for an avatar: `Ma. Theresa Villanueva` gives `MV`. */
export function formatInitials(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const first = words[0]?.charAt(0) ?? "?";
  const last = words.length > 1 ? words[words.length - 1]?.charAt(0) ?? "" : "";
  return (first + last).toUpperCase();
}

/** A message as a sentence: with a full stop where it ends without one. */
export function sentence(message: string): string {
  return /[.:…]$/.test(message) ? message : `${message}.`;
}
