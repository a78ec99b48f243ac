import assert from "node:assert/strict";
import { centavos } from "@/shared/money/mod.ts";
import { anchorDayFor, type FirstBillInput, previewFirstBill } from "./mod.ts";

const day = Temporal.PlainDate.from;

const BASE: FirstBillInput = {
  planName: "Fiber 50",
  timing: "arrears",
  anchorDay: 1,
  priceCentavos: centavos(100000),
  activatedOn: day("2026-01-10"),
  termsDays: 7,
  graceDays: 5,
};

function brief(changes: Partial<FirstBillInput>): string {
  const bill = previewFirstBill({ ...BASE, ...changes });
  return [bill.periodStart, bill.periodEnd, bill.totalCentavos, bill.issueOn, bill.dueOn, bill.cutOn].join(
    " ",
  );
}

Deno.test("previewFirstBill says period, amount, issue, due and cut date as the runs will have them", () => {
  assert.equal(brief({}), "2026-01-10 2026-02-01 70968 2026-02-01 2026-02-08 2026-02-14");
  assert.equal(brief({ firstBill: "free" }), "2026-02-01 2026-03-01 100000 2026-03-01 2026-03-08 2026-03-14");
  assert.equal(brief({ timing: "advance" }), "2026-01-10 2026-02-01 70968 2026-01-10 2026-01-17 2026-01-23");
  assert.equal(
    brief({ timing: "advance", firstBill: "stub_plus_full", leadDays: 5 }),
    "2026-01-10 2026-03-01 170968 2026-01-10 2026-01-17 2026-01-23",
  );
});

Deno.test("previewFirstBill moves the cut over blackout days, and says when nobody is ever cut", () => {
  const weekend = { weekdays: [6, 7], dates: [day("2026-02-16")] };
  assert.match(
    brief({ blackout: weekend }),
    /2026-02-17$/,
    "14 and 15 February are a weekend, the 16th a holiday",
  );
  const never = previewFirstBill({ ...BASE, blackout: { weekdays: [1, 2, 3, 4, 5, 6, 7], dates: [] } });
  assert.equal(never.cutOn, null);
});

Deno.test("the billing day is the company's, or the day of activation with an anniversary cycle", () => {
  const on = day("2026-01-31");
  assert.equal(anchorDayFor({ cycle_anchor: "fixed", cycle_day: 5 }, on), 5);
  assert.equal(anchorDayFor({ cycle_anchor: "anniversary", cycle_day: 5 }, on), 31);
});
