import assert from "node:assert/strict";
import fc from "fast-check";
import { soaked } from "@/tests/support/soak.ts";
import { billingSuite } from "./billing.ts";
import {
  boundaryAfter,
  dayNumber,
  isBoundary,
  isoDay,
  naiveConvenienceFee,
  naiveLateFee,
  naivePlanChange,
  naivePrepaid,
  naiveTerminate,
  round,
} from "./billing_naive.ts";
import { firstDifference } from "./difference.ts";

/*
 * Random cases of every kind, in the form of the file, judged by a second implementation that counts days.
 */

type Given = object;

/** What the suite says to a case: null, or the first difference. */
function judge(kind: string, given: Given, expect: Given): string | null {
  const cases = billingSuite.split([{ schema: {}, cases: [{ id: "J", kind, given, expect }] }]).get(kind);
  const compared = billingSuite.kinds[kind]?.(cases?.[0]?.content);
  if (compared === undefined || compared instanceof Promise) {
    throw new Error(`Cannot judge ${kind} at once`);
  }
  return firstDifference(compared.expected, compared.got);
}

function agree<T extends object>(kind: string, anyGiven: fc.Arbitrary<T>, expect: (given: T) => Given): void {
  fc.assert(
    fc.property(anyGiven, (given) => {
      assert.equal(judge(kind, { ...given }, expect(given)), null);
      const [field, value] = Object.entries(expect(given)).at(-1) ?? [];
      const off = typeof value === "number"
        ? value + 1
        : { ...value as Given | undefined, "2000-01-01": true };
      assert.notEqual(
        judge(kind, { ...given }, { ...expect(given), [field ?? ""]: off }),
        null,
        "told apart",
      );
    }),
    { numRuns: soaked(60, 20_000) },
  );
}

const FIRST = dayNumber("2026-01-01");
const anyDay = fc.integer({ min: 0, max: 2000 }).map((days) => FIRST + days);
const anyPrice = fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 500_000 }));
const timing = fc.constantFrom("arrears" as const, "advance" as const);

/** A whole period of any anchor around any day, and a day in it. */
const anyPeriod = fc.tuple(anyDay, fc.integer({ min: 1, max: 31 }), fc.nat()).map(([day, anchor, at]) => {
  let start = day;
  while (!isBoundary(start, anchor)) start--;
  const end = boundaryAfter(start, anchor);
  return { anchor, start, end, inside: start + at % (end - start) };
});

Deno.test("prepaid: every unit, lapse and renewal, lived through day by day", () => {
  const anyPayments = fc.array(
    fc.tuple(
      fc.integer({ min: 0, max: 50 }),
      fc.integer({ min: 0, max: 35 }),
      fc.integer({ min: 0, max: 3 }),
    ),
    { minLength: 1, maxLength: 6 },
  );
  const anyCase = fc.record({
    unit: fc.constantFrom("days" as const, "months" as const),
    count: fc.constantFrom(1, 3, 7, 15, 30),
    price: fc.integer({ min: 10, max: 50_000 }),
    lapse: fc.constantFrom("restart" as const, "backdate" as const),
    auto_renew: fc.boolean(),
    payments: anyPayments,
    first: anyDay,
    more: fc.integer({ min: 0, max: 100 }),
  }).map(({ payments, first, more, ...rest }) => {
    let day = first;
    const listed = payments.map(([after, tenths, qty]) => {
      day += after;
      return { date: isoDay(day), amount: Math.floor(rest.price * tenths / 10), qty };
    });
    return {
      ...rest,
      payments: listed,
      as_of: isoDay(day + more),
      check: [0, 1, 29, 30, 31, 59, 60].map((n) => isoDay(first + n)),
    };
  });
  agree("prepaid", anyCase, naivePrepaid);
});

Deno.test("plan_change: every period, timing and policy", () => {
  const anyCase = fc.record({
    period: anyPeriod,
    timing,
    policy: fc.constantFrom("immediate" as const, "next_cycle" as const),
    old: anyPrice,
    new: anyPrice,
  }).map(({ period, ...rest }) => ({
    ...rest,
    period_start: isoDay(period.start),
    period_end: isoDay(period.end),
    change: isoDay(period.inside),
  }));
  agree("plan_change", anyCase, naivePlanChange);
});

Deno.test("terminate: every period, timing, policy and lock-in", () => {
  const anyCase = fc.record({
    period: anyPeriod,
    timing,
    price: anyPrice,
    on_terminate: fc.constantFrom("credit" as const, "no_credit" as const),
    left: fc.integer({ min: -60, max: 800 }),
    lockin_fee: fc.record({ kind: fc.constantFrom("flat" as const, "per_month" as const), amount: anyPrice }),
  });
  fc.assert(
    fc.property(anyCase, ({ period, left, ...rest }) => {
      const given = {
        ...rest,
        period_start: isoDay(period.start),
        period_end: isoDay(period.end),
        last_day: isoDay(period.inside),
        lockin_end: isoDay(period.inside + left),
      };
      // The file names no billing day; that of a whole period is the later of its two ends.
      const anchor = Math.max(Number(given.period_start.slice(8)), Number(given.period_end.slice(8)));
      assert.equal(judge("terminate", given, naiveTerminate(given, anchor)), null);
    }),
    { numRuns: soaked(60, 20_000) },
  );
});

Deno.test("late_fee: every fee, before and after the day, paid early, late and not at all", () => {
  const anyCase = fc.record({
    principal: fc.integer({ min: 1, max: 500_000 }),
    due: anyDay,
    late_after_days: fc.integer({ min: 0, max: 10 }),
    already_charged: fc.boolean(),
    fee: fc.record({
      kind: fc.constantFrom("flat" as const, "percent_bp" as const),
      value: fc.integer({ min: 0, max: 10_000 }),
    }),
    after: fc.integer({ min: -2, max: 20 }),
    received: fc.option(fc.integer({ min: -5, max: 20 })),
  }).map(({ due, after, received, ...rest }) => ({
    ...rest,
    due_date: isoDay(due),
    as_of: isoDay(due + after),
    ...(received !== null && { received_on: isoDay(due + received) }),
  }));
  agree("late_fee", anyCase, naiveLateFee);
});

Deno.test("tax and withholding: every mode and rate", () => {
  const rate = fc.integer({ min: 0, max: 3000 });
  const anyTax = fc.record({
    mode: fc.constantFrom("non_vat" as const, "vat_inclusive" as const, "vat_exclusive" as const),
    lines: fc.array(fc.integer({ min: -50_000, max: 500_000 }), { maxLength: 5 }),
    vat_rate_bp: rate,
  });
  agree("tax", anyTax, ({ mode, lines, vat_rate_bp }) => {
    const asked = BigInt(lines.reduce((all, line) => all + line, 0));
    const inside = round(asked * 10_000n, BigInt(10_000 + vat_rate_bp));
    const onTop = round(asked * BigInt(vat_rate_bp), 10_000n);
    if (mode === "non_vat") return { vatable: 0, vat: 0, total: Number(asked) };
    if (mode === "vat_inclusive") {
      return { vatable: inside, vat: Number(asked) - inside, total: Number(asked) };
    }
    return { vatable: Number(asked), vat: onTop, total: Number(asked) + onTop };
  });
  const anyBill = fc.record({
    gross: fc.integer({ min: 0, max: 5_000_000 }),
    vat: fc.constantFrom("inclusive" as const, "exclusive" as const, "none" as const),
    rate_bp: rate,
    vat_rate_bp: rate,
  });
  agree("withholding", anyBill, ({ gross, vat, rate_bp, vat_rate_bp }) => {
    const base = vat === "inclusive" ? round(BigInt(gross) * 10_000n, BigInt(10_000 + vat_rate_bp)) : gross;
    const total = vat === "exclusive" ? gross + round(BigInt(gross) * BigInt(vat_rate_bp), 10_000n) : gross;
    const withheld = round(BigInt(base) * BigInt(rate_bp), 10_000n);
    return { base, withheld, cash_due: total - withheld };
  });
});

Deno.test("outage_credit: minute by minute of the period", () => {
  const anyCase = fc.integer({ min: 1, max: 31 }).chain((period_days) =>
    fc.record({
      price: anyPrice,
      period_days: fc.constant(period_days),
      outages: fc.array(
        fc.record({ minutes: fc.integer({ min: 0, max: period_days * 480 }), excluded: fc.boolean() }),
        { maxLength: 3 },
      ),
      outage_threshold_minutes: fc.constantFrom(60, 1440),
    })
  );
  agree("outage_credit", anyCase, (given) => {
    let out = 0;
    for (const { minutes, excluded } of given.outages) if (!excluded) out += minutes;
    const share = round(BigInt(given.price) * BigInt(out), BigInt(given.period_days * 1440));
    return { credit: out < given.outage_threshold_minutes ? 0 : share };
  });
});

Deno.test("convenience_fee, soa and suspended_days: against plain sums", () => {
  const anyFee = fc.record({
    base: fc.integer({ min: 1, max: 5_000_000 }),
    rate_bp: fc.integer({ min: 0, max: 5000 }),
    fixed: fc.integer({ min: 0, max: 5000 }),
  });
  agree("convenience_fee", anyFee, naiveConvenienceFee);
  const amounts = fc.array(fc.integer({ min: 0, max: 500_000 }), { maxLength: 5 });
  const anyAccount = fc.record({
    opening: fc.integer({ min: -500_000, max: 500_000 }),
    charges: amounts,
    payments: amounts,
    credits: amounts,
  });
  agree("soa", anyAccount, ({ opening, charges, payments, credits }) => {
    let closing = opening;
    for (const amount of charges) closing += amount;
    for (const amount of [...payments, ...credits]) closing -= amount;
    return { closing, amount_due: Math.max(closing, 0), credit_balance: closing < 0 ? -closing : 0 };
  });
  const anyMonth = fc.integer({ min: 28, max: 31 }).chain((period_days) =>
    fc.record({
      price: anyPrice,
      period_days: fc.constant(period_days),
      suspended_days: fc.integer({ min: 0, max: period_days }),
      policy: fc.constantFrom("skip" as const, "charge" as const),
    })
  );
  agree("suspended_days", anyMonth, ({ price, period_days, suspended_days, policy }) => {
    const days = policy === "skip" ? period_days - suspended_days : period_days;
    return { charge: round(BigInt(price) * BigInt(days), BigInt(period_days)) };
  });
});
