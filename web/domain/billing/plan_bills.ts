import { isBefore, nextBoundaryAfter, periodContaining } from "@/shared/calendar/mod.ts";
import { sum } from "@/shared/money/mod.ts";
import { chargePeriod, daysBetween } from "./charge_period.ts";
import { dueDate } from "./due_date.ts";
import { rangeAt } from "./suspended_days.ts";
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
 * assert.equal(bill?.lines[0]?.description.code, "line_part"); // Fiber 50, 10–31 Jan 2026 (22 of 31 days)
 * ```
 */
export function planBills(input: PlanBillsInput): PlannedBill[] {
  const bills: PlannedBill[] = [];
  if (isBefore(input.asOf, input.activatedOn)) return bills;
  let from = firstUnbilled(input);
  while (input.endsOn === undefined || isBefore(from, input.endsOn)) {
    const span = nextSpan(input, from);
    const natural = naturalDate(input, span);
    if (natural === null || isBefore(input.asOf, natural)) return bills;
    bills.push(billFor(input, span, natural));
    from = span.end;
  }
  return bills;
}

/**
 * The first date on which {@link planBills} will return a bill, as things stand. Null while the service is off under
 * the policy `skip` and is billed in advance: nobody knows when it comes back.
 */
export function nextBillOn(
  input: Omit<PlanBillsInput, "asOf"> & { suspended: PlanBillsInput["suspended"] },
): Temporal.PlainDate | null;
/** While the service is on there is always a date. */
export function nextBillOn(input: Omit<PlanBillsInput, "asOf" | "suspended">): Temporal.PlainDate;
export function nextBillOn(input: Omit<PlanBillsInput, "asOf">): Temporal.PlainDate | null {
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
  const span = wholeSpan(input, start);
  const { endsOn } = input;
  if (endsOn === undefined || !isBefore(start, endsOn) || !isBefore(endsOn, span.end)) return span;
  // A stub that the service does not outlive is not charged in full.
  const splitAt = span.splitAt !== null && isBefore(span.splitAt, endsOn) ? span.splitAt : null;
  return { start, end: endsOn, splitAt, isFirstStub: false };
}

function wholeSpan(input: Rules, start: Temporal.PlainDate): Span {
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

/** When the bill is issued if no run was missed; null while that is not known. */
function naturalDate(input: Rules, span: Span): Temporal.PlainDate | null {
  if (input.timing === "arrears") return span.end;
  const led = span.start.subtract({ days: input.leadDays ?? 0 });
  // Nothing is asked for before the service exists, and a bill at activation is not a late one.
  const natural = isBefore(led, input.activatedOn) ? input.activatedOn : led;
  // Nor while it is off and its days do not count: the bill waits until it is on again.
  const suspended = input.suspended ?? [];
  if (suspended.at(-1)?.end === null) return null;
  return rangeAt(suspended, natural)?.end ?? natural;
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
    ...(lines.every((line) => line.days === 0) && { isWithheld: true }),
  };
}

function linesFor(input: PlanBillsInput, span: Span): PlannedBillLine[] {
  const cuts = cutsOf(input, span);
  return cuts.slice(1).map((periodEnd, i) => {
    const periodStart = cuts[i] ?? span.start;
    return chargePeriod({
      ...planOn(input, periodStart),
      anchorDay: input.anchorDay,
      proration: input.proration ?? "actual",
      periodStart,
      periodEnd,
      isChargedInFull: input.firstBill === "full" && span.isFirstStub && cuts.length === 2,
      suspended: input.suspended ?? [],
    });
  });
}

/** Where the lines of a bill begin and end. */
function cutsOf({ changes = [] }: Rules, span: Span): Temporal.PlainDate[] {
  const inner = span.splitAt === null ? [] : [span.splitAt];
  for (const { on } of changes) {
    const isInside = isBefore(span.start, on) && isBefore(on, span.end);
    if (isInside && !inner.some((cut) => cut.equals(on))) inner.push(on);
  }
  return [span.start, ...inner.sort(Temporal.PlainDate.compare), span.end];
}

function planOn(input: Rules, date: Temporal.PlainDate): Pick<Rules, "planName" | "priceCentavos" | "own"> {
  const { planName, priceCentavos, own } = (input.changes ?? []).findLast(({ on }) => !isBefore(date, on)) ??
    input;
  return { planName, priceCentavos, ...(own && { own }) };
}
