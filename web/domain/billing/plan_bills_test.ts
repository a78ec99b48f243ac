import { coded } from "@/shared/codes/mod.ts";
import assert from "node:assert/strict";
import { centavos } from "@/shared/money/mod.ts";
import { nextBillOn, planBills, type PlanBillsInput, type PlannedBill } from "./mod.ts";

const day = Temporal.PlainDate.from;

const BASE: PlanBillsInput = {
  planName: "Fiber 50",
  timing: "arrears",
  anchorDay: 1,
  priceCentavos: centavos(100000),
  activatedOn: day("2026-01-10"),
  billedThrough: null,
  asOf: day("2026-02-01"),
  termsDays: 7,
};

/** period start, period end, total, issued, due */
function brief(bill: PlannedBill): string {
  return [bill.periodStart, bill.periodEnd, bill.totalCentavos, bill.issuedOn, bill.dueOn].join(" ");
}

function plan(changes: Partial<PlanBillsInput>): string[] {
  return planBills({ ...BASE, ...changes }).map(brief);
}

Deno.test("planBills prorates the first stub by the days of the whole period", () => {
  assert.deepEqual(plan({}), ["2026-01-10 2026-02-01 70968 2026-02-01 2026-02-08"]);
  const february = { anchorDay: 31, activatedOn: day("2026-02-10"), asOf: day("2026-02-28") };
  assert.deepEqual(plan(february), ["2026-02-10 2026-02-28 64286 2026-02-28 2026-03-07"]);
});

Deno.test("planBills bills nothing before the period has ended, nor before activation", () => {
  assert.deepEqual(plan({ asOf: day("2026-01-31") }), []);
  assert.deepEqual(plan({ timing: "advance", asOf: day("2026-01-09") }), []);
});

Deno.test("planBills says what a line is for, so that each reader reads it in their language", () => {
  const bills = planBills({ ...BASE, asOf: day("2026-03-01") });
  assert.deepEqual(bills.flatMap((bill) => bill.lines.map((line) => line.description)), [
    coded("line_part", { plan: "Fiber 50", period: "2026-01-10/2026-02-01", days: 22, of: 31 }),
    coded("line_whole", { plan: "Fiber 50", period: "2026-02-01/2026-03-01" }),
  ]);
});

Deno.test("planBills issues each missed period as its own bill, with notice", () => {
  assert.deepEqual(plan({ activatedOn: day("2026-01-01"), asOf: day("2026-03-07") }), [
    "2026-01-01 2026-02-01 100000 2026-03-07 2026-03-10",
    "2026-02-01 2026-03-01 100000 2026-03-07 2026-03-10",
  ]);
});

Deno.test("planBills keeps the natural due date when a late run still leaves notice", () => {
  const [bill] = plan({ activatedOn: day("2026-02-01"), asOf: day("2026-03-02") });
  assert.equal(bill, "2026-02-01 2026-03-01 100000 2026-03-02 2026-03-08");
});

Deno.test("planBills returns nothing for what the watermark covers", () => {
  assert.deepEqual(plan({ billedThrough: day("2026-02-01"), asOf: day("2026-02-28") }), []);
  assert.deepEqual(plan({ billedThrough: day("2026-03-01"), asOf: day("2026-02-01") }), []);
});

Deno.test("planBills follows the first-bill policy", () => {
  assert.deepEqual(plan({ firstBill: "full" }), ["2026-01-10 2026-02-01 100000 2026-02-01 2026-02-08"]);
  assert.deepEqual(plan({ firstBill: "free" }), []);
  assert.deepEqual(plan({ firstBill: "free", asOf: day("2026-03-01") }), [
    "2026-02-01 2026-03-01 100000 2026-03-01 2026-03-08",
  ]);
  const short = { activatedOn: day("2026-01-25"), mergeStubLtDays: 10 };
  assert.deepEqual(plan({ ...short, asOf: day("2026-02-28") }), []);
  assert.deepEqual(plan({ ...short, asOf: day("2026-03-01") }), [
    "2026-01-25 2026-03-01 122581 2026-03-01 2026-03-08",
  ]);
  assert.equal(plan({ ...short, mergeStubLtDays: 7 }).length, 1);
});

Deno.test("planBills treats activation on the boundary as a whole period under every policy", () => {
  for (const firstBill of ["prorate", "full", "free", "stub_plus_full", "merge_stub_lt"] as const) {
    assert.deepEqual(
      plan({ firstBill, activatedOn: day("2026-01-01"), mergeStubLtDays: 31 }),
      ["2026-01-01 2026-02-01 100000 2026-02-01 2026-02-08"],
      firstBill,
    );
  }
});

Deno.test("planBills in advance bills at the start of the period, or lead days before it", () => {
  const advance = { timing: "advance" as const, asOf: day("2026-01-10") };
  assert.deepEqual(plan(advance), ["2026-01-10 2026-02-01 70968 2026-01-10 2026-01-17"]);
  const led = { ...advance, leadDays: 5, billedThrough: day("2026-02-01") };
  assert.deepEqual(plan({ ...led, asOf: day("2026-01-26") }), []);
  assert.deepEqual(plan({ ...led, asOf: day("2026-01-27") }), [
    "2026-02-01 2026-03-01 100000 2026-01-27 2026-02-03",
  ]);
  assert.deepEqual(plan({ ...advance, leadDays: 5 }), ["2026-01-10 2026-02-01 70968 2026-01-10 2026-01-17"]);
});

Deno.test("planBills in advance joins stub and first full period when told to", () => {
  const [bill, ...more] = planBills({
    ...BASE,
    timing: "advance",
    firstBill: "stub_plus_full",
    asOf: day("2026-01-10"),
  });
  assert.deepEqual(more, []);
  assert.equal(bill && brief(bill), "2026-01-10 2026-03-01 170968 2026-01-10 2026-01-17");
  assert.equal(bill?.lines.length, 2);
});

Deno.test("planBills with 30-day months never asks more than the price for a stub", () => {
  assert.deepEqual(plan({ proration: "days30" }), ["2026-01-10 2026-02-01 73333 2026-02-01 2026-02-08"]);
  assert.deepEqual(plan({ proration: "days30", activatedOn: day("2026-01-02") }), [
    "2026-01-02 2026-02-01 100000 2026-02-01 2026-02-08",
  ]);
});

Deno.test("planBills prorates the one stub that a changed anchor makes, whatever the first-bill policy", () => {
  const moved = { anchorDay: 15, billedThrough: day("2026-02-01"), firstBill: "full" as const };
  assert.deepEqual(plan({ ...moved, asOf: day("2026-02-15") }), [
    "2026-02-01 2026-02-15 45161 2026-02-15 2026-02-22",
  ]);
});

Deno.test("planBills makes a bill of zero for a free plan, so that its period is on record", () => {
  assert.deepEqual(plan({ priceCentavos: centavos(0) }), ["2026-01-10 2026-02-01 0 2026-02-01 2026-02-08"]);
});

Deno.test("nextBillOn names the day of the next bill", () => {
  assert.equal(nextBillOn(BASE).toString(), "2026-02-01");
  assert.equal(nextBillOn({ ...BASE, firstBill: "free" }).toString(), "2026-03-01");
  assert.equal(nextBillOn({ ...BASE, billedThrough: day("2026-02-01") }).toString(), "2026-03-01");
  assert.equal(nextBillOn({ ...BASE, timing: "advance" }).toString(), "2026-01-10");
});
