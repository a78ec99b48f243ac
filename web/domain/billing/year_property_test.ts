import assert from "node:assert/strict";
import { soaked } from "@/tests/support/soak.ts";
import fc from "fast-check";
import { nextBoundaryAfter, periodContaining } from "@/shared/calendar/mod.ts";
import { centavos, multiplyRounded } from "@/shared/money/mod.ts";
import {
  type BilledLine,
  creditSuspended,
  type DayRange,
  mergeRanges,
  nextBillOn,
  planBills,
  type PlanBillsInput,
  type PlannedBill,
  suspendedDays,
  type TermsChange,
} from "./mod.ts";

const DAYS = 400;
const anyPrice = fc.integer({ min: 1, max: 300_000 }).map(centavos);

const anyYear = fc.record({
  timing: fc.constantFrom("arrears" as const, "advance" as const),
  anchorDay: fc.integer({ min: 1, max: 31 }),
  leadDays: fc.integer({ min: 0, max: 28 }),
  firstBill: fc.constantFrom("prorate" as const, "stub_plus_full" as const, "merge_stub_lt" as const),
  mergeStubLtDays: fc.integer({ min: 0, max: 28 }),
  priceCentavos: anyPrice,
  activatedOn: fc.integer({ min: 0, max: 1500 }).map((days) =>
    Temporal.PlainDate.from("2026-01-01").add({ days })
  ),
  /** Days after activation on which another plan is asked for, and its price. */
  changes: fc.array(fc.tuple(fc.integer({ min: 0, max: 330 }), anyPrice), { maxLength: 4 }),
  /** Days after activation on which the service goes off, and for how long. */
  suspensions: fc.array(fc.tuple(fc.integer({ min: 0, max: 330 }), fc.integer({ min: 1, max: 70 })), {
    maxLength: 4,
  }),
  /** Days on which no run takes place. */
  downtime: fc.tuple(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 40 })),
});

type Year = typeof anyYear extends fc.Arbitrary<infer T> ? T : never;

interface Lived {
  bills: PlannedBill[];
  /** Day by day, the price of a whole period. */
  priceOn: (date: Temporal.PlainDate) => bigint;
  suspended: DayRange[];
  outstanding: bigint;
}

/** Lives through a year the way the services do: run, plan changes, and what is known only up to the day. */
function live(year: Year): Lived {
  const all = mergeRanges(year.suspensions.map(([after, days]) => ({
    start: year.activatedOn.add({ days: after }),
    end: year.activatedOn.add({ days: after + days }),
  })));
  let plan = { planName: "Plan", priceCentavos: year.priceCentavos };
  let nextPlan: TermsChange | null = null;
  const prices: { on: Temporal.PlainDate; price: bigint }[] = [
    { on: year.activatedOn, price: year.priceCentavos },
  ];
  const bills: PlannedBill[] = [];
  let billedThrough: Temporal.PlainDate | null = null;
  for (let n = 0; n <= DAYS; n++) {
    const today = year.activatedOn.add({ days: n });
    const rules: PlanBillsInput = {
      ...rulesOf(year),
      ...plan,
      billedThrough,
      asOf: today,
      changes: nextPlan === null ? [] : [nextPlan],
      suspended: known(all, today),
    };
    const isDown = n >= year.downtime[0] && n < year.downtime[0] + year.downtime[1];
    if (!isDown) {
      for (const bill of planBills(rules)) {
        bills.push(credited(bill, bills, rules));
        billedThrough = bill.periodEnd;
      }
      const next: Temporal.PlainDate | null = nextBillOn({
        ...rules,
        billedThrough,
        suspended: rules.suspended ?? [],
      });
      if (next !== null) assert.ok(Temporal.PlainDate.compare(next, today) > 0);
      const isSettled: boolean = nextPlan !== null && billedThrough !== null &&
        Temporal.PlainDate.compare(nextPlan.on, today) <= 0 &&
        Temporal.PlainDate.compare(billedThrough, nextPlan.on) >= 0;
      if (nextPlan !== null && isSettled) {
        plan = { planName: nextPlan.planName, priceCentavos: nextPlan.priceCentavos };
        prices.push({ on: nextPlan.on, price: nextPlan.priceCentavos });
        nextPlan = null;
      }
    }
    const isUnderWay = nextPlan !== null && (Temporal.PlainDate.compare(nextPlan.on, today) <= 0 ||
      (billedThrough !== null && Temporal.PlainDate.compare(billedThrough, nextPlan.on) > 0));
    for (const [after, priceCentavos] of year.changes) {
      if (after !== n || isUnderWay) continue;
      const boundary = nextBoundaryAfter(today, year.anchorDay);
      const on: Temporal.PlainDate =
        billedThrough !== null && Temporal.PlainDate.compare(billedThrough, boundary) > 0
          ? billedThrough
          : boundary;
      nextPlan = { on, planName: "Next", priceCentavos };
    }
  }
  if (nextPlan !== null) prices.push({ on: nextPlan.on, price: nextPlan.priceCentavos });
  const end = year.activatedOn.add({ days: DAYS });
  const rest = creditSuspended(billedLines(bills), known(all, end), end, centavos(10n ** 12n));
  return {
    bills,
    suspended: known(all, end),
    priceOn: (date) => prices.findLast(({ on }) => Temporal.PlainDate.compare(on, date) <= 0)?.price ?? 0n,
    outstanding: -rest.reduce((total, line) => total + line.amountCentavos, 0n),
  };
}

function rulesOf({ changes: _changes, suspensions: _suspensions, downtime: _downtime, ...rules }: Year) {
  return { ...rules, termsDays: 7, planName: "Plan" };
}

/** What the books say of suspensions on a day: nobody knows the end of the one that lasts. */
function known(all: readonly DayRange[], today: Temporal.PlainDate): DayRange[] {
  return all.filter(({ start }) => Temporal.PlainDate.compare(start, today) <= 0).map(({ start, end }) => ({
    start,
    end: end !== null && Temporal.PlainDate.compare(end, today) <= 0 ? end : null,
  }));
}

function credited(bill: PlannedBill, before: readonly PlannedBill[], rules: PlanBillsInput): PlannedBill {
  if (rules.timing === "arrears" || bill.isWithheld === true) return bill;
  const off = creditSuspended(billedLines(before), rules.suspended ?? [], rules.asOf, bill.totalCentavos);
  const credit = off.reduce((total, line) => total + line.amountCentavos, 0n);
  return { ...bill, lines: [...bill.lines, ...off], totalCentavos: centavos(bill.totalCentavos + credit) };
}

function billedLines(bills: readonly PlannedBill[]): BilledLine[] {
  const live = bills.filter((bill) => bill.isWithheld !== true);
  const lines = live.flatMap((bill) => bill.lines.map((line) => ({ ...line, issuedOn: bill.issuedOn })));
  return lines.filter((line) => line.amountCentavos > 0n).map((line) => ({
    periodStart: line.periodStart,
    periodEnd: line.periodEnd,
    amountCentavos: line.amountCentavos,
    issuedOn: line.issuedOn,
    creditedCentavos: centavos(
      -lines.filter((one) => one.amountCentavos < 0n && one.periodStart.equals(line.periodStart))
        .reduce((total, one) => total + one.amountCentavos, 0n),
    ),
  }));
}

Deno.test("a year of any settings, plan changes, suspensions and downtime has no gap and no overlap", () => {
  fc.assert(
    fc.property(anyYear, (year) => {
      const { bills } = live(year);
      assert.ok(bills.length >= 9);
      let end = year.activatedOn;
      for (const line of bills.flatMap((bill) => bill.lines).filter((one) => one.days >= 0)) {
        assert.ok(line.periodStart.equals(end), `${line.periodStart} follows ${end}`);
        end = line.periodEnd;
      }
      for (const bill of bills) assert.ok(bill.totalCentavos >= 0n);
    }),
    { numRuns: soaked(60, 3000) },
  );
});

Deno.test("each day with service is paid for once at the price of its plan, in arrears and in advance alike", () => {
  fc.assert(
    fc.property(anyYear, (year) => {
      const { bills, priceOn, suspended, outstanding } = live(year);
      const lines = bills.flatMap((bill) => bill.lines);
      const charges = lines.filter((line) => line.days >= 0);
      let rest = outstanding;
      for (const charge of charges) {
        const credits = lines.filter((line) => line.days < 0 && line.periodStart.equals(charge.periodStart));
        const net = credits.reduce(
          (total, line) => total + line.amountCentavos,
          charge.amountCentavos as bigint,
        );
        const price = priceOn(charge.periodStart);
        assert.ok(net >= 0n && net <= price, `${net} of ${price}`);
        const whole = periodContaining(charge.periodStart, year.anchorDay);
        const served = days(charge.periodStart, charge.periodEnd) -
          suspendedDays(suspended, charge.periodStart, charge.periodEnd);
        const expected = multiplyRounded(
          centavos(price),
          BigInt(served),
          BigInt(days(whole.start, whole.end)),
        );
        const over = net - expected;
        // What could not come off a bill yet comes off the next one; a rounding on the way is at most one centavo.
        assert.ok(over >= -1n, `${charge.periodStart} is charged ${-over} too little`);
        if (over > 1n) rest -= over;
        if (year.timing === "arrears") assert.equal(over, 0n);
      }
      assert.ok(rest >= -BigInt(charges.length), "nothing is charged beyond what is still to come off");
    }),
    { numRuns: soaked(60, 3000) },
  );
});

function days(start: Temporal.PlainDate, end: Temporal.PlainDate): number {
  return start.until(end, { largestUnit: "day" }).days;
}
