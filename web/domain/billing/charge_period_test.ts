import assert from "node:assert/strict";
import { centavos } from "@/shared/money/mod.ts";
import { type ChargedPart, chargePeriod } from "./mod.ts";

const day = Temporal.PlainDate.from;
const part = (start: string, end: string, more: Partial<ChargedPart> = {}) =>
  chargePeriod({
    planName: "Fiber 50",
    priceCentavos: centavos(100_000),
    anchorDay: 1,
    proration: "days30",
    periodStart: day(start),
    periodEnd: day(end),
    ...more,
  });

Deno.test("a part of no day, and one that reaches into the next cycle, are refused", () => {
  assert.throws(() => part("2026-03-05", "2026-03-05"), RangeError);
  assert.throws(() => part("2026-03-05", "2026-04-02"), RangeError);
  assert.equal(part("2026-03-05", "2026-04-01").days, 27);
});

Deno.test("of months of 30 days a whole one keeps its own days, and a first one in full is divided by its own", () => {
  assert.deepEqual([
    part("2026-03-01", "2026-04-01").amountCentavos,
    part("2026-03-01", "2026-04-01").periodDays,
  ], [
    100_000n,
    31,
  ]);
  const off = { suspended: [{ start: day("2026-03-22"), end: day("2026-03-27") }] };
  assert.equal(part("2026-03-22", "2026-04-01", { ...off, isChargedInFull: true }).amountCentavos, 50_000n);
  assert.equal(part("2026-03-22", "2026-04-01", off).amountCentavos, 16_667n);
});
