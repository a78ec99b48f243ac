import assert from "node:assert/strict";
import fc from "fast-check";
import { periodContaining } from "@/shared/calendar/mod.ts";
import { centavos } from "@/shared/money/mod.ts";
import { type EndOfService, endService, type LockIn, preterminationFee, priceOfDays } from "./mod.ts";

const day = Temporal.PlainDate.from;

function end(over: Partial<EndOfService>): bigint[] {
  const { finalChargeCentavos, creditCentavos, preterminationCentavos } = endService({
    timing: "arrears",
    priceCentavos: centavos(129900),
    period: { start: day("2026-06-01"), end: day("2026-07-01") },
    lastDay: day("2026-06-12"),
    onTerminate: "credit",
    lockIn: null,
    ...over,
  });
  return [finalChargeCentavos, creditCentavos, preterminationCentavos];
}

function lockIn(endsOn: string, kind: "flat" | "per_month" = "per_month", anchorDay = 15): LockIn {
  return { end: day(endsOn), fee: { kind, amountCentavos: centavos(50000) }, anchorDay };
}

Deno.test("in arrears the last bill is for the days until the last one (TM-01)", () => {
  assert.deepEqual(end({}), [51960n, 0n, 0n]);
  assert.deepEqual(end({ lastDay: day("2026-06-30") }), [129900n, 0n, 0n]);
  assert.deepEqual(end({ lastDay: day("2026-05-31") }), [0n, 0n, 0n]);
});

Deno.test("in advance the unused part is credited or not, as the policy says (TM-02, TM-03)", () => {
  assert.deepEqual(end({ timing: "advance" }), [0n, 77940n, 0n]);
  assert.deepEqual(end({ timing: "advance", onTerminate: "no_credit" }), [0n, 0n, 0n]);
  assert.deepEqual(end({ timing: "advance", lastDay: day("2026-06-30") }), [0n, 0n, 0n]);
});

Deno.test("a last bill in a stub, and one with months of 30 days", () => {
  const stub = { start: day("2026-06-11"), end: day("2026-07-01"), wholeDays: 30 };
  assert.deepEqual(end({ period: stub }), [8660n, 0n, 0n]);
  const july = { start: day("2026-07-01"), end: day("2026-08-01") };
  assert.deepEqual(end({ period: july, lastDay: day("2026-07-30"), proration: "days30" }), [129900n, 0n, 0n]);
});

Deno.test("inside the lock-in every boundary that is left costs the fee, or the flat fee is due (TM-04)", () => {
  const period = { start: day("2026-08-15"), end: day("2026-09-15") };
  const lastDay = day("2026-08-20");
  assert.deepEqual(end({ period, lastDay, lockIn: lockIn("2027-01-15") }), [25142n, 0n, 250000n]);
  assert.deepEqual(end({ period, lastDay, lockIn: lockIn("2027-01-15", "flat") }), [25142n, 0n, 50000n]);
});

Deno.test("after the lock-in there is no fee (TM-05); the day before its end is the last of it", () => {
  const fee = (on: string, kind: "flat" | "per_month") =>
    preterminationFee(lockIn("2027-01-15", kind), day(on));
  for (const kind of ["flat", "per_month"] as const) {
    assert.equal(fee("2027-02-14", kind), 0n);
    assert.equal(fee("2027-01-15", kind), 0n);
    assert.equal(fee("2027-01-14", kind), 0n, "served to the end");
    assert.equal(fee("2027-01-13", kind), 50000n);
  }
  assert.equal(fee("2026-12-14", "per_month"), 50000n, "one whole month is left");
  assert.equal(fee("2026-12-13", "per_month"), 100000n);
  assert.equal(preterminationFee(lockIn("2026-02-28", "per_month", 31), day("2026-01-29")), 100000n);
});

Deno.test("a last day outside the period is refused", () => {
  for (const on of ["2026-05-30", "2026-07-01"]) {
    assert.throws(() => end({ lastDay: day(on) }), /Cannot end service/);
  }
});

Deno.test("what was used and what is credited are the price; a month more of lock-in costs a month more", () => {
  const anyPrice = fc.integer({ min: 0, max: 300_000 }).map(centavos);
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 1500 }),
      fc.integer({ min: 1, max: 31 }),
      anyPrice,
      fc.integer({ min: 0, max: 24 }),
      (days, anchorDay, priceCentavos, months) => {
        const lastDay = day("2026-01-01").add({ days });
        const period = periodContaining(lastDay, anchorDay);
        const [used = 0n] = end({ period, lastDay, priceCentavos });
        const [, credit] = end({ period, lastDay, priceCentavos, timing: "advance" });
        assert.equal(used, priceCentavos - (credit ?? 0n));
        let ends = period.end;
        for (let n = 0; n < months; n++) ends = periodContaining(ends, anchorDay).end;
        const lock = {
          end: ends,
          fee: { kind: "per_month" as const, amountCentavos: centavos(100) },
          anchorDay,
        };
        const isLast = lastDay.add({ days: 1 }).equals(period.end);
        assert.equal(preterminationFee(lock, lastDay), BigInt(months + (isLast ? 0 : 1)) * 100n);
      },
    ),
    { numRuns: 60 },
  );
});

Deno.test("more days than the period has, or fewer than none, have no price", () => {
  for (const days of [-1, 32]) {
    assert.throws(() => priceOfDays(centavos(1), days, 31), /Cannot price days/);
  }
});
