import assert from "node:assert/strict";
import { centavos } from "@/shared/money/mod.ts";
import { coverageOn, planPurchase, prepaidMonthPrice, priceOfUnit } from "@/web/domain/billing/mod.ts";

const day = (text: string) => Temporal.PlainDate.from(text);
const stretch = (start: string, end: string) => ({ start: day(start), end: day(end) });

Deno.test("a unit without a price of its own costs R(price x days / 30), or so many months", () => {
  const price = (unit: "days" | "months", count: number, own: bigint | null = null) =>
    priceOfUnit({ unit, count, priceCentavos: own === null ? null : centavos(own) }, centavos(99_900n));
  assert.deepEqual([1, 3, 7, 15, 30].map((days) => price("days", days)), [
    3330n,
    9990n,
    23_310n,
    49_950n,
    99_900n,
  ]);
  assert.equal(price("months", 12), 1_198_800n);
  assert.equal(price("days", 7, 19_900n), 19_900n);
  assert.equal(
    priceOfUnit({ unit: "days", count: 1, priceCentavos: null }, centavos(45n)),
    2n,
    "half away from zero",
  );
});

Deno.test("what was agreed for one connection counts on the day of the purchase, and not a day longer", () => {
  const own = {
    kind: "amount_off",
    amountCentavos: centavos(10_000n),
    basisPoints: 0,
    fromOn: day("2026-03-01"),
    lastOn: day("2026-03-31"),
    periods: null,
    isByDay: true,
    plan: "any",
  } as const;
  const at = (on: string) =>
    prepaidMonthPrice(centavos(50_000n), [own], {
      on: day(on),
      anchorDay: 1,
      activatedOn: day("2026-01-01"),
    });
  assert.deepEqual(["2026-02-28", "2026-03-01", "2026-03-31", "2026-04-01"].map(at), [
    50_000n,
    40_000n,
    40_000n,
    50_000n,
  ]);
});

Deno.test("coverage on a day ends where its stretch ends, also over several purchases; a hole is not jumped", () => {
  const coverage = [
    stretch("2026-03-01", "2026-03-08"),
    stretch("2026-03-08", "2026-03-15"),
    stretch("2026-03-20", "2026-03-27"),
  ];
  const on = (text: string) => {
    const { isCovered, until } = coverageOn(coverage, day(text));
    return `${isCovered} ${until}`;
  };
  assert.equal(on("2026-02-28"), "false null");
  assert.equal(on("2026-03-01"), "true 2026-03-15");
  assert.equal(on("2026-03-14"), "true 2026-03-15");
  assert.equal(on("2026-03-15"), "false 2026-03-15");
  assert.equal(on("2026-03-20"), "true 2026-03-27");
  assert.equal(on("2026-04-01"), "false 2026-03-27");
  assert.deepEqual(coverageOn([], day("2026-03-01")), { isCovered: false, until: null });
});

Deno.test("a purchase stacks while coverage runs, keeps the day of its months, and begins anew after a lapse", () => {
  const month = { unit: "months", count: 1, priceCentavos: centavos(0n) } as const;
  const last = { ...stretch("2028-01-31", "2028-02-29"), anchorDay: 31 };
  const bought = (today: string, quantity: number) => {
    const { coverage, anchorDay } = planPurchase({
      last,
      today: day(today),
      plan: month,
      quantity,
      lapse: "restart",
    });
    return `${coverage.map(({ start, end }) => `${start}/${end}`).join(" ")} ${anchorDay}`;
  };
  assert.equal(bought("2028-02-20", 2), "2028-02-29/2028-03-31 2028-03-31/2028-04-30 31");
  assert.equal(
    bought("2028-02-29", 1),
    "2028-02-29/2028-03-31 31",
    "the first day without it is no lapse yet",
  );
  assert.equal(bought("2028-03-05", 1), "2028-03-05/2028-04-05 5");
});
