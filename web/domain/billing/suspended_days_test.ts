import { coded } from "@/shared/codes/mod.ts";
import assert from "node:assert/strict";
import { centavos } from "@/shared/money/mod.ts";
import { type BilledLine, chargePeriod, creditSuspended, mergeRanges, suspendedDays } from "./mod.ts";

const day = Temporal.PlainDate.from;
const range = (start: string, end: string | null) => ({
  start: day(start),
  end: end === null ? null : day(end),
});

Deno.test("days off for several reasons at once are counted once", () => {
  const merged = mergeRanges([
    range("2026-03-10", "2026-03-20"),
    range("2026-03-01", "2026-03-05"),
    range("2026-03-15", "2026-03-25"),
    range("2026-03-25", "2026-03-26"),
  ]);
  assert.deepEqual(merged.map(({ start, end }) => `${start} ${end}`), [
    "2026-03-01 2026-03-05",
    "2026-03-10 2026-03-26",
  ]);
  assert.equal(suspendedDays(merged, day("2026-03-03"), day("2026-03-12")), 4);
  assert.equal(mergeRanges([range("2026-03-01", null), range("2026-03-05", "2026-03-06")])[0]?.end, null);
});

Deno.test("the day of the cut is not charged, the day of the return is", () => {
  const line = chargePeriod({
    planName: "Fiber 50",
    priceCentavos: centavos(100000),
    anchorDay: 1,
    proration: "actual",
    periodStart: day("2026-04-01"),
    periodEnd: day("2026-05-01"),
    suspended: [range("2026-04-14", "2026-04-20")],
  });
  assert.equal(line.amountCentavos, 80000n);
  const named = { plan: "Fiber 50", period: "2026-04-01/2026-05-01" };
  assert.deepEqual(
    line.description,
    coded("line_part_suspended", { ...named, days: 24, of: 30, suspended: 6 }),
  );
});

Deno.test("what was billed in advance comes off once, never more than the bill, the rest with the one after", () => {
  const billed: BilledLine = {
    periodStart: day("2026-03-01"),
    periodEnd: day("2026-04-01"),
    amountCentavos: centavos(100001),
    issuedOn: day("2026-03-01"),
    creditedCentavos: centavos(0),
  };
  const off = [range("2026-03-11", null)];
  const total = (lines: BilledLine[], atMost: number) =>
    creditSuspended(lines, off, day("2026-05-01"), centavos(atMost))
      .reduce((sum, line) => sum + line.amountCentavos, 0n);
  assert.equal(total([billed], 100000), -67743n);
  assert.equal(total([billed], 50000), -50000n);
  assert.equal(total([{ ...billed, creditedCentavos: centavos(50000) }], 50000), -17743n);
  assert.equal(total([{ ...billed, creditedCentavos: centavos(67743) }], 50000), 0n);
});

Deno.test("a line that was issued late takes off its days by those that it charged", () => {
  const line: BilledLine = {
    periodStart: day("2026-03-01"),
    periodEnd: day("2026-04-01"),
    amountCentavos: centavos(31_000),
    issuedOn: day("2026-03-06"),
    creditedCentavos: centavos(0),
  };
  const asOf = day("2026-04-01");
  const [credit] = creditSuspended([line], [range("2026-03-11", "2026-03-21")], asOf, centavos(99_999));
  assert.equal(credit?.amountCentavos, -10_000n, "10 of 31 days, five of them before the bill");
  assert.deepEqual([credit?.days, credit?.periodDays], [-10, 31]);
});

Deno.test("a line of one day comes off whole, and what has come off leaves no line", () => {
  const line: BilledLine = {
    periodStart: day("2026-03-01"),
    periodEnd: day("2026-03-02"),
    amountCentavos: centavos(3_000),
    issuedOn: day("2026-03-01"),
    creditedCentavos: centavos(0),
  };
  const off = [range("2026-03-01", "2026-03-02")];
  const of = (one: BilledLine) => creditSuspended([one], off, day("2026-03-05"), centavos(99_999));
  assert.deepEqual(of(line).map(({ amountCentavos }) => amountCentavos), [-3_000n]);
  assert.deepEqual(of({ ...line, creditedCentavos: centavos(3_000) }), []);
});
