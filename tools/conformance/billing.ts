import { z } from "zod";
import { boundariesAfter, localDate } from "@/shared/calendar/mod.ts";
import { multiplyRounded } from "@/shared/money/mod.ts";
import { decideCut } from "@/web/domain/cuts/mod.ts";
import { formatNumber } from "@/web/domain/billing/mod.ts";
import { runBill } from "./billing_bill.ts";
import { amount, date, instant, readCase, weekday, wholeNumber } from "./billing_fields.ts";
import { runLedger } from "./billing_ledger.ts";
import { runPlanChange, runSuspendedDays, runTerminate } from "./billing_changes.ts";
import { runPrepaid } from "./billing_prepaid.ts";
import {
  runConvenienceFee,
  runLateFee,
  runOutageCredit,
  runStatement,
  runTax,
  runWithholding,
} from "./billing_amounts.ts";
import type { Comparison, ConformanceCase, Suite } from "./types.ts";

const caseFile = z.object({
  schema: z.object({ defaults: z.record(z.string(), z.unknown()).default({}) }).loose(),
  cases: z.array(
    z.object({ id: z.string(), kind: z.string(), given: z.unknown(), expect: z.unknown() }).loose(),
  ),
});

/** The worked cases of the billing rules. */
export const billingSuite: Suite = {
  name: "billing",
  files: ["billing/cases.json"],
  split: ([file]) => {
    const { schema, cases } = caseFile.parse(file);
    const byKind = new Map<string, ConformanceCase[]>();
    for (const { id, kind, given, expect } of cases) {
      const content = { given, defaults: schema.defaults, expect };
      byKind.set(kind, [...(byKind.get(kind) ?? []), { id, content }]);
    }
    return byKind;
  },
  kinds: {
    period_bounds: runPeriodBounds,
    bill: runBill,
    dunning: runDunning,
    local_date: runLocalDate,
    rounding: runRounding,
    numbering: runNumbering,
    ledger: runLedger,
    prepaid: runPrepaid,
    plan_change: runPlanChange,
    terminate: runTerminate,
    suspended_days: runSuspendedDays,
    tax: runTax,
    withholding: runWithholding,
    late_fee: runLateFee,
    outage_credit: runOutageCredit,
    convenience_fee: runConvenienceFee,
    soa: runStatement,
  },
};

const periodBounds = z.object({ anchor_day: z.int(), start: date, count: z.int() });

function runPeriodBounds(content: unknown): Comparison {
  const { given: { anchor_day, start, count }, expect } = readCase(periodBounds, content);
  return { expected: expect, got: { boundaries: boundariesAfter(start, anchor_day, count) } };
}

const dunning = z.object({
  due_date: date,
  grace_days: z.int(),
  balance: amount,
  min_balance: amount.default(amount.parse(100)),
  run_time: z.string().default("09:00"),
  now_utc: instant,
  timezone: z.string(),
  blackout_weekdays: z.array(weekday).default([]),
  blackout_dates: z.array(date).default([]),
  hold_until: date.nullish(),
  exempt: z.boolean().default(false),
});

function runDunning(content: unknown): Comparison {
  const { given: input, expect } = readCase(dunning, content);
  const decision = decideCut({
    dueOn: input.due_date,
    graceDays: input.grace_days,
    balanceCentavos: input.balance,
    minBalanceCentavos: input.min_balance,
    runTime: Temporal.PlainTime.from(input.run_time),
    now: input.now_utc,
    timeZone: input.timezone,
    blackout: { weekdays: input.blackout_weekdays, dates: input.blackout_dates },
    holdUntil: input.hold_until ?? null,
    isExempt: input.exempt,
  });
  const got = {
    local_date: decision.localDate,
    overdue: decision.isOverdue,
    disconnect_on: decision.disconnectOn,
    eligible: decision.isEligible,
  };
  return { expected: expect, got };
}

const localDateGiven = z.object({ utc: instant, timezone: z.string() });

function runLocalDate(content: unknown): Comparison {
  const { given: { utc, timezone }, expect } = readCase(localDateGiven, content);
  return { expected: expect, got: { local_date: localDate(utc, timezone) } };
}

const rounding = z.object({ amount, num: wholeNumber, den: wholeNumber });

function runRounding(content: unknown): Comparison {
  const { given: input, expect } = readCase(rounding, content);
  return { expected: expect, got: { result: multiplyRounded(input.amount, input.num, input.den) } };
}

const numbering = z.object({
  prefix: z.string(),
  pad: z.int(),
  ops: z.array(z.tuple([z.enum(["draft", "issue", "issue_rollback", "void"]), z.string()])),
});

function runNumbering(content: unknown): Comparison {
  const { given: { prefix, pad, ops }, expect } = readCase(numbering, content);
  const numbers = new Map<string, string>();
  const voided: string[] = [];
  for (const [op, id] of ops) {
    const before = new Map(numbers);
    if (op.startsWith("issue") && !numbers.has(id)) {
      numbers.set(id, formatNumber(prefix, pad, numbers.size + 1));
    }
    // The number goes back with the transaction that took it: the next bill gets it.
    if (op === "issue_rollback" && !before.has(id)) numbers.delete(id);
    if (op === "void") voided.push(id);
  }
  return { expected: expect, got: { numbers: Object.fromEntries(numbers), void: voided } };
}
