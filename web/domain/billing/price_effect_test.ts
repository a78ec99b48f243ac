import assert from "node:assert/strict";
import { centavos } from "@/shared/money/mod.ts";
import type { ConnectionTerms } from "./dated_prices.ts";
import { billDayOf, payOn, scheduleFrom } from "./price_effect.ts";

const day = Temporal.PlainDate.from;
const change = (on: string, priceCentavos: number, planName = "Fiber 50") => ({
  on: day(on),
  planName,
  priceCentavos: centavos(priceCentavos),
});
const TERMS: ConnectionTerms = {
  planName: "Fiber 50",
  priceCentavos: centavos(100_000),
  changes: [change("2026-03-01", 90_000), change("2026-05-01", 110_000)],
};

Deno.test("a price is paid from its day on, and the last one that began counts", () => {
  const paid = (on: string) => payOn(TERMS, day(on)).priceCentavos;
  assert.equal(paid("2026-02-28"), 100_000n);
  assert.equal(paid("2026-03-01"), 90_000n);
  assert.equal(paid("2026-04-30"), 90_000n);
  assert.equal(paid("2026-12-01"), 110_000n);
});

Deno.test("what follows are the changes after the day, and a change of the plan alone is none of the price", () => {
  const next = (on: string, changes = TERMS.changes) =>
    scheduleFrom({ ...TERMS, changes: [...changes] }, day(on)).next.map((one) =>
      `${one.on} ${one.priceCentavos}`
    );
  assert.deepEqual(next("2026-02-28"), ["2026-03-01 90000", "2026-05-01 110000"]);
  assert.deepEqual(next("2026-03-01"), ["2026-05-01 110000"], "what begins on the day is now");
  assert.deepEqual(next("2026-05-01"), []);
  const renamed = [
    change("2026-03-01", 100_000, "Fiber 60"),
    change("2026-04-01", 120_000),
    change("2026-05-01", 120_000, "X"),
  ];
  assert.deepEqual(next("2026-02-28", renamed), ["2026-04-01 120000"]);
});

Deno.test("a day is billed after its period in arrears; in advance before it, and today where that is over", () => {
  const billed = (timing: "arrears" | "advance", today: string, leadDays = 5) =>
    String(billDayOf(day("2026-04-20"), { timing, anchorDay: 15, leadDays, today: day(today) }));
  assert.equal(billed("arrears", "2026-01-01"), "2026-05-15");
  assert.equal(billed("advance", "2026-01-01"), "2026-04-10");
  assert.equal(billed("advance", "2026-04-10"), "2026-04-10");
  assert.equal(billed("advance", "2026-04-12"), "2026-04-12", "no bill is made in the past");
});
