import { nextBoundaryAfter, periodContaining } from "@/shared/calendar/mod.ts";
import { sum } from "@/shared/money/mod.ts";
import { chargePeriod, daysBetween } from "./charge_period.ts";
import type { PlanBillsInput, PlannedBill, PlannedBillLine } from "./types.ts";

/**
 * The bills that a run on `asOf` has to issue for one subscription: every period that has come due since the
 * watermark, each as its own bill, oldest first (billing rules 2 to 5). Planning day by day and planning once after
 * a month of downtime give the same periods and amounts; only the dates of issue and the due dates differ. Running
 * twice is harmless, because the caller moves the watermark to the last `periodEnd`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { centavos } from "@/shared/money/mod.ts";
 * import { planBills } from "@/web/domain/billing/mod.ts";
 * const [bill] = planBills({
 *   planName: "Fiber 50",
 *   timing: "arrears",
 *   anchorDay: 1,
 *   priceCentavos: centavos(100000),
 *   activatedOn: Temporal.PlainDate.from("2026-01-10"),
 *   billedThrough: null,
 *   asOf: Temporal.PlainDate.from("2026-02-01"),
 *   termsDays: 7,
 * });
 * assert.equal(bill?.totalCentavos, 70968n);
 * assert.equal(bill?.lines[0]?.description, "Fiber 50, 10–31 Jan 2026 (22 of 31 days)");
 * ```
 */
export function planBills(input: PlanBillsInput): PlannedBill[] {
  const bills: PlannedBill[] = [];
  if (isBefore(input.asOf, input.activatedOn)) return bills;
  let from = firstUnbilled(input);
  while (true) {
    const span = nextSpan(input, from);
    const natural = naturalDate(input, span);
    if (isBefore(input.asOf, natural)) return bills;
    bills.push(billFor(input, span, natural));
    from = span.end;
  }
}

/** The first date on which {@link planBills} will return a bill, as things stand. */
export function nextBillOn(input: Omit<PlanBillsInput, "asOf">): Temporal.PlainDate {
  return naturalDate(input, nextSpan(input, firstUnbilled(input)));
}

/** What one bill covers: one period, or a stub together with the period after it. */
interface Span {
  start: Temporal.PlainDate;
  end: Temporal.PlainDate;
  /** Where the second line begins, for a bill of two lines. */
  splitAt: Temporal.PlainDate | null;
  isFirstStub: boolean;
}

type Rules = Omit<PlanBillsInput, "asOf">;

function firstUnbilled(input: Rules): Temporal.PlainDate {
  const from = input.billedThrough ?? input.activatedOn;
  const isFree = input.firstBill === "free" && isFirstStubAt(input, from);
  return isFree ? nextBoundaryAfter(from, input.anchorDay) : from;
}

function nextSpan(input: Rules, start: Temporal.PlainDate): Span {
  const end = nextBoundaryAfter(start, input.anchorDay);
  const isFirstStub = isFirstStubAt(input, start);
  if (isFirstStub && isJoinedWithNext(input, daysBetween(start, end))) {
    return { start, end: nextBoundaryAfter(end, input.anchorDay), splitAt: end, isFirstStub };
  }
  return { start, end, splitAt: null, isFirstStub };
}

/** A stub after the first bill (the anchor was changed) is always prorated: the first-bill policy is not for it. */
function isFirstStubAt(input: Rules, start: Temporal.PlainDate): boolean {
  const isFirst = input.billedThrough === null && start.equals(input.activatedOn);
  return isFirst && !periodContaining(start, input.anchorDay).start.equals(start);
}

function isJoinedWithNext(input: Rules, stubDays: number): boolean {
  const { firstBill = "prorate", mergeStubLtDays = 0 } = input;
  if (input.timing === "advance") return firstBill === "stub_plus_full";
  return (firstBill === "prorate" || firstBill === "merge_stub_lt") && stubDays < mergeStubLtDays;
}

/** When the bill is issued if no run was missed. */
function naturalDate(input: Rules, span: Span): Temporal.PlainDate {
  if (input.timing === "arrears") return span.end;
  const led = span.start.subtract({ days: input.leadDays ?? 0 });
  // Nothing is asked for before the service exists, and a bill at activation is not a late one.
  return isBefore(led, input.activatedOn) ? input.activatedOn : led;
}

function billFor(input: PlanBillsInput, span: Span, natural: Temporal.PlainDate): PlannedBill {
  const lines = linesFor(input, span);
  return {
    periodStart: span.start,
    periodEnd: span.end,
    lines,
    totalCentavos: sum(lines.map((line) => line.amountCentavos)),
    issuedOn: input.asOf,
    dueOn: dueDate(input, natural),
  };
}

function linesFor(input: PlanBillsInput, span: Span): PlannedBillLine[] {
  const cuts = [span.start, ...(span.splitAt === null ? [] : [span.splitAt]), span.end];
  return cuts.slice(1).map((periodEnd, i) =>
    chargePeriod({
      planName: input.planName,
      priceCentavos: input.priceCentavos,
      anchorDay: input.anchorDay,
      proration: input.proration ?? "actual",
      periodStart: cuts[i] ?? span.start,
      periodEnd,
      isChargedInFull: input.firstBill === "full" && span.isFirstStub,
    })
  );
}

/** A late run still leaves the subscriber the notice that the tenant promises (billing rule 5). */
function dueDate(input: PlanBillsInput, natural: Temporal.PlainDate): Temporal.PlainDate {
  const due = natural.add({ days: input.termsDays });
  if (!isBefore(natural, input.asOf)) return due;
  const noticed = input.asOf.add({ days: input.minNoticeDays ?? 3 });
  return isBefore(due, noticed) ? noticed : due;
}

function isBefore(a: Temporal.PlainDate, b: Temporal.PlainDate): boolean {
  return Temporal.PlainDate.compare(a, b) < 0;
}
