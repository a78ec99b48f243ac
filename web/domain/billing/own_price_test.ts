import assert from "node:assert/strict";
import fc from "fast-check";
import { centavos, multiplyRounded } from "@/shared/money/mod.ts";
import { soaked } from "@/tests/support/soak.ts";
import {
  type OwnPrice,
  planAgain,
  planBills,
  type PlanBillsInput,
  type PlannedBill,
  type PricedPlan,
  termsOf,
} from "./mod.ts";

const day = Temporal.PlainDate.from;

function plan(name: string, pesos: number, later: PricedPlan["prices"][number][] = []): PricedPlan {
  const first = { agreedOn: day("2020-01-01"), fromOn: null, priceCentavos: centavos(pesos * 100) };
  return { name, prices: [first, ...later] };
}

function own(given: Partial<OwnPrice>): OwnPrice {
  return {
    kind: "price",
    amountCentavos: centavos(0),
    basisPoints: 0,
    fromOn: day("2027-01-01"),
    lastOn: null,
    periods: null,
    isByDay: false,
    plan: "present",
    ...given,
  };
}

interface Line {
  /** Of the month. */
  anchorDay?: number;
  activatedOn?: string;
  asOf: string;
  plan?: PricedPlan;
  next?: { plan: PricedPlan; on: Temporal.PlainDate };
  rules?: Partial<PlanBillsInput>;
}

function bill(prices: readonly OwnPrice[], line: Line): PlannedBill[] {
  const { anchorDay = 1, activatedOn = "2027-01-01" } = line;
  const terms = termsOf({
    plan: line.plan ?? plan("Fiber 50", 999),
    next: line.next ?? null,
    anchorDay,
    activatedOn: day(activatedOn),
    own: prices,
  });
  return planBills({
    ...terms,
    timing: "arrears",
    anchorDay,
    activatedOn: day(activatedOn),
    billedThrough: null,
    asOf: day(line.asOf),
    termsDays: 7,
    ...line.rules,
  });
}

/** `start amount` of each line; an own price with its words. */
function said(bills: readonly PlannedBill[]): string[] {
  return bills.flatMap((one) => one.lines).map(({ periodStart, amountCentavos, description }) => {
    const { own } = description.values;
    const code = typeof own === "object" && "code" in own ? ` ${own.code}` : "";
    return `${periodStart} ${amountCentavos}${code}`;
  });
}

Deno.test("a promo of three periods costs its price for three periods, then the plan's", () => {
  const promo = own({ amountCentavos: centavos(89900), lastOn: day("2027-03-31") });
  assert.deepEqual(said(bill([promo], { asOf: "2027-05-01" })), [
    "2027-01-01 89900 own_price_until",
    "2027-02-01 89900 own_price_until",
    "2027-03-01 89900 own_price_until",
    "2027-04-01 99900",
  ]);
});

Deno.test("before service has begun a promo counts whole periods from the first day on; the stub comes with them", () => {
  const promo = own({
    kind: "amount_off",
    amountCentavos: centavos(10000),
    fromOn: day("2026-12-20"),
    periods: 2,
  });
  const bills = bill([promo], { activatedOn: "2027-01-10", asOf: "2027-05-01" });
  assert.deepEqual(said(bills), [
    "2027-01-10 63800 promo_until", // R(899.00 x 22 / 31)
    "2027-02-01 89900 promo_until",
    "2027-03-01 89900 promo_until",
    "2027-04-01 99900",
  ]);
});

Deno.test("a period costs what counts on its first day: a promo that ends inside it holds to its end", () => {
  const promo = own({
    amountCentavos: centavos(89900),
    fromOn: day("2027-01-15"),
    lastOn: day("2027-02-20"),
  });
  const bills = bill([promo], { anchorDay: 15, activatedOn: "2027-01-15", asOf: "2027-04-15" });
  assert.deepEqual(said(bills), [
    "2027-01-15 89900 own_price_until",
    "2027-02-15 89900 own_price_until",
    "2027-03-15 99900",
  ]);
});

Deno.test("where a person named the days a period is divided at them", () => {
  const promo = own({
    amountCentavos: centavos(62000),
    fromOn: day("2027-01-11"),
    lastOn: day("2027-01-20"),
    isByDay: true,
  });
  assert.deepEqual(said(bill([promo], { asOf: "2027-02-01", plan: plan("Fiber 50", 930) })), [
    "2027-01-01 30000",
    "2027-01-11 20000 own_price_until",
    "2027-01-21 33000",
  ]);
});

Deno.test("a percentage is rounded once, also for a part of a period", () => {
  const promo = own({ kind: "percent_off", basisPoints: 1250 });
  const [line] =
    bill([promo], { activatedOn: "2027-01-10", asOf: "2027-02-01", plan: plan("Fiber 50", 999.99) })[0]!
      .lines;
  assert.equal(line?.amountCentavos, multiplyRounded(centavos(99999), 22n * 8750n, 31n * 10000n));
  assert.equal(line?.terms?.priceCentavos, 87499n);
});

Deno.test("a discount above the price makes the period free, never less than that", () => {
  const promo = own({ kind: "amount_off", amountCentavos: centavos(500000), lastOn: day("2027-01-31") });
  assert.deepEqual(said(bill([promo], { asOf: "2027-03-01" })), [
    "2027-01-01 0 promo_until",
    "2027-02-01 99900",
  ]);
});

Deno.test("a discount follows the plan's price, an own price does not and its period is not divided for it", () => {
  const dearer = { agreedOn: day("2027-01-05"), fromOn: day("2027-02-15"), priceCentavos: centavos(109900) };
  const plans = plan("Fiber 50", 999, [dearer]);
  const fixed = own({ amountCentavos: centavos(89900) });
  assert.deepEqual(said(bill([fixed], { asOf: "2027-04-01", plan: plans })), [
    "2027-01-01 89900 own_price",
    "2027-02-01 89900 own_price",
    "2027-03-01 89900 own_price",
  ]);
  const less = own({ kind: "percent_off", basisPoints: 1000, fromOn: day("2027-03-01") });
  assert.deepEqual(said(bill([less], { asOf: "2027-04-01", plan: plans })), [
    "2027-01-01 99900",
    "2027-02-01 49950",
    "2027-02-15 54950",
    "2027-03-01 98910 own_percent_off",
  ]);
});

Deno.test("a promo ends with its plan, unless it was kept", () => {
  const next = { plan: plan("Fiber 100", 1800), on: day("2027-02-01") };
  const promo = own({ kind: "amount_off", amountCentavos: centavos(10000) });
  assert.deepEqual(said(bill([promo], { asOf: "2027-03-01", next })), [
    "2027-01-01 89900 promo_until",
    "2027-02-01 180000",
  ]);
  assert.deepEqual(said(bill([{ ...promo, plan: "any" }], { asOf: "2027-03-01", next })), [
    "2027-01-01 89900 own_amount_off",
    "2027-02-01 170000 own_amount_off",
  ]);
  assert.deepEqual(said(bill([{ ...promo, plan: "next" }], { asOf: "2027-03-01", next })), [
    "2027-01-01 99900",
    "2027-02-01 170000 own_amount_off",
  ]);
});

Deno.test("one own price ends where the next begins", () => {
  const prices = [
    own({ amountCentavos: centavos(89900), lastOn: day("2027-02-14") }),
    own({ amountCentavos: centavos(84000), fromOn: day("2027-02-15"), isByDay: true }),
  ];
  assert.deepEqual(said(bill(prices, { asOf: "2027-04-01" })), [
    "2027-01-01 89900 own_price_until",
    "2027-02-01 44950 own_price_until",
    "2027-02-15 42000 own_price",
    "2027-03-01 84000 own_price",
  ]);
});

Deno.test("in advance, billed ahead and after a void, a promo month costs its own price", () => {
  const promo = own({ kind: "percent_off", basisPoints: 2000, lastOn: day("2027-01-31") });
  const rules = { timing: "advance", leadDays: 5 } as const;
  const bills = bill([promo], { asOf: "2027-01-27", rules });
  assert.deepEqual(said(bills), ["2027-01-01 79920 promo_until", "2027-02-01 99900"]);
  const again = planAgain(
    bills.map((one, i) => ({
      freedBillId: String(i),
      periodStart: one.periodStart,
      periodEnd: one.periodEnd,
      terms: one.lines[0]!.terms!,
      firstBilledOn: one.issuedOn,
      suspended: [],
      creditedCentavos: centavos(0),
    })),
    { ...rules, activatedOn: day("2027-01-01"), asOf: day("2027-02-10"), termsDays: 7 },
  );
  assert.deepEqual(said(again), said(bills));
});

Deno.test("an own price that never begins, because its plan is left before, divides no period of the one before it", () => {
  const prices = [
    own({ kind: "amount_off", amountCentavos: centavos(9_900), lastOn: day("2027-03-10"), plan: "any" }),
    own({
      kind: "price",
      amountCentavos: centavos(1),
      fromOn: day("2027-03-11"),
      isByDay: true,
      plan: "present",
    }),
  ];
  const next = { on: day("2027-03-01"), plan: plan("Fiber 100", 1999) };
  assert.deepEqual(said(bill(prices, { next, asOf: "2027-05-01" })).slice(1), [
    "2027-02-01 90000 promo_until",
    "2027-03-01 190000 promo_until",
    "2027-04-01 199900",
  ]);
});

const anyOwn: fc.Arbitrary<OwnPrice> = fc.record({
  kind: fc.constantFrom("price" as const, "amount_off" as const, "percent_off" as const),
  amountCentavos: fc.integer({ min: 0, max: 200_000 }).map(centavos),
  basisPoints: fc.integer({ min: 1, max: 10_000 }),
  fromOn: fc.integer({ min: -40, max: 400 }).map((days) => day("2027-01-01").add({ days })),
  lastOn: fc.option(
    fc.integer({ min: 0, max: 500 }).map((days) => day("2027-01-01").add({ days })),
    { nil: null },
  ),
  periods: fc.constant(null),
  isByDay: fc.constant(false),
  plan: fc.constantFrom("any" as const, "present" as const),
});

Deno.test("own prices in whole periods never divide one, and each costs what counts on its first day", () => {
  fc.assert(
    fc.property(
      fc.array(anyOwn, { maxLength: 3 }),
      fc.integer({ min: 1, max: 31 }),
      fc.integer({ min: 0, max: 60 }),
      (prices, anchorDay, days) => {
        const activatedOn = day("2027-01-01").add({ days }).toString();
        const bills = bill(prices, { anchorDay, activatedOn, asOf: "2028-06-01" });
        assert.ok(bills.every(({ lines }) => lines.length === 1));
        for (const { lines: [line] } of bills) {
          const { own, priceCentavos } = line!.terms!;
          assert.ok(line!.amountCentavos >= 0n && line!.amountCentavos <= priceCentavos);
          if (own === undefined) assert.equal(priceCentavos, 99900n);
          else {assert.ok(
              own.untilOn === null || Temporal.PlainDate.compare(line!.periodStart, own.untilOn) <= 0,
            );}
        }
      },
    ),
    { numRuns: soaked(80, 4000) },
  );
});
