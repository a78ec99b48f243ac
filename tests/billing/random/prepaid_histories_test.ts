import assert from "node:assert/strict";
import { centavos } from "@/shared/money/mod.ts";
import { Played, soaked } from "@/tests/support/soak.ts";
import {
  coveredUntil,
  EMPTY_PREPAID,
  isCovered,
  payPrepaid,
  type PrepaidAccount,
  type PrepaidRules,
  renewPrepaid,
} from "@/web/domain/billing/mod.ts";
import { Dice, seedsOf } from "./dice.ts";
import type { Day } from "./life_types.ts";
import { dayText } from "./naive.ts";
import { dateOf, dayOf } from "./pure_connection.ts";

const FIRST_DAY = dayOf("2026-01-01");
const DAYS = 730;

Deno.test("random prepaid histories of two years: no day is paid twice, no centavo is lost, money never idles in the dark", () => {
  const played = new Played("prepaid histories of two years on the pure engine");
  for (const seed of seedsOf(80, soaked(80, 10_000))) {
    const bought = play(seed);
    played.add([["coverages bought", bought]]);
  }
  played.say();
});

/** Says how often it was bought. */
function play(seed: number): number {
  const dice = new Dice(seed);
  const rules: PrepaidRules = {
    plan: {
      ...dice.of([
        { unit: "days" as const, count: dice.of([1, 3, 7, 15, 30])! },
        { unit: "months" as const, count: dice.whole(1, 3) },
      ])!,
      priceCentavos: centavos(dice.whole(1, 100_000)),
    },
    lapse: dice.happens(0.5) ? "restart" : "backdate",
    isAutoRenewed: dice.happens(0.5),
  };
  let account: PrepaidAccount = EMPTY_PREPAID;
  let paid = 0n;
  const payDays: Day[] = [];
  const say = () => `seed ${seed} ${JSON.stringify(rules, (_, v) => typeof v === "bigint" ? String(v) : v)}`;
  for (let day = FIRST_DAY; day < FIRST_DAY + DAYS; day++) {
    account = renewPrepaid(account, dateOf(day), rules);
    if (dice.happens(0.06)) {
      const amount = BigInt(dice.whole(1, Number(rules.plan.priceCentavos) * 3));
      const before = account;
      const quantity = dice.whole(0, 3);
      const payment = { paidOn: dateOf(day), amountCentavos: centavos(amount), quantity };
      account = payPrepaid(account, payment, rules);
      paid += amount;
      payDays.push(day);
      assert.deepEqual(account.coverage.slice(0, before.coverage.length), before.coverage, `${say()}: kept`);
    }
    if (rules.isAutoRenewed && account.coverage.length > 0 && !isCovered(account, dateOf(day))) {
      assert.ok(
        account.creditCentavos < rules.plan.priceCentavos,
        `${say()}: dark on ${dayText(day)} with money`,
      );
    }
  }
  judge(account, { rules, paid, payDays, say });
  return account.coverage.length;
}

interface Facts {
  rules: PrepaidRules;
  paid: bigint;
  payDays: readonly Day[];
  say: () => string;
}

function judge(account: PrepaidAccount, { rules, paid, payDays, say }: Facts): void {
  const bought = BigInt(account.coverage.length) * rules.plan.priceCentavos;
  assert.equal(bought + account.creditCentavos, paid, `${say()}: money`);
  assert.ok(account.creditCentavos >= 0n, say());
  let end: Day | null = null;
  let anchor = 0;
  for (const coverage of account.coverage) {
    const [from, until]: [Day, Day] = [dayOf(coverage.start), dayOf(coverage.end)];
    if (end === null || from > end) {
      // After a gap it begins on the day of a payment, and a row of months keeps that day.
      assert.ok(payDays.includes(from), `${say()}: begins on ${dayText(from)}`);
      assert.ok(end === null || rules.lapse === "restart", `${say()}: a gap before ${dayText(from)}`);
      anchor = dayOfMonth(from);
    } else assert.equal(from, end, `${say()}: ${dayText(from)} follows ${dayText(end)}`);
    const length: number = rules.plan.unit === "days"
      ? rules.plan.count
      : monthsFrom(from, rules.plan.count, anchor) - from;
    assert.equal(until - from, length, `${say()}: from ${dayText(from)}`);
    end = until;
  }
  assert.equal(coveredUntil(account)?.toString() ?? null, end === null ? null : dayText(end));
}

function dayOfMonth(day: Day): number {
  return new Date(day * 86_400_000).getUTCDate();
}

/** So many months later, on the day of the month that the row began with, or the last one. */
function monthsFrom(day: Day, months: number, anchor: number): Day {
  const date = new Date(day * 86_400_000);
  const month = date.getUTCMonth() + months;
  const last = new Date(Date.UTC(date.getUTCFullYear(), month + 1, 0)).getUTCDate();
  return Date.UTC(date.getUTCFullYear(), month, Math.min(anchor, last)) / 86_400_000;
}
