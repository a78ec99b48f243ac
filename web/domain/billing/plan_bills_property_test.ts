import assert from "node:assert/strict";
import { soaked } from "@/tests/support/soak.ts";
import fc from "fast-check";
import { centavos } from "@/shared/money/mod.ts";
import { nextBillOn, planBills, type PlanBillsInput, type PlannedBill } from "./mod.ts";

// Two years from a random day between 2023 and 2029 cross leap and common Februaries.
const anyRules = fc.record({
  planName: fc.constant("Fiber"),
  timing: fc.constantFrom("arrears" as const, "advance" as const),
  anchorDay: fc.integer({ min: 1, max: 31 }),
  priceCentavos: fc.integer({ min: 0, max: 1_000_000 }).map(centavos),
  activatedOn: fc.integer({ min: 0, max: 2200 }).map((days) =>
    Temporal.PlainDate.from("2023-01-01").add({ days })
  ),
  billedThrough: fc.constant(null),
  termsDays: fc.integer({ min: 0, max: 30 }),
  minNoticeDays: fc.integer({ min: 0, max: 10 }),
  leadDays: fc.integer({ min: 0, max: 15 }),
  firstBill: fc.constantFrom(
    "prorate" as const,
    "full" as const,
    "free" as const,
    "stub_plus_full" as const,
    "merge_stub_lt" as const,
  ),
  mergeStubLtDays: fc.integer({ min: 0, max: 28 }),
  proration: fc.constantFrom("actual" as const, "days30" as const),
});

type Rules = Omit<PlanBillsInput, "asOf">;

function planDayByDay(rules: Rules, days: number): PlannedBill[] {
  const bills: PlannedBill[] = [];
  for (let i = 0; i <= days; i++) {
    const asOf = rules.activatedOn.add({ days: i });
    bills.push(...planBills({ ...rules, billedThrough: bills.at(-1)?.periodEnd ?? null, asOf }));
  }
  return bills;
}

function substance(bill: PlannedBill): string {
  const lines = bill.lines.map((line) => `${line.periodStart}..${line.periodEnd}=${line.amountCentavos}`);
  return `${bill.periodStart}..${bill.periodEnd} ${bill.totalCentavos} ${lines.join(" ")}`;
}

Deno.test("planned periods tile the calendar without gap or overlap, for every anchor", () => {
  fc.assert(fc.property(anyRules, (rules) => {
    const bills = planBills({ ...rules, asOf: rules.activatedOn.add({ days: 730 }) });
    const lines = bills.flatMap((bill) => bill.lines);
    assert.ok(bills.length >= 22);
    for (const [i, line] of lines.entries()) {
      const next = lines[i + 1];
      if (next !== undefined) assert.ok(line.periodEnd.equals(next.periodStart));
      if (i > 0) assert.equal(line.amountCentavos, rules.priceCentavos, "only the first line may be a stub");
      assert.ok(line.amountCentavos <= rules.priceCentavos);
    }
    if (rules.firstBill !== "free") assert.ok(lines[0]?.periodStart.equals(rules.activatedOn));
  }));
});

Deno.test("planning day by day gives the same bills as planning once", () => {
  fc.assert(
    fc.property(anyRules, (rules) => {
      const once = planBills({ ...rules, asOf: rules.activatedOn.add({ days: 200 }) });
      const daily = planDayByDay(rules, 200);
      assert.deepEqual(daily.map(substance), once.map(substance));
    }),
    { numRuns: soaked(40, 4000) },
  );
});

Deno.test("a bill issued on its day is due after the terms, a late one after the notice at least", () => {
  fc.assert(
    fc.property(anyRules, (rules) => {
      for (const bill of planDayByDay(rules, 100)) {
        assert.ok(bill.dueOn.equals(bill.issuedOn.add({ days: rules.termsDays })));
      }
      const asOf = rules.activatedOn.add({ days: 100 });
      for (const bill of planBills({ ...rules, asOf })) {
        const least = asOf.add({ days: Math.min(rules.minNoticeDays, rules.termsDays) });
        assert.ok(Temporal.PlainDate.compare(bill.dueOn, least) >= 0);
      }
    }),
    { numRuns: soaked(40, 4000) },
  );
});

Deno.test("nextBillOn is the first day on which planBills returns a bill", () => {
  fc.assert(fc.property(anyRules, (rules) => {
    const on = nextBillOn(rules);
    assert.equal(planBills({ ...rules, asOf: on.subtract({ days: 1 }) }).length, 0);
    assert.ok(planBills({ ...rules, asOf: on }).length >= 1);
  }));
});
