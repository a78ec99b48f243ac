import { z } from "zod";
import { centavos } from "@/shared/money/mod.ts";
import { chargePeriod, type DayRange, planBills, type PlanBillsInput } from "@/web/domain/billing/mod.ts";
import { amount, caseContent, date } from "./billing_fields.ts";
import type { Comparison } from "./types.ts";

const planChange = z.object({
  timing: z.enum(["arrears", "advance"]),
  policy: z.literal("next_cycle").default("next_cycle"),
  period_start: date,
  period_end: date,
  old: amount,
  new: amount,
  change: date,
});

/** Bills the period in which the change is asked for: it counts from the boundary that ends it. */
export function runPlanChange(content: unknown): Comparison {
  const { given, expect } = caseContent.parse(content);
  const input = planChange.parse(given);
  const rules: PlanBillsInput = {
    planName: "Old",
    timing: input.timing,
    anchorDay: input.period_start.day,
    priceCentavos: input.old,
    activatedOn: input.period_start,
    billedThrough: null,
    asOf: input.timing === "arrears" ? input.period_end : input.period_start,
    termsDays: 7,
    changes: [{ on: input.period_end, planName: "New", priceCentavos: input.new }],
  };
  const [bill] = planBills(rules);
  const nextBill = input.timing === "arrears" ? bill : planBills({
    ...rules,
    billedThrough: input.period_end,
    asOf: input.period_end,
  })[0];
  const got = {
    lines: bill?.lines.map((line) => line.amountCentavos),
    // Nothing is asked for and nothing is given back on the day of the change.
    net_now: centavos(0),
    next_bill: nextBill?.totalCentavos,
  };
  return { expected: expect, got };
}

const suspendedDaysGiven = z.object({
  price: amount,
  period_days: z.int(),
  suspended_days: z.int(),
  policy: z.enum(["skip", "charge"]),
});

/** A month of as many days, with its first days suspended. */
export function runSuspendedDays(content: unknown): Comparison {
  const { given, expect } = caseContent.parse(content);
  const input = suspendedDaysGiven.parse(given);
  const start = monthOf(input.period_days);
  const suspended: DayRange[] = [{ start, end: start.add({ days: input.suspended_days }) }];
  const line = chargePeriod({
    planName: "Plan",
    priceCentavos: input.price,
    anchorDay: 1,
    proration: "actual",
    periodStart: start,
    periodEnd: start.add({ months: 1 }),
    suspended: input.policy === "skip" && input.suspended_days > 0 ? suspended : [],
  });
  return { expected: expect, got: { charge: line.amountCentavos } };
}

/** The first of a month with this many days. */
function monthOf(days: number): Temporal.PlainDate {
  const months = ["2026-01-01", "2026-02-01", "2028-02-01", "2026-04-01"].map((text) =>
    Temporal.PlainDate.from(text)
  );
  const found = months.find((first) => first.daysInMonth === days);
  if (found === undefined) throw new Error(`Cannot run case: no month has ${days} days`);
  return found;
}
