import type { Occasion } from "./types.ts";

/** What becomes of a cut whose notice no mail can bring. */
export const UNREACHABLE_POLICIES = ["hold", "go_on"] as const;
export type UnreachablePolicy = (typeof UNREACHABLE_POLICIES)[number];

/** Hours in which nobody is written to; they may go over midnight. */
export interface QuietHours {
  from: Temporal.PlainTime;
  until: Temporal.PlainTime;
}

/** What a company says to its subscribers, and when. */
export interface ReminderSettings {
  /** Days before the due date on which is reminded; 0 is the due date. */
  beforeDueDays: readonly number[];
  /** Days before a cut on which notice is given of it. */
  beforeCutDays: readonly number[];
  /** Occasions of which nobody is told. */
  silentOccasions: readonly Occasion[];
  /** Null: mail goes at any hour. */
  quiet: QuietHours | null;
  /** Nobody is cut whose notice was not sent. */
  cutNeedsNotice: boolean;
  /** What that means for whom no mail can reach. */
  unreachable: UnreachablePolicy;
}

/** What the lists of days may hold. */
export const DAYS_BEFORE_DUE_MAX = 30;
export const DAYS_BEFORE_CUT = { min: 1, max: 7 } as const;
/** Reminders of one bill, and notices of one cut. */
export const STEPS_MAX = 5;

/** As long as a company has said nothing else. */
export const DEFAULT_REMINDERS: ReminderSettings = {
  beforeDueDays: [3, 0],
  beforeCutDays: [1],
  silentOccasions: [],
  quiet: { from: Temporal.PlainTime.from("20:00"), until: Temporal.PlainTime.from("08:00") },
  cutNeedsNotice: false,
  unreachable: "go_on",
};

/** Bills of a due date, and how many days before it they are reminded of. */
export interface DueReminder {
  days: number;
  dueOn: Temporal.PlainDate;
}

/** Of which due dates is reminded on a day: none of them has passed. */
export function remindersOn(
  { beforeDueDays }: Pick<ReminderSettings, "beforeDueDays">,
  today: Temporal.PlainDate,
): DueReminder[] {
  return [...new Set(beforeDueDays)].filter((days) => days >= 0)
    .map((days) => ({ days, dueOn: today.add({ days }) }));
}

/** A cut that is to come. */
export interface ComingCut {
  cutOn: Temporal.PlainDate;
  /** Due date of the oldest debt that it is for; null where days that were paid up front end. */
  dueOn: Temporal.PlainDate | null;
}

/** Days on which notice of a cut is given, the first one first: before the cut, and never before its debt is due. */
export function noticeDates(
  { beforeCutDays }: Pick<ReminderSettings, "beforeCutDays">,
  { cutOn, dueOn }: ComingCut,
): Temporal.PlainDate[] {
  const dates = beforeCutDays.filter((days) => days > 0).map((days) => {
    const wanted = cutOn.subtract({ days });
    return dueOn !== null && Temporal.PlainDate.compare(wanted, dueOn) < 0 ? dueOn : wanted;
  }).filter((date) => Temporal.PlainDate.compare(date, cutOn) < 0);
  const sorted = dates.sort(Temporal.PlainDate.compare);
  return sorted.filter((date, i) => i === 0 || !date.equals(sorted[i - 1]!));
}

/** A mail of the ladder and its day. */
export interface LadderStep {
  occasion: "reminder" | "cut_notice" | "cut" | "restored";
  /** Null: when it happens. */
  on: Temporal.PlainDate | null;
  /** Before the due date or the cut. */
  days: number;
}

/** A bill that nobody pays. */
export interface UnpaidBill {
  issueOn: Temporal.PlainDate;
  dueOn: Temporal.PlainDate;
  cutOn: Temporal.PlainDate;
}

/**
 * Everything that one bill brings after it was mailed itself, if nobody pays it; what the company is silent about is left
 * out.
 */
export function ladderOf(
  settings: ReminderSettings,
  { issueOn, dueOn, cutOn }: UnpaidBill,
): LadderStep[] {
  const isSaid = ({ occasion }: LadderStep) => !settings.silentOccasions.includes(occasion);
  const reminders = [...new Set(settings.beforeDueDays)].sort((a, b) => b - a)
    .map((days) => ({ occasion: "reminder" as const, on: dueOn.subtract({ days }), days }))
    .filter(({ on }) => Temporal.PlainDate.compare(on, issueOn) > 0);
  const notices = noticeDates(settings, { cutOn, dueOn }).map((on): LadderStep => ({
    occasion: "cut_notice",
    on,
    days: on.until(cutOn).days,
  }));
  const steps: LadderStep[] = [
    ...reminders,
    ...notices,
    { occasion: "cut", on: cutOn, days: 0 },
    { occasion: "restored", on: null, days: 0 },
  ];
  return steps.filter(isSaid);
}

/** A moment on a company's wall. */
export interface WallMoment {
  instant: Temporal.Instant;
  today: Temporal.PlainDate;
  time: Temporal.PlainTime;
  zone: string;
}

/** When the quiet hours that a moment is in are over; null outside of them. */
export function quietUntil(quiet: QuietHours | null, moment: WallMoment): Temporal.Instant | null {
  if (quiet === null || !isQuiet(quiet, moment.time)) return null;
  const isToday = Temporal.PlainTime.compare(moment.time, quiet.until) < 0;
  const day = isToday ? moment.today : moment.today.add({ days: 1 });
  return day.toZonedDateTime({ timeZone: moment.zone, plainTime: quiet.until }).toInstant();
}

function isQuiet({ from, until }: QuietHours, time: Temporal.PlainTime): boolean {
  const isFrom = Temporal.PlainTime.compare(time, from) >= 0;
  const isBefore = Temporal.PlainTime.compare(time, until) < 0;
  return Temporal.PlainTime.compare(from, until) <= 0 ? isFrom && isBefore : isFrom || isBefore;
}
