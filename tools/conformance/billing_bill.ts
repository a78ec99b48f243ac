import { z } from "zod";
import { planBills, type PlannedBill } from "@/web/domain/billing/mod.ts";
import { amount, date, readCase } from "./billing_fields.ts";
import type { Comparison } from "./types.ts";

const billGiven = z.object({
  timing: z.enum(["arrears", "advance"]).default("arrears"),
  anchor_day: z.int().optional(),
  price: amount,
  activation: date,
  through: date.optional(),
  /** The head of the file describes the default in words. */
  run_dates: z.union([z.array(date), z.string()]).optional(),
  terms_days: z.int(),
  min_notice_days: z.int(),
  lead_days: z.int(),
  first_bill: z.enum(["prorate", "full", "free", "stub_plus_full", "merge_stub_lt"]),
  merge_stub_lt_days: z.int(),
  proration: z.enum(["actual", "days30"]),
});

type BillGiven = z.output<typeof billGiven>;

const billExpect = z.object({ invoices: z.array(z.record(z.string(), z.unknown())) });

/** Plays the runs one date after the other, moving the watermark as the bill run does. */
export function runBill(content: unknown): Comparison {
  const { given: input, expect } = readCase(billGiven, content);
  const { invoices } = billExpect.parse(expect);
  const bills: PlannedBill[] = [];
  for (const asOf of runDates(input)) bills.push(...plan(input, asOf, bills.at(-1)?.periodEnd ?? null));
  const got = bills.map((bill, i) => pick(describe(bill), Object.keys(invoices[i] ?? describe(bill))));
  return { expected: expect, got: { invoices: got } };
}

function runDates(input: BillGiven): Temporal.PlainDate[] {
  if (Array.isArray(input.run_dates)) return input.run_dates;
  if (input.through === undefined) throw new Error("Cannot run case: neither run_dates nor through is given");
  const days = input.activation.until(input.through, { largestUnit: "day" }).days;
  return Array.from({ length: days + 1 }, (_, i) => input.activation.add({ days: i }));
}

function plan(
  input: BillGiven,
  asOf: Temporal.PlainDate,
  billedThrough: Temporal.PlainDate | null,
): PlannedBill[] {
  return planBills({
    planName: "Plan",
    timing: input.timing,
    anchorDay: input.anchor_day ?? input.activation.day,
    priceCentavos: input.price,
    activatedOn: input.activation,
    billedThrough,
    asOf,
    termsDays: input.terms_days,
    minNoticeDays: input.min_notice_days,
    leadDays: input.lead_days,
    firstBill: input.first_bill,
    mergeStubLtDays: input.merge_stub_lt_days,
    proration: input.proration,
  });
}

function describe(bill: PlannedBill): Record<string, unknown> {
  const [only] = bill.lines;
  return {
    period_start: bill.periodStart,
    period_end: bill.periodEnd,
    days: bill.lines.reduce((days, line) => days + line.days, 0),
    period_days: bill.lines.length === 1 ? only?.periodDays : null,
    total: bill.totalCentavos,
    issue_date: bill.issuedOn,
    due_date: bill.dueOn,
    lines: bill.lines.map((line) => ({
      period_start: line.periodStart,
      period_end: line.periodEnd,
      amount: line.amountCentavos,
    })),
  };
}

/** Only some cases spell out the lines. */
function pick(from: Record<string, unknown>, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(keys.filter((key) => key in from).map((key) => [key, from[key]]));
}
