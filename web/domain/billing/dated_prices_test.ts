import assert from "node:assert/strict";
import { centavos } from "@/shared/money/mod.ts";
import { type PricedPlan, termsOf } from "./mod.ts";

const day = Temporal.PlainDate.from;
const price = (pesos: number, agreedOn: string, fromOn: string | null = null) => ({
  agreedOn: day(agreedOn),
  fromOn: fromOn === null ? null : day(fromOn),
  priceCentavos: centavos(pesos * 100),
});
/** On the 12th a price was agreed without a day; by then one had been named for the 14th. */
const crossed: PricedPlan = {
  name: "B",
  prices: [price(1000, "2026-01-01"), price(2766, "2026-05-07", "2026-05-14"), price(2800, "2026-05-12")],
};
const other: PricedPlan = { name: "A", prices: [price(900, "2026-01-01")] };

/** What a whole period costs on a day, in pesos. */
function costs(terms: ReturnType<typeof termsOf>, on: string): bigint {
  const change = terms.changes.findLast((one) => Temporal.PlainDate.compare(one.on, day(on)) <= 0);
  return (change ?? terms).priceCentavos / 100n;
}

Deno.test("of two prices the one with the later day counts, whoever always had the plan or joined it meanwhile", () => {
  const always = termsOf({ plan: crossed, next: null, anchorDay: 2, activatedOn: day("2026-01-02") });
  assert.deepEqual(
    ["2026-05-13", "2026-05-20", "2026-06-02", "2026-09-02"].map((on) => costs(always, on)),
    [1000n, 2766n, 2800n, 2800n],
  );
  // The plan change that waits for September costs the same before and after it has been made.
  const changed = { plan: crossed, on: day("2026-09-02") };
  const waiting = termsOf({ plan: other, next: changed, anchorDay: 2, activatedOn: day("2026-01-02") });
  assert.deepEqual([costs(waiting, "2026-09-01"), costs(waiting, "2026-09-02")], [900n, 2800n]);
  const made = termsOf({ plan: crossed, next: null, anchorDay: 2, activatedOn: day("2026-01-02") });
  assert.equal(costs(made, "2026-09-02"), costs(waiting, "2026-09-02"));
});

Deno.test("whoever joins after a price was agreed has it from the first day on", () => {
  const joined = (on: string) => termsOf({ plan: crossed, next: null, anchorDay: 2, activatedOn: day(on) });
  assert.equal(costs(joined("2026-05-11"), "2026-05-11"), 1000n);
  assert.equal(costs(joined("2026-05-12"), "2026-05-12"), 2800n);
  assert.equal(costs(joined("2026-05-20"), "2026-05-20"), 2800n);
  assert.equal(
    costs(joined("2026-05-12"), "2026-05-14"),
    2800n,
    "it does not fall back to one with an earlier day",
  );
  assert.deepEqual(joined("2026-05-12").changes, []);
});

Deno.test("a price that is agreed on the day of a plan change comes too late for it, before and after the change is made", () => {
  const plan: PricedPlan = { name: "B", prices: [price(1000, "2026-01-01"), price(1500, "2026-06-02")] };
  const own = { anchorDay: 2, activatedOn: day("2026-01-02") };
  const waiting = termsOf({ plan: other, next: { plan, on: day("2026-06-02") }, ...own });
  const made = termsOf({ plan, next: null, ...own });
  for (const terms of [waiting, made]) {
    assert.deepEqual(["2026-06-02", "2026-07-02"].map((on) => costs(terms, on)), [1000n, 1500n]);
  }
  const begun = termsOf({ plan, next: null, anchorDay: 2, activatedOn: day("2026-06-02") });
  assert.equal(costs(begun, "2026-06-02"), 1500n, "who begins on that day joins later than it was agreed");
});
