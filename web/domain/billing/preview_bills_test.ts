import assert from "node:assert/strict";
import { centavos } from "@/shared/money/mod.ts";
import { compareBills, previewBills } from "./preview_bills.ts";

const day = Temporal.PlainDate.from;
const rules = (...changes: [string, number][]): Parameters<typeof previewBills>[0] => ({
  planName: "Fiber 50",
  timing: "arrears",
  anchorDay: 1,
  priceCentavos: centavos(100_000),
  activatedOn: day("2026-01-01"),
  billedThrough: day("2026-03-01"),
  termsDays: 7,
  changes: changes.map(([on, price]) => ({
    on: day(on),
    planName: "Fiber 50",
    priceCentavos: centavos(price),
  })),
});

Deno.test("a preview gives so many bills, each on its day, each after the one before", () => {
  const bills = previewBills(rules(["2026-05-01", 120_000]), 3);
  assert.deepEqual(
    bills.map(({ issuedOn, periodStart, totalCentavos }) => `${issuedOn} ${periodStart} ${totalCentavos}`),
    ["2026-04-01 2026-03-01 100000", "2026-05-01 2026-04-01 100000", "2026-06-01 2026-05-01 120000"],
  );
  assert.deepEqual(previewBills(rules(), 0), []);
});

Deno.test("compared are the first two bills, and after them those at which something changes, before or after", () => {
  const compared = (most: number) =>
    compareBills(rules(["2026-07-01", 90_000]), rules(["2026-06-01", 120_000], ["2026-09-01", 90_000]), most)
      .map((bill) => `${bill.periodStart} ${bill.beforeCentavos} ${bill.afterCentavos}`);
  assert.deepEqual(compared(9), [
    "2026-03-01 100000 100000",
    "2026-04-01 100000 100000",
    "2026-06-01 100000 120000",
    "2026-07-01 90000 120000",
    "2026-09-01 90000 90000",
  ]);
  assert.equal(compared(3).length, 3, "never more than are asked for");
});

Deno.test("where nothing changes two bills are enough", () => {
  assert.equal(compareBills(rules(), rules(), 9).length, 2);
  const [first] = compareBills(rules(), rules(["2026-03-01", 80_000]), 9);
  assert.equal(
    `${first?.issueOn} ${first?.beforeCentavos} ${first?.afterCentavos}`,
    "2026-04-01 100000 80000",
  );
});
