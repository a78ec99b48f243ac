import { formatDate, formatDayMonth } from "@/shared/calendar/mod.ts";
import { centavos, formatPeso } from "@/shared/money/mod.ts";
import { formatPlural, formatRelativeDay } from "@/web/format.ts";
import type { RunRow } from "@/web/store/runs.ts";
import type { TonightRow } from "@/web/store/tonight.ts";
import type { Tone } from "@/web/components/tone.ts";

/** Time of day as on every page: `09:00`. */
export function clockWords(time: Temporal.PlainTime): string {
  return time.toString({ smallestUnit: "minute" });
}

/** `Tue 24 Nov` */
export function dayWords(date: Temporal.PlainDate): string {
  return `${formatDate(date).slice(0, 3)} ${formatDayMonth(date)}`;
}

/** `tomorrow, Tue 24 Nov, 09:00` */
export function whenWords(on: Temporal.PlainDate, at: Temporal.PlainTime, today: Temporal.PlainDate): string {
  return `${formatRelativeDay(on, today)}, ${dayWords(on)}, ${clockWords(at)}`;
}

/** `Due 18 Nov, grace ended 23 Nov`: the reason without the amount that stands in the column beside it. */
export function whyWords({ reason, pastGraceCentavos }: TonightRow): string {
  const amount = formatPeso(centavos(pastGraceCentavos));
  if (!reason.startsWith(`${amount} `)) return reason;
  const rest = reason.slice(amount.length + 1).replace(/^on /, "");
  return rest.charAt(0).toUpperCase() + rest.slice(1);
}

/** `9 subscribers`: every row is one connection of one subscriber. */
export function peopleWords(count: number): string {
  return formatPlural(count, "subscriber");
}

const RUN_WORDS: Record<RunRow["status"], { word: string; tone: Tone }> = {
  planned: { word: "Planned", tone: "info" },
  awaiting_approval: { word: "Waits for approval", tone: "warn" },
  approved: { word: "Approved", tone: "info" },
  running: { word: "Running", tone: "info" },
  done: { word: "Done", tone: "ok" },
  failed: { word: "Failed", tone: "bad" },
};

/** The state of a run in words. A cut run that ended without beginning was replaced: nobody was cut by it. */
export function runState(run: RunRow): { word: string; tone: Tone } {
  if (run.kind === "cut" && run.status === "failed") return { word: "Not run", tone: "mute" };
  return RUN_WORDS[run.status];
}
