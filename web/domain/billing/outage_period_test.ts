import assert from "node:assert/strict";
import { centavos } from "@/shared/money/mod.ts";
import { creditOfPeriod, type OutPeriod } from "./mod.ts";

const DAY = 1440;

function credit(period: Partial<OutPeriod>): bigint {
  return creditOfPeriod({
    priceCentavos: centavos(100_000),
    periodDays: 30,
    minutes: DAY,
    chargedMinutes: 30 * DAY,
    chargedCentavos: centavos(100_000),
    thresholdMinutes: DAY,
    ...period,
  });
}

Deno.test("a period is credited by the minute, from the threshold on", () => {
  assert.equal(credit({ minutes: DAY - 1 }), 0n);
  assert.equal(credit({ minutes: DAY }), 3_333n);
  assert.equal(credit({ minutes: 2_160 }), 5_000n);
  assert.equal(credit({ minutes: 60, thresholdMinutes: 60 }), 139n);
});

Deno.test("a part of a period is credited by the whole one's minutes, and never above what it was charged", () => {
  assert.equal(
    credit({ minutes: 2 * DAY, chargedMinutes: 10 * DAY, chargedCentavos: centavos(33_333) }),
    6_667n,
  );
  assert.equal(
    credit({ minutes: 9 * DAY, chargedMinutes: 10 * DAY, chargedCentavos: centavos(20_000) }),
    20_000n,
  );
  assert.equal(credit({ chargedCentavos: centavos(0) }), 0n);
});

Deno.test("who had no service at all pays nothing, also where clocks went forward, and never gets more where they went back", () => {
  const short = 31 * DAY - 60;
  const march = { periodDays: 31, chargedMinutes: short };
  assert.equal(credit({ ...march, minutes: short }), 100_000n);
  assert.equal(credit({ ...march, minutes: short - DAY }), 96_640n);
  assert.equal(credit({ periodDays: 31, chargedMinutes: 31 * DAY + 60, minutes: 31 * DAY + 30 }), 100_000n);
});
