import assert from "node:assert/strict";
import { centavos } from "@/shared/money/mod.ts";
import { billStatus } from "./mod.ts";

const day = Temporal.PlainDate.from;

function statusOn(today: string, paid: number, total = 100): string {
  return billStatus({
    status: "issued",
    totalCentavos: centavos(total),
    paidCentavos: centavos(paid),
    dueOn: day("2026-03-08"),
    graceDays: 5,
    today: day(today),
  });
}

Deno.test("billStatus turns to grace the day after the due date and to overdue the day after grace", () => {
  const table: [string, number, string][] = [
    ["2026-03-01", 0, "due"],
    ["2026-03-08", 0, "due"],
    ["2026-03-08", 1, "partly_paid"],
    ["2026-03-08", 40, "partly_paid"],
    ["2026-03-09", 0, "grace"],
    ["2026-03-09", 40, "grace"],
    ["2026-03-13", 0, "grace"],
    ["2026-03-14", 0, "overdue"],
    ["2026-03-14", 99, "overdue"],
    ["2026-03-14", 100, "paid"],
    ["2027-01-01", 100, "paid"],
  ];
  for (const [today, paid, expected] of table) {
    assert.equal(statusOn(today, paid), expected, `${today} ${paid}`);
  }
});

Deno.test("billStatus of a bill of zero is paid from the start", () => {
  assert.equal(statusOn("2026-03-01", 0, 0), "paid");
});

Deno.test("billStatus of drafts and void bills never depends on the date", () => {
  const rest = {
    totalCentavos: centavos(100),
    paidCentavos: centavos(0),
    graceDays: 0,
    today: day("2030-01-01"),
  };
  assert.equal(billStatus({ ...rest, status: "draft", dueOn: null }), "draft");
  assert.equal(billStatus({ ...rest, status: "void", dueOn: day("2026-01-01") }), "void");
  assert.throws(() => billStatus({ ...rest, status: "issued", dueOn: null }), /Cannot derive bill status/);
});
