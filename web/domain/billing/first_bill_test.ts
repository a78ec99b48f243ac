import assert from "node:assert/strict";
import { centavos } from "@/shared/money/mod.ts";
import { nextBillOn, planBills, type PlanBillsInput } from "./mod.ts";

const day = Temporal.PlainDate.from;
const rules = (more: Partial<PlanBillsInput> = {}): PlanBillsInput => ({
  planName: "Fiber 50",
  timing: "arrears",
  anchorDay: 1,
  priceCentavos: centavos(100_000),
  activatedOn: day("2026-03-27"),
  billedThrough: null,
  asOf: day("2026-06-01"),
  termsDays: 7,
  ...more,
});
const spans = (more: Partial<PlanBillsInput>) =>
  planBills(rules(more)).map(({ lines }) => lines.map((line) => line.amountCentavos));

Deno.test("only a policy that prorates puts a short stub on the bill of the next period", () => {
  const joined = [[16_129n, 100_000n], [100_000n]];
  assert.deepEqual(spans({ mergeStubLtDays: 6 }), joined);
  assert.deepEqual(spans({ firstBill: "merge_stub_lt", mergeStubLtDays: 6 }), joined);
  assert.deepEqual(spans({ firstBill: "full", mergeStubLtDays: 6 }), [[100_000n], [100_000n], [100_000n]]);
  assert.deepEqual(spans({ firstBill: "merge_stub_lt", mergeStubLtDays: 5 }), [[16_129n], [100_000n], [
    100_000n,
  ]]);
});

Deno.test("after bills that stopped before the first one there is no first stub any more", () => {
  const begun = { firstBill: "full" as const, billedThrough: day("2026-03-27"), asOf: day("2026-04-01") };
  assert.deepEqual(spans(begun), [[16_129n]]);
});

Deno.test("a bill in advance comes on its first day, and waits for a connection that is off then", () => {
  const advance = { timing: "advance" as const, billedThrough: day("2026-05-01") };
  const next = (start: string, end: string) =>
    String(nextBillOn({ ...rules(advance), suspended: [{ start: day(start), end: day(end) }] }));
  assert.equal(next("2026-05-03", "2026-05-09"), "2026-05-01", "it goes off later");
  assert.equal(next("2026-04-28", "2026-05-09"), "2026-05-09");
  assert.equal(next("2026-04-20", "2026-05-01"), "2026-05-01", "it came back on that day");
});

Deno.test("a period of which every day was suspended is withheld, one of a single day is not", () => {
  const of = (end: string) =>
    planBills(rules({
      billedThrough: day("2026-04-01"),
      asOf: day("2026-05-01"),
      suspended: [{ start: day("2026-04-01"), end: day(end) }],
    }))[0]?.isWithheld;
  assert.equal(of("2026-05-01"), true);
  assert.equal(of("2026-04-30"), undefined);
});
