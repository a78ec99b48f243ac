import assert from "node:assert/strict";
import fc from "fast-check";
import { centavos } from "@/shared/money/mod.ts";
import { type BillTiming, changePlanNow, planBills, type PlanChangeEffect } from "./mod.ts";
import { periodContaining } from "@/shared/calendar/mod.ts";

const day = Temporal.PlainDate.from;
const MARCH = { start: day("2026-03-01"), end: day("2026-04-01") };

function change(timing: BillTiming, on: string, prices = [100000, 150000], period = MARCH): PlanChangeEffect {
  const [old = 0, next = 0] = prices;
  return changePlanNow({
    timing,
    period,
    oldPriceCentavos: centavos(old),
    newPriceCentavos: centavos(next),
    on: day(on),
  });
}

Deno.test("in arrears the coming bill has a line for each plan (PC-01, PC-05)", () => {
  assert.deepEqual(Object.values(change("arrears", "2026-03-16")), [48387n, 77419n, 0n, 125806n]);
  assert.deepEqual(Object.values(change("arrears", "2026-03-01")), [0n, 150000n, 0n, 150000n]);
  assert.deepEqual(Object.values(change("arrears", "2026-04-01")), [100000n, 0n, 0n, 100000n]);
});

Deno.test("in advance what is left of the old plan is credited and the rest of the new one charged (PC-02, PC-03)", () => {
  assert.deepEqual(Object.values(change("advance", "2026-03-16")), [-51613n, 77419n, 25806n, 150000n]);
  const down = change("advance", "2026-03-16", [150000, 100000]);
  assert.deepEqual(Object.values(down), [-77419n, 51613n, -25806n, 100000n]);
  assert.deepEqual(Object.values(change("advance", "2026-03-01")), [-100000n, 150000n, 50000n, 150000n]);
});

Deno.test("another speed for the same price costs nothing (PC-07)", () => {
  assert.deepEqual(Object.values(change("advance", "2026-03-16", [100000, 100000])), [
    -51613n,
    51613n,
    0n,
    100000n,
  ]);
});

Deno.test("a change in a first stub gives back no more than the stub cost", () => {
  const stub = { start: day("2026-03-11"), end: day("2026-04-01"), wholeDays: 31 };
  const { oldCentavos } = change("advance", "2026-03-11", [31000, 31000], stub);
  assert.equal(oldCentavos, -21000n);
});

Deno.test("a day outside the period is refused", () => {
  for (const on of ["2026-02-28", "2026-04-02"]) {
    assert.throws(() => change("arrears", on), /Cannot change plan/);
  }
});

Deno.test("in arrears it is the bill that the bill run makes; in advance the two timings cost the same", () => {
  const anyDay = fc.integer({ min: 0, max: 1500 });
  const anyPrice = fc.integer({ min: 0, max: 300_000 }).map(centavos);
  fc.assert(
    fc.property(anyDay, fc.integer({ min: 1, max: 31 }), anyPrice, anyPrice, (days, anchorDay, old, next) => {
      const on = day("2026-01-01").add({ days });
      const period = periodContaining(on, anchorDay);
      const input = { period, oldPriceCentavos: old, newPriceCentavos: next, on };
      const arrears = changePlanNow({ ...input, timing: "arrears" });
      const [bill] = planBills({
        planName: "Old",
        timing: "arrears",
        anchorDay,
        priceCentavos: old,
        activatedOn: period.start,
        billedThrough: null,
        asOf: period.end,
        termsDays: 7,
        changes: [{ on, planName: "New", priceCentavos: next }],
      });
      assert.equal(arrears.nextBillCentavos, bill?.totalCentavos);
      const advance = changePlanNow({ ...input, timing: "advance" });
      assert.equal(old + advance.netNowCentavos, arrears.nextBillCentavos);
      assert.ok(advance.oldCentavos <= 0n && advance.newCentavos >= 0n);
    }),
    { numRuns: 60 },
  );
});
