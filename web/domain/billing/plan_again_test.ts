import assert from "node:assert/strict";
import { centavos } from "@/shared/money/mod.ts";
import { type AgainRules, type FreedPeriod, planAgain } from "./plan_again.ts";

const day = Temporal.PlainDate.from;
const RULES: AgainRules = {
  timing: "arrears",
  activatedOn: day("2026-01-01"),
  asOf: day("2026-06-10"),
  termsDays: 7,
  minNoticeDays: 3,
  leadDays: 5,
};
const ADVANCE: AgainRules = { ...RULES, timing: "advance" };

/** A month of 30 days at 900.00, 30.00 a day, so that amounts can be read as days. */
const freed = (more: Partial<FreedPeriod> = {}): FreedPeriod => ({
  freedBillId: "void",
  periodStart: day("2026-04-01"),
  periodEnd: day("2026-05-01"),
  terms: {
    planName: "Fiber 50",
    priceCentavos: centavos(90_000),
    anchorDay: 1,
    proration: "actual",
    isChargedInFull: false,
  },
  firstBilledOn: day("2026-05-01"),
  suspended: [],
  creditedCentavos: centavos(0),
  ...more,
});
const off = (start: string, end: string | null) => ({
  start: day(start),
  end: end === null ? null : day(end),
});
const amounts = (periods: FreedPeriod[], rules = RULES) =>
  planAgain(periods, rules).map(({ lines }) => lines.map((line) => line.amountCentavos));

Deno.test("a period is billed again at its own price, today, with what was not charged then left out", () => {
  const [bill] = planAgain([freed({ suspended: [off("2026-04-11", "2026-04-21")] })], RULES);
  assert.equal(bill?.totalCentavos, 60_000n);
  assert.equal(
    `${bill?.periodStart} ${bill?.periodEnd} ${bill?.issuedOn}`,
    "2026-04-01 2026-05-01 2026-06-10",
  );
  assert.equal(bill?.isWithheld, undefined);
});

Deno.test("what was on one void bill comes on one again, oldest first; what a person decided comes on its own", () => {
  const march = { periodStart: day("2026-03-01"), periodEnd: day("2026-04-01") };
  const may = { periodStart: day("2026-05-01"), periodEnd: day("2026-06-01") };
  const spans = planAgain([freed(may), freed(), freed({ ...march, freedBillId: null })], RULES)
    .map(({ periodStart, periodEnd, lines }) => `${periodStart} ${periodEnd} ${lines.length}`);
  assert.deepEqual(spans, ["2026-03-01 2026-04-01 1", "2026-04-01 2026-06-01 2"]);
  const decided = [freed({ freedBillId: null }), freed({ ...may, freedBillId: null })];
  assert.equal(planAgain(decided, RULES).length, 2, "each decided period on a bill of its own");
});

Deno.test("in arrears it is due after its last day, in advance after its first; full terms after a void where late terms are", () => {
  const due = (rules: AgainRules, more: Partial<FreedPeriod> = {}) =>
    String(planAgain([freed(more)], rules)[0]?.dueOn);
  const early = (timing: "arrears" | "advance") => ({ ...RULES, timing, asOf: day("2026-04-01") });
  assert.equal(due(early("arrears")), "2026-05-08");
  assert.equal(due(early("advance")), "2026-04-04", "27 March and 7 days are over: the least notice");
  assert.equal(due({ ...early("advance"), leadDays: 0 }), "2026-04-08");
  assert.equal(
    due({ ...early("advance"), activatedOn: day("2026-03-31") }),
    "2026-04-07",
    "never before it began",
  );
  assert.equal(due(RULES), "2026-06-13");
  const late = { ...RULES, termsDays: 14, lateTermsDays: 10 };
  assert.equal(due(late), "2026-06-24", "full terms after a void");
  assert.equal(due(late, { freedBillId: null }), "2026-06-20", "what a person decided is a late statement");
});

Deno.test("in advance, days that were suspended after its first bill are a line of their own, less what came off elsewhere", () => {
  const later = { firstBilledOn: day("2026-04-01"), suspended: [off("2026-04-11", "2026-04-21")] };
  assert.deepEqual(amounts([freed(later)], ADVANCE), [[90_000n, -30_000n]]);
  assert.deepEqual(amounts([freed({ ...later, creditedCentavos: centavos(10_000) })], ADVANCE), [[
    90_000n,
    -20_000n,
  ]]);
  assert.deepEqual(amounts([freed(later)], RULES), [[60_000n]], "in arrears it is all in the line");
});

Deno.test("in advance, what was known at the first bill is left out, and what began before it and went on is divided there", () => {
  const known = (firstBilledOn: string, ...suspended: FreedPeriod["suspended"]) =>
    amounts([freed({ firstBilledOn: day(firstBilledOn), suspended })], ADVANCE);
  assert.deepEqual(known("2026-04-21", off("2026-04-11", "2026-04-21")), [[60_000n]]);
  assert.deepEqual(known("2026-04-16", off("2026-04-11", "2026-04-21")), [[75_000n, -15_000n]]);
  assert.deepEqual(
    known("2026-04-16", off("2026-04-11", null)),
    [[75_000n, -45_000n]],
    "it stands to this day",
  );
  assert.deepEqual(
    known("2026-04-11", off("2026-04-11", "2026-04-21")),
    [[90_000n, -30_000n]],
    "it began with that day",
  );
});

Deno.test("a period of which no day is charged is withheld, and only then", () => {
  const all = off("2026-04-01", "2026-05-01");
  const isWithheld = (periods: FreedPeriod[]) => planAgain(periods, RULES)[0]?.isWithheld;
  assert.equal(isWithheld([freed({ suspended: [all] })]), true);
  assert.equal(
    isWithheld([freed({ suspended: [off("2026-04-01", "2026-04-30")] })]),
    undefined,
    "a day is left",
  );
  const may = freed({ periodStart: day("2026-05-01"), periodEnd: day("2026-06-01") });
  assert.equal(
    isWithheld([freed({ suspended: [all] }), may]),
    undefined,
    "another month of the bill is charged",
  );
});
