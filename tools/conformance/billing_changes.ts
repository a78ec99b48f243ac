import { z } from "zod";
import { centavos } from "@/shared/money/mod.ts";
import {
  changePlanNow,
  chargePeriod,
  type DayRange,
  endService,
  planBills,
  type PlanBillsInput,
} from "@/web/domain/billing/mod.ts";
import { amount, date, readCase } from "./billing_fields.ts";
import type { Comparison } from "./types.ts";

const timing = z.enum(["arrears", "advance"]);
const planChange = z.object({
  timing,
  policy: z.enum(["next_cycle", "immediate"]).default("next_cycle"),
  period_start: date,
  period_end: date,
  old: amount,
  new: amount,
  change: date,
});

type PlanChangeGiven = z.output<typeof planChange>;

/** Lines in the order old, new. */
export function runPlanChange(content: unknown): Comparison {
  const { given, expect } = readCase(planChange, content);
  const isInside = Temporal.PlainDate.compare(given.period_start, given.change) <= 0 &&
    Temporal.PlainDate.compare(given.change, given.period_end) <= 0;
  if (!isInside) throw new Error("Cannot run case: the change is not in the period");
  return { expected: expect, got: given.policy === "immediate" ? changeNow(given) : changeNext(given) };
}

function changeNow(given: PlanChangeGiven): Record<string, unknown> {
  const effect = changePlanNow({
    timing: given.timing,
    period: { start: given.period_start, end: given.period_end },
    oldPriceCentavos: given.old,
    newPriceCentavos: given.new,
    on: given.change,
  });
  return {
    lines: [effect.oldCentavos, effect.newCentavos],
    net_now: effect.netNowCentavos,
    next_bill: effect.nextBillCentavos,
  };
}

/** Bills the period in which the change is asked for: it counts from the boundary that ends it. */
function changeNext(input: PlanChangeGiven): Record<string, unknown> {
  const rules: PlanBillsInput = {
    planName: "Old",
    timing: input.timing,
    anchorDay: anchorOf(input),
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
  return {
    lines: bill?.lines.map((line) => line.amountCentavos),
    // Nothing is asked for and nothing is given back on the day of the change.
    net_now: centavos(0),
    next_bill: nextBill?.totalCentavos,
  };
}

/** The billing day of a whole period: the later one, since a short month has moved the earlier. */
function anchorOf(period: { period_start: Temporal.PlainDate; period_end: Temporal.PlainDate }): number {
  return Math.max(period.period_start.day, period.period_end.day);
}

const terminate = z.object({
  price: amount,
  timing,
  period_start: date,
  period_end: date,
  last_day: date,
  on_terminate: z.enum(["credit", "no_credit", "none", "forfeit"]).default("credit"),
  proration: z.enum(["actual", "days30"]).default("actual"),
  lockin_end: date.nullish(),
  lockin_fee: z.strictObject({ kind: z.enum(["flat", "per_month"]), amount }).nullish(),
});

/** The end of a service, with what the lock-in costs. */
export function runTerminate(content: unknown): Comparison {
  const { given, expect } = readCase(terminate, content);
  const { lockin_end: end, lockin_fee: fee } = given;
  const effect = endService({
    timing: given.timing,
    priceCentavos: given.price,
    period: { start: given.period_start, end: given.period_end },
    lastDay: given.last_day,
    onTerminate: given.on_terminate === "credit" ? "credit" : "no_credit",
    proration: given.proration,
    lockIn: end && fee
      ? { end, fee: { kind: fee.kind, amountCentavos: fee.amount }, anchorDay: anchorOf(given) }
      : null,
  });
  const got = {
    final_charge: effect.finalChargeCentavos,
    credit: effect.creditCentavos,
    pretermination: effect.preterminationCentavos,
  };
  return { expected: expect, got };
}

const suspendedDaysGiven = z.object({
  price: amount,
  period_days: z.int(),
  suspended_days: z.int().min(0),
  policy: z.enum(["skip", "charge"]),
});

/** A month of as many days, with its first days suspended. */
export function runSuspendedDays(content: unknown): Comparison {
  const { given: input, expect } = readCase(suspendedDaysGiven, content);
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
