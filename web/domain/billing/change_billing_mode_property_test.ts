import assert from "node:assert/strict";
import fc from "fast-check";
import { centavos, multiplyRounded, ZERO } from "@/shared/money/mod.ts";
import { soaked } from "@/tests/support/soak.ts";
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
} from "./mod.ts";

const day = Temporal.PlainDate.from;
type Day = Temporal.PlainDate;

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
        ...change,
        planName: "Plan",
        proration: "actual",
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
    { numRuns: soaked(40, 10_000) },
  );
});
