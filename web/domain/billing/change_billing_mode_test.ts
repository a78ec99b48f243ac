import assert from "node:assert/strict";
import fc from "fast-check";
import { centavos, multiplyRounded, ZERO } from "@/shared/money/mod.ts";
import {
  changeToPostpaid,
  changeToPrepaid,
  type ChargedDays,
  EMPTY_PREPAID,
  isCovered,
  payPrepaid,
  planBills,
  type PrepaidAccount,
  type PrepaidPlan,
  type ToPrepaid,
} from "./mod.ts";

const day = Temporal.PlainDate.from;
type Day = Temporal.PlainDate;

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
  assert.deepEqual(effect.toBill.map((line) => [line.description, line.amountCentavos]), [
    ["Fiber 50, 1–15 Mar 2026 (15 of 31 days)", 48387n],
  ]);
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

/** How often each day was charged, as a plain count, and the money of it. */
class Days {
  #count = new Map<string, number>();
  money = 0n;

  add(start: Day, end: Day, by = 1): void {
    for (let on = start; Temporal.PlainDate.compare(on, end) < 0; on = on.add({ days: 1 })) {
      this.#count.set(on.toString(), (this.#count.get(on.toString()) ?? 0) + by);
    }
  }

  assertOnceEach(from: Day, to: Day): void {
    this.add(from, to, 0);
    const bad = [...this.#count].filter(([on, count]) => {
      const isInside = on >= from.toString() && on < to.toString();
      return count !== (isInside ? 1 : 0);
    });
    assert.deepEqual(bad, [], `from ${from} to ${to}`);
  }
}

const anyLife = fc.record({
  timing: fc.constantFrom("arrears" as const, "advance" as const),
  anchorDay: fc.integer({ min: 1, max: 31 }),
  leadDays: fc.integer({ min: 0, max: 15 }),
  priceCentavos: fc.integer({ min: 100, max: 300_000 }).map(centavos),
  activatedOn: fc.integer({ min: 0, max: 800 }).map((days) => day("2026-12-01").add({ days })),
  changes: fc.array(
    fc.record({
      afterDays: fc.integer({ min: 1, max: 100 }),
      when: fc.constantFrom("today" as const, "next_boundary" as const),
      unused: fc.constantFrom("coverage" as const, "credit" as const),
      paidPeriods: fc.integer({ min: 0, max: 9 }),
    }),
    { minLength: 1, maxLength: 5 },
  ),
  plan: fc.record({
    unit: fc.constantFrom("days" as const, "months" as const),
    count: fc.constantFrom(1, 3, 7, 15),
    priceCentavos: fc.integer({ min: 100, max: 100_000 }).map(centavos),
  }),
});

type Life = typeof anyLife extends fc.Arbitrary<infer T> ? T : never;

/** Runs until the change and says what has been charged by then. */
function postpaidUntil(life: Life, from: Day, today: Day, isFirst: boolean): ChargedDays[] {
  const bills = planBills({
    planName: "Plan",
    timing: life.timing,
    anchorDay: life.anchorDay,
    priceCentavos: life.priceCentavos,
    activatedOn: from,
    billedThrough: isFirst ? null : from,
    asOf: today,
    termsDays: 7,
    leadDays: life.leadDays,
  });
  return bills.flatMap((bill) => bill.lines).map(({ periodStart, periodEnd, amountCentavos }) => ({
    start: periodStart,
    end: periodEnd,
    amountCentavos,
  }));
}

/** Buys once from a date on, and goes on buying until the date is covered. */
function boughtUntil(plan: PrepaidPlan, from: Day, today: Day): PrepaidAccount {
  let account = EMPTY_PREPAID;
  const payment = { paidOn: from, amountCentavos: plan.priceCentavos, quantity: 1 };
  while (account.coverage.length === 0 || !isCoveredOrBefore(account, today)) {
    account = payPrepaid(account, payment, { plan });
  }
  return account;
}

function isCoveredOrBefore(account: PrepaidAccount, date: Day): boolean {
  const [first] = account.coverage;
  return isCovered(account, date) ||
    (first !== undefined && Temporal.PlainDate.compare(date, first.start) < 0);
}

/** Lives through all changes of mode; the subscriber renews in time, so that no day may be missing. */
function live(life: Life): { days: Days; from: Day; to: Day } {
  const days = new Days();
  const { activatedOn, plan } = life;
  let chargedFrom = activatedOn;
  let today = activatedOn;
  for (const [i, change] of life.changes.entries()) {
    today = later(today, chargedFrom).add({ days: change.afterDays });
    if (i % 2 === 0) {
      const charges = postpaidUntil(life, chargedFrom, today, i === 0);
      for (const { start, end } of charges) days.add(start, end);
      const effect = changeToPrepaid({
        ...MONTHLY,
        ...change,
        priceCentavos: life.priceCentavos,
        anchorDay: life.anchorDay,
        today,
        chargedThrough: charges.at(-1)?.end ?? chargedFrom,
        charged: charges.map((line, n) => ({ ...line, isPaid: n < change.paidPeriods })),
      });
      for (const { periodStart, periodEnd } of effect.toBill) days.add(periodStart, periodEnd);
      days.money += creditedAgain(days, charges, effect.chargedFrom, effect.creditCentavos);
      chargedFrom = effect.chargedFrom;
    } else {
      const { coverage } = boughtUntil(plan, chargedFrom, today);
      const purchases = coverage.map((bought) => ({ ...bought, amountCentavos: plan.priceCentavos }));
      for (const { start, end } of purchases) days.add(start, end);
      const effect = changeToPostpaid({ ...change, today, purchases });
      days.money += creditedAgain(days, purchases, effect.chargedFrom, effect.creditCentavos);
      chargedFrom = effect.chargedFrom;
    }
  }
  return { days, from: activatedOn, to: chargedFrom };
}

/** Takes charged days behind `from` out again, and answers how far the credit is from their price, in centavos. */
function creditedAgain(days: Days, charges: readonly ChargedDays[], from: Day, credit: bigint): bigint {
  let priceCentavos = 0n;
  for (const { start, end, amountCentavos } of charges) {
    const first = later(start, from);
    days.add(first, end, -1);
    const count = Temporal.PlainDate.compare(first, end) < 0 ? first.until(end).days : 0;
    priceCentavos += multiplyRounded(amountCentavos, BigInt(count), BigInt(start.until(end).days));
  }
  const off = credit - priceCentavos;
  return off < ZERO ? -off : off;
}

function later(a: Day, b: Day): Day {
  return Temporal.PlainDate.compare(a, b) < 0 ? b : a;
}

Deno.test("however often the mode changes, every day is charged once, and credit is the price of its days", () => {
  fc.assert(
    fc.property(anyLife, (life) => {
      const { days, from, to } = live(life);
      days.assertOnceEach(from, to);
      assert.ok(days.money <= BigInt(life.changes.length), "rounding: a centavo a change at most");
    }),
    { numRuns: 50 },
  );
});
