import { boundaryOf, isBefore, nextBoundaryAfter, periodContaining } from "@/shared/calendar/mod.ts";
import type { BillTiming } from "@/web/domain/billing/mod.ts";
import { FIRST_BILL_DAYS_AHEAD_MAX, FIRST_BILL_DAYS_BACK_MAX } from "./limits.ts";

/** Billing fields of an imported subscription. */
export interface ImportedBilling {
  anchorDay: number;
  activatedOn: Temporal.PlainDate;
  /** Watermark: billing begins here. */
  billedThroughOn: Temporal.PlainDate;
  nextBillOn: Temporal.PlainDate;
  timing: BillTiming;
  /** Day after the last one that the first bill covers; it begins at {@link billedThroughOn}. */
  firstPeriodEnd: Temporal.PlainDate;
}

/** How the company bills, as an import takes it over. */
export interface ImportRules {
  cycleDay: number;
  /** @default "fixed" */
  cycleAnchor?: "fixed" | "anniversary";
  /** @default "arrears" */
  timing?: BillTiming;
  /** Days before the period that a bill in advance is made. @default 0 */
  leadDays?: number;
}

/** The rules of a tenant's row. */
export function importRulesOf(
  tenant: {
    cycle_day: number;
    cycle_anchor: "fixed" | "anniversary";
    bill_timing: BillTiming;
    lead_days: number;
  },
): ImportRules {
  return {
    cycleDay: tenant.cycle_day,
    cycleAnchor: tenant.cycle_anchor,
    timing: tenant.bill_timing,
    leadDays: tenant.lead_days,
  };
}

/** The first bill date that is offered: the next day on which the company makes bills. */
export function suggestFirstBill(rules: ImportRules, today: Temporal.PlainDate): Temporal.PlainDate {
  const lead = rules.timing === "advance" ? rules.leadDays ?? 0 : 0;
  return nextBoundaryAfter(today.add({ days: lead }), rules.cycleDay).subtract({ days: lead });
}

/**
 * Turns the first bill date of the review into billing fields. In arrears the first one is issued on `firstBillOn`
 * and covers the time from the import to that date, prorated; or the whole cycle that ends on it, when the date is
 * today or past, or more than one cycle ahead. In advance it covers the whole cycle that begins `leadDays` after it.
 * What was owed before stays with the ISP's old books.
 *
 * The cycle follows the tenant's cycle day if the date is one of its boundaries, else the day of the date; where each
 * connection has its own day, always the latter.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { importedBilling } from "@/web/domain/imports/mod.ts";
 * const day = Temporal.PlainDate.from;
 * const fields = importedBilling({ firstBillOn: day("2026-12-01"), importedOn: day("2026-11-23"), cycleDay: 1 });
 * assert.equal(fields.billedThroughOn.toString(), "2026-11-23");
 * ```
 */
export function importedBilling(
  review: ImportRules & { firstBillOn: Temporal.PlainDate; importedOn: Temporal.PlainDate },
): ImportedBilling {
  const { firstBillOn, importedOn, timing = "arrears" } = review;
  if (timing === "advance") return importedInAdvance(review);
  const anchorDay = anchorAt(review, firstBillOn);
  const cycleStart = periodContaining(firstBillOn.subtract({ days: 1 }), anchorDay).start;
  const isStub = isBefore(cycleStart, importedOn) && isBefore(importedOn, firstBillOn);
  return {
    anchorDay,
    activatedOn: importedOn,
    billedThroughOn: isStub ? importedOn : cycleStart,
    nextBillOn: firstBillOn,
    timing,
    firstPeriodEnd: firstBillOn,
  };
}

function importedInAdvance(
  review: ImportRules & { firstBillOn: Temporal.PlainDate; importedOn: Temporal.PlainDate },
): ImportedBilling {
  const start = review.firstBillOn.add({ days: review.leadDays ?? 0 });
  const anchorDay = anchorAt(review, start);
  return {
    anchorDay,
    activatedOn: review.importedOn,
    billedThroughOn: start,
    nextBillOn: review.firstBillOn,
    timing: "advance",
    firstPeriodEnd: nextBoundaryAfter(start, anchorDay),
  };
}

/** The billing day of a cycle with a boundary on this date. */
function anchorAt({ cycleDay, cycleAnchor }: ImportRules, boundary: Temporal.PlainDate): number {
  const isOnCycle = boundaryOf(boundary.year, boundary.month, cycleDay).equals(boundary);
  return isOnCycle && cycleAnchor !== "anniversary" ? cycleDay : boundary.day;
}

/** Why a first bill date cannot be used; null when it can. */
export function firstBillProblem(
  firstBillOn: Temporal.PlainDate,
  today: Temporal.PlainDate,
): "too_old" | "too_far" | null {
  if (isBefore(firstBillOn, today.subtract({ days: FIRST_BILL_DAYS_BACK_MAX }))) return "too_old";
  return isBefore(today.add({ days: FIRST_BILL_DAYS_AHEAD_MAX }), firstBillOn) ? "too_far" : null;
}
