import assert from "node:assert/strict";
import { centavos } from "@/shared/money/mod.ts";
import { changeToPostpaid, changeToPrepaid, type ChargedDays, type ToPrepaid } from "./mod.ts";

const day = Temporal.PlainDate.from;

const MONTHLY: Omit<ToPrepaid, "today" | "when" | "unused" | "chargedThrough" | "charged"> = {
  planName: "Fiber 50",
  priceCentavos: centavos(100000),
  anchorDay: 1,
  proration: "actual",
};

function charged(start: string, end: string, isPaid = true) {
  return { start: day(start), end: day(end), amountCentavos: centavos(100000), isPaid };
}

Deno.test("in arrears, a change today bills the days until yesterday, and today is the first one bought", () => {
  const effect = changeToPrepaid({
    ...MONTHLY,
    today: day("2026-03-16"),
    when: "today",
    unused: "coverage",
    chargedThrough: day("2026-03-01"),
    charged: [charged("2026-02-01", "2026-03-01")],
  });
  assert.deepEqual(
    effect.toBill.map((line) => [line.periodStart.toString(), line.days, line.amountCentavos]),
    [
      ["2026-03-01", 15, 48387n],
    ],
  );
  assert.deepEqual([effect.carried, effect.creditCentavos], [[], 0n]);
  assert.equal(effect.chargedFrom.toString(), "2026-03-16");
});

Deno.test("at the next boundary whole periods are billed, also the ones that a run missed", () => {
  const effect = changeToPrepaid({
    ...MONTHLY,
    today: day("2026-03-16"),
    when: "next_boundary",
    unused: "coverage",
    chargedThrough: day("2026-02-01"),
    charged: [],
  });
  assert.deepEqual(effect.toBill.map((line) => [`${line.periodStart}`, line.amountCentavos]), [
    ["2026-02-01", 100000n],
    ["2026-03-01", 100000n],
  ]);
  assert.equal(effect.effectiveOn.toString(), "2026-04-01");
});

Deno.test("in advance, days that are paid become coverage or credit", () => {
  const change: ToPrepaid = {
    ...MONTHLY,
    today: day("2026-03-16"),
    when: "today",
    unused: "coverage",
    chargedThrough: day("2026-05-01"),
    charged: [charged("2026-03-01", "2026-04-01"), charged("2026-04-01", "2026-05-01")],
  };
  const kept = changeToPrepaid(change);
  assert.deepEqual(kept.carried.map(({ start, end }) => `${start}/${end}`), [
    "2026-03-16/2026-04-01",
    "2026-04-01/2026-05-01",
  ]);
  assert.deepEqual([kept.chargedFrom.toString(), kept.creditCentavos, kept.toBill], ["2026-05-01", 0n, []]);
  const given = changeToPrepaid({ ...change, unused: "credit" });
  assert.deepEqual([given.chargedFrom.toString(), given.creditCentavos, given.carried], [
    "2026-03-16",
    151613n,
    [],
  ]);
});

Deno.test("days of an unpaid bill are no coverage: they are credited, and so are all behind them", () => {
  const effect = changeToPrepaid({
    ...MONTHLY,
    today: day("2026-03-16"),
    when: "today",
    unused: "coverage",
    chargedThrough: day("2026-06-01"),
    charged: [
      charged("2026-03-01", "2026-04-01"),
      charged("2026-04-01", "2026-05-01", false),
      charged("2026-05-01", "2026-06-01"),
    ],
  });
  assert.deepEqual([effect.chargedFrom.toString(), effect.creditCentavos], ["2026-04-01", 200000n]);
  const unpaid = changeToPrepaid({
    ...MONTHLY,
    today: day("2026-03-16"),
    when: "today",
    unused: "coverage",
    chargedThrough: day("2026-04-01"),
    charged: [charged("2026-03-01", "2026-04-01", false)],
  });
  assert.deepEqual([unpaid.carried, unpaid.creditCentavos], [[], 51613n]);
});

Deno.test("suspended days of the last bill are not charged under the policy skip", () => {
  const effect = changeToPrepaid({
    ...MONTHLY,
    today: day("2026-04-16"),
    when: "next_boundary",
    unused: "credit",
    chargedThrough: day("2026-04-01"),
    charged: [],
    suspended: [{ start: day("2026-04-03"), end: day("2026-04-09") }],
  });
  assert.equal(effect.toBill[0]?.amountCentavos, 80000n);
});

const PURCHASES: ChargedDays[] = [
  { start: day("2026-03-01"), end: day("2026-03-31"), amountCentavos: centavos(50000) },
  { start: day("2026-03-31"), end: day("2026-04-30"), amountCentavos: centavos(50000) },
];

Deno.test("bills of a prepaid subscriber begin where coverage ends, or today with the rest as credit", () => {
  const change = { today: day("2026-03-21"), purchases: PURCHASES };
  const kept = changeToPostpaid({ ...change, when: "today", unused: "coverage" });
  assert.deepEqual([kept.effectiveOn.toString(), kept.chargedFrom.toString()], ["2026-03-21", "2026-04-30"]);
  assert.deepEqual(kept.carried.map(({ start, end }) => `${start}/${end}`), [
    "2026-03-21/2026-03-31",
    "2026-03-31/2026-04-30",
  ]);
  const given = changeToPostpaid({ ...change, when: "today", unused: "credit" });
  assert.deepEqual([given.chargedFrom.toString(), given.creditCentavos, given.carried], [
    "2026-03-21",
    66667n,
    [],
  ]);
  const later = changeToPostpaid({ ...change, when: "next_boundary", unused: "credit" });
  assert.deepEqual([later.effectiveOn.toString(), later.creditCentavos], ["2026-04-30", 0n]);
});

Deno.test("who had run out, or never bought, is billed from today: days without service cost nothing", () => {
  for (const purchases of [PURCHASES, []]) {
    for (const when of ["today", "next_boundary"] as const) {
      const effect = changeToPostpaid({ today: day("2026-05-10"), when, unused: "coverage", purchases });
      assert.equal(effect.chargedFrom.toString(), "2026-05-10");
      assert.equal(effect.effectiveOn.toString(), "2026-05-10");
      assert.deepEqual([effect.creditCentavos, effect.carried, effect.toBill], [0n, [], []]);
    }
  }
});
