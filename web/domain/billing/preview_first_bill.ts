import { type BlackoutDays, firstAllowedDate } from "@/web/domain/cuts/mod.ts";
import { nextBillOn, planBills } from "./plan_bills.ts";
import type { PlanBillsInput, PlannedBillLine } from "./types.ts";

/** The rules as they would hold for a connection, and when it would be cut. */
export interface FirstBillInput extends Omit<PlanBillsInput, "asOf" | "billedThrough" | "suspended"> {
  /** Days past due that stay connected. */
  graceDays: number;
  /** Days on which nobody is cut. @default none */
  blackout?: BlackoutDays;
}

/** The first bill of a connection, before there is one. Its period is half-open. */
export interface FirstBillPreview {
  periodStart: Temporal.PlainDate;
  periodEnd: Temporal.PlainDate;
  /** The run that makes it. */
  issueOn: Temporal.PlainDate;
  /** Last day to pay in time. */
  dueOn: Temporal.PlainDate;
  /** The cut if nothing is paid; null when the blackout days leave no day at all. */
  cutOn: Temporal.PlainDate | null;
  lines: PlannedBillLine[];
  totalCentavos: PlannedBillLine["amountCentavos"];
}

/** What the first bill will say, and when: for a form and for the pictures of the settings. */
export function previewFirstBill(input: FirstBillInput): FirstBillPreview {
  const { graceDays, blackout = { weekdays: [], dates: [] }, ...rest } = input;
  const rules = { ...rest, billedThrough: null };
  const issueOn = nextBillOn(rules);
  const [bill] = planBills({ ...rules, asOf: issueOn });
  if (bill === undefined) throw new Error(`Cannot preview the first bill: none is due on ${issueOn}`);
  return {
    periodStart: bill.periodStart,
    periodEnd: bill.periodEnd,
    issueOn,
    dueOn: bill.dueOn,
    cutOn: firstAllowedDate(bill.dueOn.add({ days: graceDays + 1 }), blackout),
    lines: bill.lines,
    totalCentavos: bill.totalCentavos,
  };
}

/** The billing day of a connection (billing rule 2): the company's, or the day of its own activation. */
export function anchorDayFor(
  settings: { cycle_anchor: "fixed" | "anniversary"; cycle_day: number },
  activatedOn: Temporal.PlainDate,
): number {
  return settings.cycle_anchor === "anniversary" ? activatedOn.day : settings.cycle_day;
}
