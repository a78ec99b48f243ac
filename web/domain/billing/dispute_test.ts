import assert from "node:assert/strict";
import fc from "fast-check";
import { disputeState, graceAfterDispute } from "./mod.ts";
import { dueDate } from "./due_date.ts";

const day = Temporal.PlainDate.from;
const compare = Temporal.PlainDate.compare;

Deno.test("a dispute is late only after the last day of its clock; a decision and a void bill end it", () => {
  const facts = { decision: null, decideByOn: day("2026-03-10"), isBillVoid: false };
  assert.equal(disputeState(facts, day("2026-03-10")), "open");
  assert.equal(disputeState(facts, day("2026-03-11")), "late");
  assert.equal(disputeState({ ...facts, isBillVoid: true }, day("2026-03-11")), "void");
  assert.equal(
    disputeState({ ...facts, decision: "rejected", isBillVoid: true }, day("2026-03-11")),
    "rejected",
  );
});

Deno.test("grace after a dispute is never shorter than before and never ends on the day of the decision", () => {
  const days = fc.integer({ min: 0, max: 60 });
  fc.assert(fc.property(days, days, days, fc.integer({ min: -60, max: 400 }), (own, grace, notice, after) => {
    const dueOn = day("2026-03-08");
    const decidedOn = dueOn.add({ days: after });
    const got = graceAfterDispute(
      { dueOn, graceDays: own },
      { graceDays: grace, minNoticeDays: notice },
      decidedOn,
    );
    assert.ok(got >= own);
    assert.ok(compare(dueOn.add({ days: got }), decidedOn.add({ days: 1 })) >= 0);
    assert.ok(
      got === own || dueOn.add({ days: got }).equals(decidedOn.add({ days: Math.max(grace, notice, 1) })),
    );
  }));
});

Deno.test("what is issued late has the least notice; 10 or 20 days and whole terms again only where the tenant says so", () => {
  const natural = day("2026-02-01");
  const due = (asOf: string, lateTermsDays: number | undefined, isAgain = false, termsDays = 7) =>
    dueDate(
      { asOf: day(asOf), termsDays, minNoticeDays: 3, ...(lateTermsDays !== undefined && { lateTermsDays }) },
      natural,
      { isAgain },
    ).toString();
  assert.equal(due("2026-02-01", 20), "2026-02-08", "not late");
  assert.equal(due("2026-01-25", 20), "2026-02-08", "in advance");
  assert.equal(due("2026-02-15", undefined), "2026-02-18");
  assert.equal(due("2026-02-15", 0, true), "2026-02-18");
  assert.equal(due("2026-02-15", 10), "2026-02-25");
  assert.equal(due("2026-02-15", 20), "2026-03-07");
  assert.equal(due("2026-02-02", 10, false, 30), "2026-03-03", "never earlier than in time");
  assert.equal(due("2026-02-15", 10, true, 30), "2026-03-17", "again: whole terms");
  assert.equal(due("2026-02-15", 10, false, 30), "2026-03-03");
});
