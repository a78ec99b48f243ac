import { periodContaining } from "@/shared/calendar/mod.ts";
import { type Centavos, centavos } from "@/shared/money/mod.ts";
import {
  type FirstBillPreview,
  type LateFee,
  lateFeeOf,
  lateFeeTerms,
  nextBillOn,
  planBills,
  type PlanBillsInput,
  previewFirstBill,
} from "@/web/domain/billing/mod.ts";
import { firstAllowedDate } from "@/web/domain/cuts/mod.ts";
import type { BillingSettings } from "./billing_settings.ts";

/** Steps of a bill in the order in which they are numbered. */
export type TimelineStep = "period" | "bill" | "due" | "grace" | "cut";

/** One step on the days of the picture. */
export interface TimelinePoint {
  step: TimelineStep;
  on: Temporal.PlainDate;
  /** Place of its number from left, 0 to 100; numbers keep a distance, so it may differ from {@link at}. */
  label: number;
  /** True place, 0 to 100. */
  at: number;
}

/** One whole period of a made-up subscriber who does not pay. Periods are half-open, places 0 to 100 from left. */
export interface Timeline {
  periodStart: Temporal.PlainDate;
  periodEnd: Temporal.PlainDate;
  issueOn: Temporal.PlainDate;
  dueOn: Temporal.PlainDate;
  /** Last day that is still connected by grace. */
  graceEndsOn: Temporal.PlainDate;
  cutOn: Temporal.PlainDate;
  cutTime: string;
  /** Days that the cut waits for blackout days to pass. */
  movedDays: number;
  /** What it costs not to have paid by then; null: nothing. */
  lateFee: { costsFromOn: Temporal.PlainDate; priceCentavos: Centavos; amountCentavos: Centavos } | null;
  points: TimelinePoint[];
  /** Place of the end of the period, and of the day after grace. */
  periodFrom: number;
  periodTo: number;
  graceFrom: number;
  graceTo: number;
}

/** Day of the month on which the made-up subscriber of an anniversary cycle was connected. */
const OWN_DAY = 17;
/** Days after the start of a fixed cycle that the new subscriber of the first bill is connected. */
const FIRST_BILL_AFTER_DAYS = 11;
const EXAMPLE_PRICE: Centavos = centavos(100_000);
/** Numbers nearer than this would cover each other on a phone. */
const LABEL_GAP = 9;

/**
 * The life of one bill under these settings, with the dates that the bill run and the cut run themselves would
 * compute. Null when the settings leave no day to cut on.
 */
export function settingsTimeline(settings: BillingSettings, today: Temporal.PlainDate): Timeline | null {
  const anchorDay = exampleAnchor(settings);
  const containing = periodContaining(today, anchorDay);
  const start = settings.timing === "arrears" ? containing.start : containing.end;
  const rules = {
    ...billRules(settings, anchorDay),
    activatedOn: periodContaining(start.subtract({ days: 1 }), anchorDay).start,
    billedThrough: start,
  };
  const issueOn = nextBillOn(rules);
  const [bill] = planBills({ ...rules, asOf: issueOn });
  if (bill === undefined) throw new Error(`Cannot draw the settings: no bill is due on ${issueOn}`);
  const graceEndsOn = bill.dueOn.add({ days: settings.graceDays });
  const earliest = graceEndsOn.add({ days: 1 });
  const cutOn = firstAllowedDate(earliest, blackoutOf(settings));
  if (cutOn === null) return null;
  return {
    periodStart: start,
    periodEnd: bill.periodEnd,
    issueOn,
    dueOn: bill.dueOn,
    graceEndsOn,
    cutOn,
    cutTime: settings.cutTime,
    movedDays: daysBetween(earliest, cutOn),
    lateFee: exampleLateFee(settings, bill.dueOn),
    ...placed({
      periodStart: start,
      periodEnd: bill.periodEnd,
      issueOn,
      dueOn: bill.dueOn,
      graceEndsOn,
      cutOn,
    }),
  };
}

/** The fee of a bill of {@link EXAMPLE_PRICE}. */
function exampleLateFee(settings: BillingSettings, dueOn: Temporal.PlainDate): Timeline["lateFee"] {
  const { lateFeeKind: kind, lateFeeCentavos: amountCentavos, lateFeeBp: rateBp, lateAfterDays } = settings;
  if (kind === "none") return null;
  const fee: LateFee = kind === "flat" ? { kind, amountCentavos } : { kind, rateBp };
  const terms = lateFeeTerms(dueOn, { lateFee: fee, lateAfterDays });
  return terms && {
    costsFromOn: terms.costsFromOn,
    priceCentavos: EXAMPLE_PRICE,
    amountCentavos: lateFeeOf(EXAMPLE_PRICE, fee),
  };
}

/** The first bill of somebody who is connected in the middle of a cycle, at ₱1,000 a month. */
export function exampleFirstBill(
  settings: BillingSettings,
  today: Temporal.PlainDate,
): FirstBillPreview & { activatedOn: Temporal.PlainDate } {
  const anchorDay = exampleAnchor(settings);
  const { start } = periodContaining(today, anchorDay);
  const activatedOn = settings.cycleAnchor === "anniversary"
    ? start
    : start.add({ days: FIRST_BILL_AFTER_DAYS });
  const bill = previewFirstBill({
    ...billRules(settings, anchorDay),
    activatedOn,
    graceDays: settings.graceDays,
    blackout: blackoutOf(settings),
  });
  return { ...bill, activatedOn };
}

/** The days of these settings on which nobody is cut. */
export function blackoutOf(settings: Pick<BillingSettings, "blackoutWeekdays" | "blackoutDates">) {
  return { weekdays: settings.blackoutWeekdays, dates: settings.blackoutDates };
}

function exampleAnchor(settings: BillingSettings): number {
  return settings.cycleAnchor === "anniversary" ? OWN_DAY : settings.cycleDay;
}

type ExampleRules = Omit<PlanBillsInput, "asOf" | "activatedOn" | "billedThrough">;

function billRules(settings: BillingSettings, anchorDay: number): ExampleRules {
  return {
    planName: "Fiber 50",
    timing: settings.timing,
    anchorDay,
    priceCentavos: EXAMPLE_PRICE,
    termsDays: settings.termsDays,
    minNoticeDays: settings.minNoticeDays,
    lateTermsDays: settings.lateTermsDays,
    leadDays: settings.leadDays,
    firstBill: settings.firstBill,
    mergeStubLtDays: settings.mergeStubLtDays,
    proration: settings.proration,
  };
}

type Days = Pick<Timeline, "periodStart" | "periodEnd" | "issueOn" | "dueOn" | "graceEndsOn" | "cutOn">;

function placed(days: Days) {
  const dates = Object.values(days).sort(Temporal.PlainDate.compare);
  const from = dates[0] ?? days.periodStart;
  const last = dates.at(-1) ?? days.cutOn;
  const width = daysBetween(from, last) + 2;
  const place = (date: Temporal.PlainDate) => Math.round(daysBetween(from, date) / width * 1000) / 10;
  const steps: [TimelineStep, Temporal.PlainDate][] = [
    ["period", days.periodStart],
    ["bill", days.issueOn],
    ["due", days.dueOn],
    ["grace", days.graceEndsOn],
    ["cut", days.cutOn],
  ];
  const points = steps.map(([step, on]): TimelinePoint => ({ step, on, at: place(on), label: place(on) }));
  return {
    points: spread(points),
    periodFrom: place(days.periodStart),
    periodTo: place(days.periodEnd),
    graceFrom: place(days.dueOn.add({ days: 1 })),
    graceTo: place(days.graceEndsOn.add({ days: 1 })),
  };
}

/** Moves numbers apart, in the order of their days, inside the picture. */
function spread(points: readonly TimelinePoint[]): TimelinePoint[] {
  const inOrder = points.map((point, step) => ({ ...point, step: point.step, order: step }))
    .sort((a, b) => a.at - b.at || a.order - b.order);
  const margin = LABEL_GAP / 2;
  let least = margin;
  for (const point of inOrder) {
    point.label = Math.max(point.at, least);
    least = point.label + LABEL_GAP;
  }
  let most = 100 - margin;
  for (const point of inOrder.toReversed()) {
    point.label = Math.round(Math.min(point.label, most) * 10) / 10;
    most = point.label - LABEL_GAP;
  }
  return inOrder.sort((a, b) => a.order - b.order).map(({ order: _order, ...point }) => point);
}

function daysBetween(from: Temporal.PlainDate, to: Temporal.PlainDate): number {
  return from.until(to, { largestUnit: "day" }).days;
}
