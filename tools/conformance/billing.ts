import { z } from "zod";
import { boundariesAfter, localDate } from "@/shared/calendar/mod.ts";
import { multiplyRounded } from "@/shared/money/mod.ts";
import { decideCut } from "@/web/domain/cuts/mod.ts";
import { formatNumber } from "@/web/domain/billing/mod.ts";
import { runBill } from "./billing_bill.ts";
import { amount, caseContent, date, instant, weekday, wholeNumber } from "./billing_fields.ts";
import { runLedger } from "./billing_ledger.ts";
import { runPlanChange, runSuspendedDays } from "./billing_changes.ts";
import type { Comparison, ConformanceCase, Suite } from "./types.ts";

const caseFile = z.object({
  schema: z.object({ defaults: z.record(z.string(), z.unknown()).default({}) }).loose(),
  cases: z.array(caseContent.extend({ id: z.string(), kind: z.string() }).loose()),
});

/** The worked cases of the billing rules. */
export const billingSuite: Suite = {
  name: "billing",
  files: ["billing/cases.json"],
  split: ([file]) => {
    const { schema, cases } = caseFile.parse(file);
    const byKind = new Map<string, ConformanceCase[]>();
    for (const { id, kind, given, expect } of cases) {
      const content = { given: { ...schema.defaults, ...given }, expect };
      const built = kindOf(kind, given);
      byKind.set(built, [...(byKind.get(built) ?? []), { id, content }]);
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
    prepaid: null,
    "plan_change/next_cycle": runPlanChange,
    "plan_change/immediate": null,
    terminate: null,
    suspended_days: runSuspendedDays,
    tax: null,
    withholding: null,
    late_fee: null,
    outage_credit: null,
    convenience_fee: null,
    soa: null,
  },
};

/** Plan changes come in two policies, of which one may be built without the other. */
function kindOf(kind: string, given: Record<string, unknown>): string {
  return kind === "plan_change" ? `${kind}/${given.policy ?? "next_cycle"}` : kind;
}

const periodBounds = z.object({ anchor_day: z.int(), start: date, count: z.int() });

function runPeriodBounds(content: unknown): Comparison {
  const { given, expect } = caseContent.parse(content);
  const { anchor_day, start, count } = periodBounds.parse(given);
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
  const { given, expect } = caseContent.parse(content);
  const input = dunning.parse(given);
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
  const { given, expect } = caseContent.parse(content);
  const { utc, timezone } = localDateGiven.parse(given);
  return { expected: expect, got: { local_date: localDate(utc, timezone) } };
}

const rounding = z.object({ amount, num: wholeNumber, den: wholeNumber });

function runRounding(content: unknown): Comparison {
  const { given, expect } = caseContent.parse(content);
  const input = rounding.parse(given);
  return { expected: expect, got: { result: multiplyRounded(input.amount, input.num, input.den) } };
}

const numbering = z.object({
  prefix: z.string(),
  pad: z.int(),
  ops: z.array(z.tuple([z.enum(["draft", "issue", "void"]), z.string()])),
});

function runNumbering(content: unknown): Comparison {
  const { given, expect } = caseContent.parse(content);
  const { prefix, pad, ops } = numbering.parse(given);
  const numbers = new Map<string, string>();
  const voided: string[] = [];
  for (const [op, id] of ops) {
    if (op === "issue" && !numbers.has(id)) numbers.set(id, formatNumber(prefix, pad, numbers.size + 1));
    if (op === "void") voided.push(id);
  }
  return { expected: expect, got: { numbers: Object.fromEntries(numbers), void: voided } };
}
