import assert from "node:assert/strict";
import fc from "fast-check";
import { centavos } from "@/shared/money/mod.ts";
import { outageCredit } from "./mod.ts";

function credit(
  minutes: readonly number[],
  excluded: readonly number[] = [],
  thresholdMinutes?: number,
): bigint {
  return outageCredit({
    priceCentavos: centavos(100000),
    periodDays: 30,
    outages: [
      ...minutes.map((one) => ({ minutes: one, isExcluded: false })),
      ...excluded.map((one) => ({ minutes: one, isExcluded: true })),
    ],
    ...(thresholdMinutes !== undefined && { thresholdMinutes }),
  });
}

Deno.test("a day or more without service is credited by the minute (OC-01, 02, 03)", () => {
  assert.equal(credit([2160]), 5000n);
  assert.equal(credit([1200]), 0n);
  assert.equal(credit([1439]), 0n);
  assert.equal(credit([1440]), 3333n);
  assert.equal(credit([700, 740]), 3333n, "24 hours in sum");
  assert.equal(credit([]), 0n);
});

Deno.test("maintenance that was announced and force majeure do not count (OC-04)", () => {
  assert.equal(credit([1380], [360]), 0n);
  assert.equal(credit([1440], [43200]), 3333n);
});

Deno.test("the whole month gives back the price and never more (OC-05)", () => {
  assert.equal(credit([43200]), 100000n);
  assert.equal(credit([43200, 43200]), 100000n);
});

Deno.test("the threshold is a setting", () => {
  assert.equal(credit([60], [], 60), 139n);
  assert.equal(credit([59], [], 60), 0n);
});

Deno.test("a longer outage never gives less, and how it is split does not matter", () => {
  const anyMinutes = fc.integer({ min: 0, max: 20_000 });
  fc.assert(fc.property(anyMinutes, anyMinutes, (a, b) => {
    assert.equal(credit([a, b]), credit([a + b]));
    assert.ok(credit([a + b]) >= credit([a]));
  }));
});
