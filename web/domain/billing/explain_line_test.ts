import assert from "node:assert/strict";
import fc from "fast-check";
import { type Coded, coded } from "@/shared/codes/mod.ts";
import { centavos } from "@/shared/money/mod.ts";
import { soaked } from "@/tests/support/soak.ts";
import {
  creditSuspended,
  explainLine,
  mergeRanges,
  type OwnPrice,
  planBills,
  type PlannedBill,
  type PlannedBillLine,
  type StoredLine,
  termsOf,
  totalOf,
} from "./mod.ts";

const day = Temporal.PlainDate.from;

function stored(line: PlannedBillLine, corrected: StoredLine["corrected"] = null): StoredLine {
  return {
    description: line.description,
    periodStart: line.periodStart,
    periodEnd: line.periodEnd,
    amountCentavos: line.amountCentavos,
    terms: line.terms,
    corrected,
  };
}

function explain(bill: PlannedBill, n: number, activatedOn: string) {
  const lines = bill.lines.map((line) => stored(line));
  const others = lines.filter((_, i) => i !== n);
  const { why, sum } = explainLine(lines[n]!, { activatedOn: day(activatedOn), others });
  return { codes: why.map(({ code }) => code), sum };
}

const RULES = {
  planName: "Fiber 50",
  timing: "arrears",
  anchorDay: 1,
  priceCentavos: centavos(100000),
  activatedOn: day("2026-01-10"),
  billedThrough: null,
  termsDays: 7,
} as const;

Deno.test("a first part, a whole period, suspended days and a change inside a period each say why", () => {
  const changes = [{ on: day("2026-03-16"), planName: "Fiber 100", priceCentavos: centavos(180000) }];
  const suspended = [{ start: day("2026-02-10"), end: day("2026-02-15") }];
  const bills = planBills({ ...RULES, changes, suspended, asOf: day("2026-04-01") });
  assert.deepEqual(explain(bills[0]!, 0, "2026-01-10"), {
    codes: ["explain_began", "explain_price"],
    sum: {
      baseCentavos: 100000n,
      basisPoints: null,
      days: { count: 22, of: 31 },
      lessCentavos: null,
      isTakenOff: false,
    },
  });
  assert.deepEqual(explain(bills[1]!, 0, "2026-01-10").codes, [
    "explain_whole",
    "explain_suspended",
    "explain_price",
  ]);
  for (const n of [0, 1]) {
    assert.deepEqual(explain(bills[2]!, n, "2026-01-10").codes, ["explain_plan_changed", "explain_price"]);
  }
});

Deno.test("an own price says what was agreed and what the plan cost; months of 30 days say so", () => {
  const own: OwnPrice = {
    kind: "percent_off",
    amountCentavos: centavos(0),
    basisPoints: 1250,
    fromOn: day("2026-01-01"),
    lastOn: null,
    periods: null,
    isByDay: false,
    plan: "present",
  };
  const price = { agreedOn: day("2020-01-01"), fromOn: null, priceCentavos: centavos(99999) };
  const terms = termsOf({
    plan: { name: "Fiber 50", prices: [price] },
    next: null,
    anchorDay: 1,
    activatedOn: RULES.activatedOn,
    own: [own],
  });
  const [bill] = planBills({ ...RULES, ...terms, proration: "days30", asOf: day("2026-02-01") });
  assert.deepEqual(explain(bill!, 0, "2026-01-10"), {
    codes: ["explain_began", "explain_days30", "explain_own_price"],
    sum: {
      baseCentavos: 99999n,
      basisPoints: 8750,
      days: { count: 22, of: 30 },
      lessCentavos: null,
      isTakenOff: false,
    },
  });
});

Deno.test("what is taken off for suspended days is worked out from the charge; what a bill cannot bear says so", () => {
  const charge = {
    periodStart: day("2026-01-01"),
    periodEnd: day("2026-02-01"),
    amountCentavos: centavos(100000),
    issuedOn: day("2026-01-01"),
  };
  const corrected = {
    ...charge,
    number: "SOA-1",
    description: coded("line_whole", { plan: "x", period: "" }),
  };
  const off = [{ start: day("2026-01-11"), end: day("2026-01-21") }];
  for (const alreadyCentavos of [0, 10000].map(centavos)) {
    const [line] = creditSuspended(
      [{ ...charge, creditedCentavos: alreadyCentavos }],
      off,
      day("2026-02-01"),
      centavos(100000),
    );
    const { why, sum } = explainLine(stored(line!, { ...corrected, alreadyCentavos }), {
      activatedOn: null,
      others: [],
    });
    assert.deepEqual(why.map(({ code }) => code), ["explain_back"]);
    assert.equal(totalOf(sum!), line!.amountCentavos);
  }
  const [little] = creditSuspended(
    [{ ...charge, creditedCentavos: centavos(0) }],
    off,
    day("2026-02-01"),
    centavos(50),
  );
  const said = explainLine(stored(little!, { ...corrected, alreadyCentavos: centavos(0) }), {
    activatedOn: null,
    others: [],
  });
  assert.deepEqual(said.why.map(({ code }) => code), ["explain_back", "explain_back_limited"]);
  assert.equal(said.sum, null);
});

Deno.test("what nothing was kept of is left as it stands, and an amount that the terms do not give has no sum", () => {
  const line = stored(planBills({ ...RULES, asOf: day("2026-02-01") })[0]!.lines[0]!);
  const place = { activatedOn: RULES.activatedOn, others: [] };
  assert.deepEqual(explainLine({ ...line, description: null }, place), { why: [], sum: null });
  assert.deepEqual(explainLine({ ...line, terms: null }, place), { why: [], sum: null });
  assert.equal(explainLine({ ...line, amountCentavos: centavos(70969) }, place).sum, null);
});

const anyDay = fc.integer({ min: 0, max: 300 }).map((days) => day("2026-01-01").add({ days }));
const anyRate = fc.record({
  kind: fc.constantFrom("price" as const, "amount_off" as const, "percent_off" as const),
  amountCentavos: fc.integer({ min: 0, max: 150_000 }).map(centavos),
  basisPoints: fc.integer({ min: 1, max: 10_000 }),
  fromOn: anyDay,
  lastOn: fc.option(anyDay, { nil: null }),
  periods: fc.constant(null),
  isByDay: fc.boolean(),
  plan: fc.constantFrom("any" as const, "present" as const),
});

Deno.test("the arithmetic of every planned line gives the line, to the centavo", () => {
  fc.assert(
    fc.property(
      fc.record({
        own: fc.array(anyRate, { maxLength: 2 }),
        price: fc.integer({ min: 0, max: 500_000 }).map(centavos),
        nextPrice: fc.integer({ min: 0, max: 500_000 }).map(centavos),
        nextOn: anyDay,
        anchorDay: fc.integer({ min: 1, max: 31 }),
        activatedOn: anyDay,
        timing: fc.constantFrom("arrears" as const, "advance" as const),
        proration: fc.constantFrom("actual" as const, "days30" as const),
        firstBill: fc.constantFrom("prorate" as const, "full" as const, "stub_plus_full" as const),
        off: fc.array(fc.tuple(anyDay, fc.integer({ min: 1, max: 20 })), { maxLength: 2 }),
      }),
      ({ own, price, nextPrice, nextOn, anchorDay, activatedOn, off, ...rules }) => {
        const at = (priceCentavos: typeof price) => ({
          agreedOn: day("2020-01-01"),
          fromOn: null,
          priceCentavos,
        });
        const terms = termsOf({
          plan: { name: "A", prices: [at(price)] },
          next: { plan: { name: "B", prices: [at(nextPrice)] }, on: nextOn.add({ days: 40 }) },
          anchorDay,
          activatedOn,
          own,
        });
        const suspended = mergeRanges(off.map(([start, days]) => ({ start, end: start.add({ days }) })));
        const bills = planBills({
          ...RULES,
          ...rules,
          ...terms,
          anchorDay,
          activatedOn,
          suspended,
          asOf: day("2027-03-01"),
        });
        for (const bill of bills) {
          const lines = bill.lines.map((line) => stored(line));
          for (const line of lines) {
            const { why, sum } = explainLine(line, {
              activatedOn,
              others: lines.filter((one) => one !== line),
            });
            assert.ok(why.length >= 2);
            assert.ok(sum !== null, `${line.periodStart} ${line.amountCentavos}`);
            assert.equal(totalOf(sum, line.terms!.priceCentavos), line.amountCentavos);
          }
        }
      },
    ),
    { numRuns: soaked(60, 4000) },
  );
});

Deno.test("a late fee says what was unpaid when it began, and by how much of it it was counted", () => {
  const values = {
    number: "SOA-000007",
    due: Temporal.PlainDate.from("2026-02-08"),
    from: Temporal.PlainDate.from("2026-02-12"),
    unpaid: centavos(60000),
  };
  const line = (description: Coded, amount: number) =>
    explainLine({
      description,
      periodStart: values.from,
      periodEnd: values.from.add({ days: 1 }),
      amountCentavos: centavos(amount),
      terms: null,
      corrected: null,
    }, { activatedOn: null, others: [] });
  const percent = line(coded("line_late_fee_percent", { ...values, rate: "5.5" }), 3300);
  assert.deepEqual(percent.why.map(({ code }) => code), ["explain_late_fee"]);
  assert.deepEqual([percent.sum?.baseCentavos, percent.sum?.basisPoints], [60000n, 550]);
  const vat = line(
    coded("line_late_fee_percent_vat", { ...values, base: centavos(53571), rate: "5.5" }),
    2946,
  );
  assert.deepEqual([vat.sum?.baseCentavos, vat.sum?.basisPoints], [53571n, 550]);
  assert.equal(vat.why[0]?.values.unpaid, centavos(60000));
  const flat = line(coded("line_late_fee", values), 5000);
  assert.deepEqual(flat.why.map(({ code }) => code), ["explain_late_fee", "explain_late_fee_flat"]);
  assert.equal(flat.sum, null);
});
