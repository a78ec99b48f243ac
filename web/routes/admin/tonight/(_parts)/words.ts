import { storedText } from "@/web/messages/coded_text.ts";
import { type DateLocale, formatDayMonth, formatWeekday } from "@/shared/calendar/mod.ts";
import { centavos, formatPeso } from "@/shared/money/mod.ts";
import { beginSentence } from "@/shared/text/mod.ts";
import { formatRelativeDay } from "@/web/format.ts";
import type { Translate } from "@/web/messages/mod.ts";
import type { RunRow } from "@/web/store/billing/runs.ts";
import type { TonightRow } from "@/web/store/cuts/tonight.ts";
import type { Tone } from "@/web/components/facts/tone.ts";

/** Time of day as on every page: `09:00`. */
export function clockWords(time: Temporal.PlainTime): string {
  return time.toString({ smallestUnit: "minute" });
}

/** `Tue 24 Nov` */
export function dayWords(date: Temporal.PlainDate, locale: DateLocale = "en"): string {
  return `${formatWeekday(date, locale)} ${formatDayMonth(date, locale)}`;
}

/** `tomorrow, Tue 24 Nov, 09:00` */
export function whenWords(
  t: Translate,
  on: Temporal.PlainDate,
  at: Temporal.PlainTime,
  today: Temporal.PlainDate,
): string {
  return `${formatRelativeDay(on, today, t)}, ${dayWords(on, t.locale)}, ${clockWords(at)}`;
}

/** `Due 18 Nov, grace ended 23 Nov`: the reason without the amount that stands in the column beside it. */
export function whyWords(t: Translate, { reason: stored, pastGraceCentavos }: TonightRow): string {
  const reason = storedText(t, stored);
  const amount = formatPeso(centavos(pastGraceCentavos));
  if (!reason.startsWith(`${amount} `)) return reason;
  return beginSentence(reason.slice(amount.length + 1).replace(/^(?:on|sa) /, ""));
}

/** `9 subscribers`: every row is one connection of one subscriber. */
export function peopleWords(t: Translate, count: number): string {
  return t("tonight.people", { n: count });
}

const RUN_TONES: Record<RunRow["status"], Tone> = {
  planned: "info",
  awaiting_approval: "warn",
  approved: "info",
  running: "info",
  done: "ok",
  failed: "bad",
  taken_back: "mute",
};

/** The state of a run in words. A cut run that ended without beginning was replaced: nobody was cut by it. */
export function runState(t: Translate, run: RunRow): { word: string; tone: Tone } {
  if (run.kind === "cut" && run.status === "failed") return { word: t("words.run_not_run"), tone: "mute" };
  return { word: t(`words.run_${run.status}`), tone: RUN_TONES[run.status] };
}
