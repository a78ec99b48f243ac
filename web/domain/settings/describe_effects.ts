import { formatDayMonth } from "@/shared/calendar/mod.ts";
import { formatPeso } from "@/shared/money/mod.ts";
import { type BrakeDecision, firstAllowedDate } from "@/web/domain/cuts/mod.ts";
import { type BillingSettings, changedSettings } from "./billing_settings.ts";
import type { Sentence } from "./sentence.ts";
import { blackoutOf } from "./timeline.ts";

/** Keys of the sentences that say for whom a change counts. */
export type EffectKey =
  | "settings.effect_cycle_new"
  | "settings.effect_cycle_keep"
  | "settings.effect_timing_new"
  | "settings.effect_timing_keep_arrears"
  | "settings.effect_timing_keep_advance"
  | "settings.effect_lead"
  | "settings.effect_terms"
  | "settings.effect_grace"
  | "settings.effect_notice"
  | "settings.effect_late_terms"
  | "settings.effect_late_terms_off"
  | "settings.effect_disputes"
  | "settings.effect_late_fee"
  | "settings.effect_late_fee_off"
  | "settings.effect_reconnection_fee"
  | "settings.effect_reconnection_fee_off"
  | "settings.effect_first"
  | "settings.effect_cut_hour"
  | "settings.effect_cut_hour_now"
  | "settings.effect_cut_hour_done"
  | "settings.effect_tonight_more"
  | "settings.effect_tonight_fewer"
  | "settings.effect_tonight_same"
  | "settings.effect_moved"
  | "settings.effect_moved_none"
  | "settings.effect_brake_holds"
  | "settings.effect_brake_frees"
  | "settings.effect_brake_same"
  | "settings.effect_suspended"
  | "settings.effect_stop"
  | "settings.effect_never_stop"
  | "settings.effect_min_balance"
  | "settings.effect_end";

/** One consequence; `warn` needs a second look before saving. */
export interface Effect extends Sentence<EffectKey> {
  tone: "info" | "warn";
}

/** What is true of the ISP when a change is looked at. */
export interface SettingsFacts {
  /** Connections that are billed or will be: active and disconnected ones. */
  connections: number;
  /** Their billing days as they are now, with how many have each. */
  anchors: readonly { day: number; connections: number }[];
  /** How they are billed now. */
  timings: { arrears: number; advance: number };
  /** Active connections without a bill yet. */
  unbilled: number;
  /** Bills that are not paid yet. They keep their due date and grace. */
  openBills: number;
  /** Days on which open bills lead to a cut before blackout days are looked at, with how many bills. */
  cutDays: readonly { on: Temporal.PlainDate; bills: number }[];
  /** Bills that are out and still may cost a late fee by what was agreed when they were issued. */
  lateFeeBills: number;
  /** Connections by how many bills they have not paid. */
  unpaid: readonly { bills: number; connections: number }[];
  tonight: TonightFacts;
}

/** The next cut run with the settings as they are and as they would be. */
export interface TonightFacts {
  on: Temporal.PlainDate;
  /** It is today's, and today's is not over. */
  isToday: boolean;
  cutsBefore: number;
  cutsAfter: number;
  /** On the list only with the new settings, and only with the old ones. */
  added: number;
  removed: number;
  active: number;
  brakeBefore: BrakeDecision;
  brakeAfter: BrakeDecision;
  /** Time of day now. */
  time: Temporal.PlainTime;
  /** What the brake counts: the list that is made already, else {@link cutsAfter}. */
  listed: number;
}

/** What a change does, for whom, from when; one or two sentences for each setting that differs. */
export function describeEffects(
  before: BillingSettings,
  after: BillingSettings,
  facts: SettingsFacts,
): Effect[] {
  const changed = new Set<keyof BillingSettings>(changedSettings(before, after));
  const has = (...names: (keyof BillingSettings)[]) => names.some((name) => changed.has(name));
  const effects: Effect[] = [];
  if (has("cutTime")) effects.push(cutHour(before, after, facts.tonight));
  if (has("blackoutWeekdays", "blackoutDates")) effects.push(...moved(before, after, facts));
  if (has("blackoutWeekdays", "blackoutDates", "minBalanceCentavos")) effects.push(...tonight(facts.tonight));
  if (has("minBalanceCentavos")) {
    const amount = formatPeso(after.minBalanceCentavos);
    effects.push(info("settings.effect_min_balance", { amount }));
  }
  if (has("brakePercent", "brakeMultiple")) effects.push(brake(facts.tonight));
  if (has("cycleAnchor", "cycleDay")) effects.push(...cycle(facts));
  if (has("timing")) effects.push(...timing(after, facts));
  if (has("leadDays") && facts.timings.advance > 0) {
    effects.push(info("settings.effect_lead", { count: facts.timings.advance }));
  }
  if (has("termsDays")) {
    effects.push(info("settings.effect_terms", { count: facts.connections, bills: facts.openBills }));
  }
  if (has("graceDays")) {
    effects.push(info("settings.effect_grace", { bills: facts.openBills, days: before.graceDays }));
  }
  if (has("minNoticeDays")) effects.push(info("settings.effect_notice", { days: after.minNoticeDays }));
  if (has("lateTermsDays")) {
    const { lateTermsDays: days } = after;
    effects.push(
      info(days === 0 ? "settings.effect_late_terms_off" : "settings.effect_late_terms", { days }),
    );
  }
  if (has("disputeDays")) effects.push(info("settings.effect_disputes", { days: after.disputeDays }));
  if (has("lateFeeKind", "lateFeeCentavos", "lateFeeBp", "lateAfterDays")) {
    const key = after.lateFeeKind === "none" ? "settings.effect_late_fee_off" : "settings.effect_late_fee";
    effects.push(info(key, { count: facts.connections, bills: facts.lateFeeBills }));
  }
  if (has("reconnectionFeeCentavos")) {
    const amount = formatPeso(after.reconnectionFeeCentavos);
    const isOff = after.reconnectionFeeCentavos === 0n;
    effects.push(
      info(isOff ? "settings.effect_reconnection_fee_off" : "settings.effect_reconnection_fee", { amount }),
    );
  }
  if (has("firstBill", "mergeStubLtDays", "proration")) {
    effects.push(info("settings.effect_first", { count: facts.unbilled }));
  }
  if (has("suspendedPolicy")) effects.push(info("settings.effect_suspended", { count: facts.connections }));
  if (has("stopAfterUnpaidBills")) effects.push(stop(after, facts));
  if (has("endCredit")) effects.push(info("settings.effect_end", {}));
  return effects;
}

function cutHour(before: BillingSettings, after: BillingSettings, facts: TonightFacts): Effect {
  const values = { before: before.cutTime, after: after.cutTime, count: facts.cutsAfter };
  if (!facts.isToday) {
    return info("settings.effect_cut_hour_done", { after: after.cutTime, on: formatDayMonth(facts.on) });
  }
  const isPast = Temporal.PlainTime.compare(facts.time, Temporal.PlainTime.from(after.cutTime)) >= 0;
  if (isPast && facts.cutsAfter > 0) return { ...info("settings.effect_cut_hour_now", values), tone: "warn" };
  return info("settings.effect_cut_hour", values);
}

function tonight(facts: TonightFacts): Effect[] {
  const on = formatDayMonth(facts.on);
  if (facts.added === 0 && facts.removed === 0) {
    return [info("settings.effect_tonight_same", { count: facts.cutsAfter, on })];
  }
  const effects: Effect[] = [];
  if (facts.added > 0) {
    effects.push({
      ...info("settings.effect_tonight_more", { count: facts.added, total: facts.cutsAfter, on }),
      tone: "warn",
    });
  }
  if (facts.removed > 0) {
    effects.push(info("settings.effect_tonight_fewer", { count: facts.removed, total: facts.cutsAfter, on }));
  }
  return effects;
}

/** Blackout days count for bills that are out already: their cut dates are not stored. */
function moved(before: BillingSettings, after: BillingSettings, facts: SettingsFacts): Effect[] {
  let bills = 0;
  let example: { from: Temporal.PlainDate; to: Temporal.PlainDate } | null = null;
  for (const day of facts.cutDays) {
    const from = firstAllowedDate(day.on, blackoutOf(before));
    const to = firstAllowedDate(day.on, blackoutOf(after));
    if (from === null || to === null || from.equals(to)) continue;
    bills += day.bills;
    example ??= { from, to };
  }
  if (example === null) return [info("settings.effect_moved_none", {})];
  const values = { count: bills, from: formatDayMonth(example.from), to: formatDayMonth(example.to) };
  return [info("settings.effect_moved", values)];
}

function brake({ brakeBefore, brakeAfter, listed: count, active, on }: TonightFacts): Effect {
  const values = { count, active, on: formatDayMonth(on) };
  if (brakeAfter.trips === brakeBefore.trips) {
    return info("settings.effect_brake_same", { ...values, waits: brakeAfter.trips ? "yes" : "no" });
  }
  if (brakeAfter.trips) return info("settings.effect_brake_holds", values);
  return { ...info("settings.effect_brake_frees", values), tone: "warn" };
}

function cycle(facts: SettingsFacts): Effect[] {
  const largest = [...facts.anchors].sort((a, b) => b.connections - a.connections || a.day - b.day);
  const shown = largest.slice(0, 3).map(({ day, connections }) =>
    info("settings.effect_cycle_keep", { count: connections, day })
  );
  return [info("settings.effect_cycle_new", {}), ...shown];
}

function timing(after: BillingSettings, { timings }: SettingsFacts): Effect[] {
  const effects = [info("settings.effect_timing_new", {})];
  if (after.timing === "advance" && timings.arrears > 0) {
    effects.push(info("settings.effect_timing_keep_arrears", { count: timings.arrears }));
  }
  if (after.timing === "arrears" && timings.advance > 0) {
    effects.push(info("settings.effect_timing_keep_advance", { count: timings.advance }));
  }
  return effects;
}

function stop(after: BillingSettings, facts: SettingsFacts): Effect {
  const bills = after.stopAfterUnpaidBills;
  if (bills === 0) return info("settings.effect_never_stop", {});
  const count = facts.unpaid.filter((group) => group.bills >= bills)
    .reduce((sum, group) => sum + group.connections, 0);
  return info("settings.effect_stop", { count, bills });
}

function info(key: EffectKey, values: Record<string, string | number>): Effect {
  return { key, values, tone: "info" };
}
