import assert from "node:assert/strict";
import fc from "fast-check";
import { centavos } from "@/shared/money/mod.ts";
import {
  EMPTY_PREPAID,
  expiryReminders,
  isCovered,
  nextPrepaidStart,
  payPrepaid,
  type PrepaidAccount,
  type PrepaidPlan,
  type PrepaidRules,
  renewPrepaid,
} from "./mod.ts";

const day = Temporal.PlainDate.from;
const THIRTY: PrepaidPlan = { unit: "days", count: 30, priceCentavos: centavos(50000) };
const MONTH: PrepaidPlan = { unit: "months", count: 1, priceCentavos: centavos(50000) };

type Paid = [date: string, amount: number, quantity?: number];

function play(rules: PrepaidRules, payments: Paid[]): PrepaidAccount {
  return payments.reduce((account, [date, amount, quantity = 1]) => {
    return payPrepaid(account, { paidOn: day(date), amountCentavos: centavos(amount), quantity }, rules);
  }, EMPTY_PREPAID);
}

function covered(account: PrepaidAccount): string[] {
  return account.coverage.map(({ start, end }) => `${start}/${end}`);
}

Deno.test("30 days paid on 1 March cover through 30 March (PP-01), 7 days end right after February (PP-10)", () => {
  const account = play({ plan: THIRTY }, [["2026-03-01", 50000]]);
  assert.deepEqual(covered(account), ["2026-03-01/2026-03-31"]);
  assert.equal(isCovered(account, day("2026-02-28")), false);
  assert.equal(isCovered(account, day("2026-03-01")), true);
  assert.equal(isCovered(account, day("2026-03-30")), true);
  assert.equal(isCovered(account, day("2026-03-31")), false);
  const week = { plan: { ...THIRTY, count: 7 } };
  assert.deepEqual(covered(play(week, [["2028-02-29", 50000]])), ["2028-02-29/2028-03-07"]);
});

Deno.test("an early renewal stacks (PP-02), and so does one on the first day without coverage", () => {
  for (const on of ["2026-03-01", "2026-03-25", "2026-03-31"]) {
    const account = play({ plan: THIRTY }, [["2026-03-01", 50000], [on, 50000]]);
    assert.deepEqual(covered(account), ["2026-03-01/2026-03-31", "2026-03-31/2026-04-30"], on);
  }
});

Deno.test("after a lapse the next days begin on the day of the payment, or where the last ones ended (PP-04)", () => {
  const payments: Paid[] = [["2026-09-02", 50000], ["2026-10-17", 50000]];
  const restarted = play({ plan: THIRTY }, payments);
  assert.deepEqual(covered(restarted), ["2026-09-02/2026-10-02", "2026-10-17/2026-11-16"]);
  const backdated = play({ plan: THIRTY, lapse: "backdate" }, payments);
  assert.deepEqual(covered(backdated), ["2026-09-02/2026-10-02", "2026-10-02/2026-11-01"]);
  const before = play({ plan: THIRTY }, payments.slice(0, 1));
  assert.equal(nextPrepaidStart(before, day("2026-10-17"), {}).toString(), "2026-10-17");
  assert.equal(nextPrepaidStart(before, day("2026-10-17"), { lapse: "backdate" }).toString(), "2026-10-02");
  assert.equal(nextPrepaidStart(EMPTY_PREPAID, day("2026-10-17"), {}).toString(), "2026-10-17");
});

Deno.test("months keep the 31st over February (PP-05); a new row of months has a day of its own", () => {
  const account = play({ plan: MONTH }, [["2026-01-31", 50000], ["2026-02-20", 50000], [
    "2026-03-30",
    50000,
  ]]);
  assert.deepEqual(covered(account), [
    "2026-01-31/2026-02-28",
    "2026-02-28/2026-03-31",
    "2026-03-31/2026-04-30",
  ]);
  const lapsed = play({ plan: MONTH }, [["2026-01-31", 50000], ["2026-03-10", 50000], ["2026-04-01", 50000]]);
  assert.deepEqual(covered(lapsed).slice(1), ["2026-03-10/2026-04-10", "2026-04-10/2026-05-10"]);
  const quarter = play({ plan: { ...MONTH, count: 3 } }, [["2025-11-30", 100000, 2]]);
  assert.deepEqual(covered(quarter), ["2025-11-30/2026-02-28", "2026-02-28/2026-05-30"]);
});

Deno.test("a row of months that begins anew on the last of April has the 30th, whatever the row before had", () => {
  const account = play({ plan: MONTH }, [["2026-01-31", 50000], ["2026-04-30", 50000]]);
  assert.deepEqual(covered(account).slice(1), ["2026-04-30/2026-05-30"]);
});

Deno.test("months after days begin a row on the day on which the days end", () => {
  const days = play({ plan: THIRTY }, [["2026-01-31", 50000]]);
  const payment = { paidOn: day("2026-02-01"), amountCentavos: centavos(50000), quantity: 1 };
  assert.deepEqual(covered(payPrepaid(days, payment, { plan: MONTH })).slice(1), ["2026-03-02/2026-04-02"]);
});

Deno.test("part payments wait as credit and buy from the day on which they are enough (PP-06)", () => {
  const first = play({ plan: THIRTY }, [["2026-03-01", 30000]]);
  assert.deepEqual([covered(first), first.creditCentavos], [[], 30000n]);
  const both = play({ plan: THIRTY }, [["2026-03-01", 30000], ["2026-03-05", 25000]]);
  assert.deepEqual([covered(both), both.creditCentavos], [["2026-03-05/2026-04-04"], 5000n]);
});

Deno.test("two purchases at once (PP-08), never more than the money is good for", () => {
  const two = play({ plan: THIRTY }, [["2026-03-01", 100000, 2]]);
  assert.deepEqual(covered(two), ["2026-03-01/2026-03-31", "2026-03-31/2026-04-30"]);
  const short = play({ plan: THIRTY }, [["2026-03-01", 99999, 2]]);
  assert.deepEqual([covered(short).length, short.creditCentavos], [1, 49999n]);
  const none = play({ plan: THIRTY }, [["2026-03-01", 100000, 0]]);
  assert.deepEqual([covered(none).length, none.creditCentavos], [0, 100000n]);
});

Deno.test("credit renews on the day of expiry where the tenant wants it, and only then (PP-07)", () => {
  const rules: PrepaidRules = { plan: THIRTY, isAutoRenewed: true };
  const paid = play(rules, [["2026-03-01", 120000]]);
  assert.equal(renewPrepaid(paid, day("2026-03-30"), rules), paid);
  for (const asOf of ["2026-03-31", "2026-04-01", "2026-12-31"]) {
    const renewed = renewPrepaid(paid, day(asOf), rules);
    assert.deepEqual(covered(renewed), ["2026-03-01/2026-03-31", "2026-03-31/2026-04-30"], asOf);
    assert.equal(renewed.creditCentavos, 20000n);
  }
  assert.equal(renewPrepaid(paid, day("2026-04-01"), { plan: THIRTY }), paid);
  const late = play(rules, [["2026-03-01", 120000], ["2026-05-10", 10000, 0]]);
  assert.deepEqual(covered(late).slice(1), ["2026-03-31/2026-04-30"], "renewed in time, run out again");
  const back = payPrepaid(late, {
    paidOn: day("2026-05-12"),
    amountCentavos: centavos(20000),
    quantity: 0,
  }, rules);
  assert.deepEqual(covered(back).at(-1), "2026-05-12/2026-06-11", "money after the lapse renews by itself");
});

Deno.test("money that names nothing buys once where the line renews itself and is off, and else waits", () => {
  const lapsed: Paid[] = [["2026-03-01", 50000], ["2026-05-10", 120000, 0]];
  const renewed = play({ plan: THIRTY, isAutoRenewed: true }, lapsed);
  assert.deepEqual([covered(renewed).length, renewed.creditCentavos], [2, 70000n]);
  const waiting = play({ plan: THIRTY }, lapsed);
  assert.deepEqual([covered(waiting).length, waiting.creditCentavos], [1, 120000n]);
  const early: Paid[] = [["2026-03-01", 50000], ["2026-03-10", 120000, 0]];
  assert.equal(covered(play({ plan: THIRTY, isAutoRenewed: true }, early)).length, 1, "it is on");
});

Deno.test("reminders come 3 days and 1 day before the first uncovered day, not on the day of the purchase", () => {
  const remind = (count: number) => {
    const account = play({ plan: { ...THIRTY, count } }, [["2026-03-01", 50000]]);
    return expiryReminders(account).map(String);
  };
  assert.deepEqual(remind(30), ["2026-03-28", "2026-03-30"]);
  assert.deepEqual(remind(3), ["2026-03-03"]);
  assert.deepEqual(remind(1), []);
  assert.deepEqual(expiryReminders(EMPTY_PREPAID), []);
});

Deno.test("a plan of no days is refused", () => {
  for (const count of [0, -1, 1.5]) {
    assert.throws(() => play({ plan: { ...MONTH, count } }, [["2026-03-01", 50000]]), /Cannot buy prepaid/);
  }
});

const anyPlan = fc.record({
  unit: fc.constantFrom("days" as const, "months" as const),
  count: fc.constantFrom(1, 3, 7, 15),
  priceCentavos: fc.integer({ min: 1, max: 100_000 }).map(centavos),
});
const anyPayments = fc.array(
  fc.record({
    afterDays: fc.integer({ min: 0, max: 60 }),
    times: fc.integer({ min: 0, max: 30 }),
    quantity: fc.integer({ min: 0, max: 3 }),
  }),
  { minLength: 1, maxLength: 8 },
);

Deno.test("no day is covered twice, no money is lost, and service is on at once when the money is enough", () => {
  fc.assert(
    fc.property(
      anyPlan,
      anyPayments,
      fc.boolean(),
      fc.constantFrom("restart" as const, "backdate" as const),
      (plan, payments, isAutoRenewed, lapse) => {
        const rules = { plan, lapse, isAutoRenewed };
        let account = EMPTY_PREPAID;
        let today = day("2027-12-15");
        let paid = 0n;
        for (const { afterDays, times, quantity } of payments) {
          today = today.add({ days: afterDays });
          const amountCentavos = centavos(plan.priceCentavos * BigInt(times) / 10n);
          paid += amountCentavos;
          account = payPrepaid(account, { paidOn: today, amountCentavos, quantity }, rules);
          const isEnough = account.creditCentavos >= plan.priceCentavos;
          if (isAutoRenewed && account.coverage.length > 0 && isEnough) {
            assert.ok(isCovered(account, today), "credit idles beside a line that is off");
          }
        }
        const { coverage } = account;
        for (const [i, { start, end }] of coverage.entries()) {
          assert.ok(Temporal.PlainDate.compare(start, end) < 0);
          const before = coverage[i - 1];
          if (before !== undefined) assert.ok(Temporal.PlainDate.compare(before.end, start) <= 0);
          if (before !== undefined && lapse === "backdate") assert.ok(before.end.equals(start));
        }
        assert.equal(plan.priceCentavos * BigInt(coverage.length) + account.creditCentavos, paid);
      },
    ),
    { numRuns: 60 },
  );
});

Deno.test("renewing day by day and renewing once after a month without runs give the same", () => {
  fc.assert(
    fc.property(
      anyPlan,
      fc.integer({ min: 0, max: 40 }),
      fc.integer({ min: 0, max: 90 }),
      (plan, times, days) => {
        const rules = { plan, isAutoRenewed: true };
        const paidOn = day("2028-01-31");
        const amountCentavos = centavos(plan.priceCentavos * BigInt(times));
        const start = payPrepaid(EMPTY_PREPAID, { paidOn, amountCentavos, quantity: 1 }, rules);
        let daily = start;
        for (let n = 0; n <= days; n++) daily = renewPrepaid(daily, paidOn.add({ days: n }), rules);
        assert.deepEqual(renewPrepaid(start, paidOn.add({ days }), rules), daily);
      },
    ),
    { numRuns: 40 },
  );
});
