import { earlier, isBefore, later } from "@/shared/calendar/mod.ts";
import { coded, periodValue } from "@/shared/codes/mod.ts";
import { type Centavos, centavos, multiplyRounded, ZERO } from "@/shared/money/mod.ts";
import type { PlannedBillLine } from "./types.ts";

/** Days [start, end) on which the service was off; without an end it is still off. */
export interface DayRange {
  /** The day on which it went off. */
  start: Temporal.PlainDate;
  /** The day on which it came back: that one is served. */
  end: Temporal.PlainDate | null;
}

/** Brings ranges into order and joins those that touch: several reasons for one day are one day. */
export function mergeRanges(ranges: readonly DayRange[]): DayRange[] {
  const merged: DayRange[] = [];
  for (const range of [...ranges].sort((a, b) => Temporal.PlainDate.compare(a.start, b.start))) {
    const last = merged.at(-1);
    if (last === undefined || (last.end !== null && isBefore(last.end, range.start))) {
      merged.push({ ...range });
    } else last.end = last.end === null || range.end === null ? null : later(last.end, range.end);
  }
  return merged;
}

/** How many days of [start, end) were suspended. The ranges are apart from each other ({@link mergeRanges}). */
export function suspendedDays(
  ranges: readonly DayRange[],
  start: Temporal.PlainDate,
  end: Temporal.PlainDate,
): number {
  let days = 0;
  for (const range of ranges) {
    const from = later(range.start, start);
    const to = range.end === null || isBefore(end, range.end) ? end : range.end;
    if (isBefore(from, to)) days += from.until(to, { largestUnit: "day" }).days;
  }
  return days;
}

/** The range that a date lies in. */
export function rangeAt(ranges: readonly DayRange[], date: Temporal.PlainDate): DayRange | null {
  return ranges.find((range) =>
    !isBefore(date, range.start) && (range.end === null || isBefore(date, range.end))
  ) ?? null;
}

/** A line that was billed in advance, with what later bills have taken off for it. */
export interface BilledLine {
  periodStart: Temporal.PlainDate;
  periodEnd: Temporal.PlainDate;
  amountCentavos: Centavos;
  /** Days before it were known when it was charged. */
  issuedOn: Temporal.PlainDate;
  /** Taken off by later bills, zero or more. */
  creditedCentavos: Centavos;
  /** That charges it. @default null */
  billId?: string | null;
  /** The plan changed inside, and the days from there on were settled by its price. @default none */
  rest?: SettledRest | undefined;
}

/** The rest of a billed period after a change of plan that was settled. */
export interface SettledRest {
  /** First day that the new price charges. */
  fromOn: Temporal.PlainDate;
  /** Of a whole period. */
  priceCentavos: Centavos;
  /** Of the whole period. */
  wholeDays: number;
}

/**
 * What a bill in advance takes off for days that were suspended after they had been billed (billing rule 13, `skip`).
 * Never more than `atMost`; the rest comes off the bill after it. Each line names the period that it corrects.
 */
export function creditSuspended(
  billed: readonly BilledLine[],
  suspended: readonly DayRange[],
  asOf: Temporal.PlainDate,
  atMost: Centavos,
): PlannedBillLine[] {
  const lines: PlannedBillLine[] = [];
  let left: bigint = atMost;
  for (const line of billed) {
    const { periodStart, periodEnd } = line;
    const known = earlier(asOf, periodEnd);
    const from = earlier(later(line.issuedOn, periodStart), periodEnd);
    const off = suspendedDays(suspended, from, known);
    const charged = from.until(periodEnd, { largestUnit: "day" }).days +
      daysOn(suspended, periodStart, from);
    if (off === 0 || charged === 0) continue;
    const owed = paidFor(line, suspended, { from, known, charged }) - line.creditedCentavos;
    const credit = owed < left ? owed : left;
    if (credit <= ZERO) continue;
    left -= credit;
    lines.push({
      kind: "recurring",
      description: coded("line_suspended_back", {
        suspended: off,
        period: periodValue(periodStart, periodEnd),
      }),
      periodStart,
      periodEnd,
      days: -off,
      periodDays: charged,
      amountCentavos: centavos(-credit),
      terms: null,
    });
  }
  return lines;
}

/** What the suspended days of a line have cost: before a change of plan by what was billed, after it by what was settled. */
function paidFor(
  { amountCentavos, rest }: BilledLine,
  suspended: readonly DayRange[],
  { from, known, charged }: { from: Temporal.PlainDate; known: Temporal.PlainDate; charged: number },
): bigint {
  const change = rest === undefined ? known : later(from, earlier(rest.fromOn, known));
  const before = multiplyRounded(
    amountCentavos,
    BigInt(suspendedDays(suspended, from, change)),
    BigInt(charged),
  );
  if (rest === undefined) return before;
  const after = BigInt(suspendedDays(suspended, change, known));
  return before + multiplyRounded(rest.priceCentavos, after, BigInt(rest.wholeDays));
}

/** Days of [start, end) with service. */
function daysOn(
  ranges: readonly DayRange[],
  start: Temporal.PlainDate,
  end: Temporal.PlainDate,
): number {
  if (!isBefore(start, end)) return 0;
  return start.until(end, { largestUnit: "day" }).days - suspendedDays(ranges, start, end);
}
