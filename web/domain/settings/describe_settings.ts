import { formatDayMonth } from "@/shared/calendar/mod.ts";
import { formatPeso, ZERO } from "@/shared/money/mod.ts";
import type { BillingSettings } from "./billing_settings.ts";
import type { Sentence } from "./sentence.ts";

/** Keys of the sentences that say what settings do. */
export type SettingSentenceKey =
  | "settings.say_bills_arrears"
  | "settings.say_bills_arrears_last"
  | "settings.say_bills_advance"
  | "settings.say_bills_advance_last"
  | "settings.say_bills_own_arrears"
  | "settings.say_bills_own_advance"
  | "settings.say_due"
  | "settings.say_notice"
  | "settings.say_late_terms"
  | "settings.say_late_fee_none"
  | "settings.say_late_fee_flat"
  | "settings.say_late_fee_percent"
  | "settings.say_reconnection_fee_none"
  | "settings.say_reconnection_fee"
  | "settings.say_disputes"
  | "settings.say_cut"
  | "settings.say_cut_no_grace"
  | "settings.say_min_balance"
  | "settings.say_every_day"
  | "settings.say_blackout_weekdays"
  | "settings.say_blackout_dates"
  | "settings.say_brake"
  | `settings.say_end_${BillingSettings["endCredit"]}`
  | "settings.say_charge"
  | "settings.say_skip"
  | "settings.say_stop"
  | "settings.say_never_stop"
  | `settings.say_first_${BillingSettings["firstBill"]}`
  | `settings.say_days_${BillingSettings["proration"]}`
  | `settings.weekday_${1 | 2 | 3 | 4 | 5 | 6 | 7}`
  | "settings.text";

/** Groups of settings, in the order of the page. */
export const SETTING_GROUPS = ["bills", "due", "fees", "cut", "brake", "suspended", "first", "end"] as const;
export type SettingGroup = typeof SETTING_GROUPS[number];

export type SettingSentence = Sentence<SettingSentenceKey>;

/** What the settings do, as plain sentences with their own values. */
export function describeSettings(settings: BillingSettings): Record<SettingGroup, SettingSentence[]> {
  return {
    bills: [billsSentence(settings)],
    due: [
      { key: "settings.say_due", values: { days: settings.termsDays } },
      { key: "settings.say_notice", values: { days: settings.minNoticeDays } },
      ...(settings.lateTermsDays === 0
        ? []
        : [{ key: "settings.say_late_terms", values: { days: settings.lateTermsDays } } as const]),
    ],
    fees: feeSentences(settings),
    cut: cutSentences(settings),
    brake: [{
      key: "settings.say_brake",
      values: { percent: settings.brakePercent, multiple: settings.brakeMultiple },
    }],
    suspended: suspendedSentences(settings),
    first: firstSentences(settings),
    end: [{ key: `settings.say_end_${settings.endCredit}` }],
  };
}

function billsSentence({ cycleAnchor, cycleDay: day, timing, leadDays: lead }: BillingSettings) {
  if (timing === "arrears") {
    if (cycleAnchor === "anniversary") return { key: "settings.say_bills_own_arrears" } as const;
    if (day === 31) return { key: "settings.say_bills_arrears_last" } as const;
    return { key: "settings.say_bills_arrears", values: { day } } as const;
  }
  if (cycleAnchor === "anniversary") {
    return { key: "settings.say_bills_own_advance", values: { lead } } as const;
  }
  if (day === 31) return { key: "settings.say_bills_advance_last", values: { lead } } as const;
  return { key: "settings.say_bills_advance", values: { day, lead } } as const;
}

function feeSentences(settings: BillingSettings): SettingSentence[] {
  const { lateFeeKind: kind, lateAfterDays, reconnectionFeeCentavos: reconnection } = settings;
  const day = lateAfterDays + 1;
  return [
    kind === "none"
      ? { key: "settings.say_late_fee_none" }
      : kind === "flat"
      ? { key: "settings.say_late_fee_flat", values: { amount: formatPeso(settings.lateFeeCentavos), day } }
      : { key: "settings.say_late_fee_percent", values: { percent: settings.lateFeeBp / 100, day } },
    reconnection === ZERO
      ? { key: "settings.say_reconnection_fee_none" }
      : { key: "settings.say_reconnection_fee", values: { amount: formatPeso(reconnection) } },
  ];
}

function cutSentences(settings: BillingSettings): SettingSentence[] {
  const { graceDays: days, cutTime: time, blackoutWeekdays, blackoutDates } = settings;
  const sentences: SettingSentence[] = [
    days === 0
      ? { key: "settings.say_cut_no_grace", values: { time } }
      : { key: "settings.say_cut", values: { days, time } },
  ];
  if (blackoutWeekdays.length === 0 && blackoutDates.length === 0) {
    sentences.push({ key: "settings.say_every_day" });
  }
  if (blackoutWeekdays.length > 0) {
    const weekdays = [...blackoutWeekdays].sort().map((day): SettingSentence => ({
      key: `settings.weekday_${day as 1}`,
    }));
    sentences.push({ key: "settings.say_blackout_weekdays", values: { weekdays } });
  }
  if (blackoutDates.length > 0) {
    const dates = [...blackoutDates].sort(Temporal.PlainDate.compare)
      .map((date): SettingSentence => ({ key: "settings.text", values: { text: formatDayMonth(date) } }));
    sentences.push({ key: "settings.say_blackout_dates", values: { dates } });
  }
  const amount = formatPeso(settings.minBalanceCentavos);
  return [
    ...sentences,
    { key: "settings.say_min_balance", values: { amount } },
    { key: "settings.say_disputes", values: { days: settings.disputeDays } },
  ];
}

function suspendedSentences(
  { suspendedPolicy, stopAfterUnpaidBills: bills }: BillingSettings,
): SettingSentence[] {
  return [
    { key: suspendedPolicy === "charge" ? "settings.say_charge" : "settings.say_skip" },
    bills === 0 ? { key: "settings.say_never_stop" } : { key: "settings.say_stop", values: { bills } },
  ];
}

function firstSentences({ firstBill, mergeStubLtDays: days, proration }: BillingSettings): SettingSentence[] {
  return [
    firstBill === "merge_stub_lt"
      ? { key: "settings.say_first_merge_stub_lt", values: { days } }
      : { key: `settings.say_first_${firstBill}` },
    { key: `settings.say_days_${proration}` },
  ];
}
