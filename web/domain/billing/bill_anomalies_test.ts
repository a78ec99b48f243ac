import assert from "node:assert/strict";
import { centavos } from "@/shared/money/mod.ts";
import {
  anomaliesOf,
  type BillToCome,
  compareWithUsual,
  decideApproval,
  isUnusual,
  sameDaysBefore,
} from "./mod.ts";

const BASE: BillToCome = {
  totalCentavos: centavos(100_000),
  isFirst: false,
  inThisRun: 1,
  last: { totalCentavos: centavos(100_000), priceCentavos: centavos(100_000) },
};
const found = (changes: Partial<BillToCome>) => anomaliesOf({ ...BASE, ...changes });
const last = (total: number, price: number) => ({
  totalCentavos: centavos(total),
  priceCentavos: centavos(price),
});

Deno.test("a bill like the one before is nothing to look at", () => {
  assert.deepEqual(found({}), []);
  assert.deepEqual(found({ last: null }), []);
});

Deno.test("a bill of zero, and one of more than twice the last one, are odd", () => {
  assert.deepEqual(found({ totalCentavos: centavos(0) }), ["zero"]);
  assert.deepEqual(found({ totalCentavos: centavos(200_000) }), []);
  assert.deepEqual(found({ totalCentavos: centavos(200_001) }), ["more_than_twice"]);
  assert.deepEqual(found({ last: last(0, 0) }), ["more_than_twice"], "from nothing to something");
});

Deno.test("the first whole month after a short one is no surprise, a dearer one is", () => {
  assert.deepEqual(found({ last: last(10_000, 100_000) }), []);
  assert.deepEqual(found({ last: last(10_000, 49_999) }), ["more_than_twice"]);
});

Deno.test("several bills at once are odd, a first bill is only shown", () => {
  assert.deepEqual(found({ inThisRun: 3 }), ["several"]);
  assert.deepEqual(found({ isFirst: true, last: null }), ["first"]);
  assert.equal(isUnusual(["first"]), false);
  assert.equal(isUnusual(["several", "first"]), true);
});

Deno.test("a run is compared with the same day of earlier months, the last of a month with all days that fall on it", () => {
  const days = (day: string, months: number) => {
    const { from, until } = sameDaysBefore(Temporal.PlainDate.from(day), months);
    return `${from} ${until}`;
  };
  assert.equal(days("2026-03-01", 1), "2026-02-01 2026-02-01");
  assert.equal(days("2026-02-28", 1), "2026-01-28 2026-01-31");
  assert.equal(days("2026-03-31", 1), "2026-02-28 2026-02-28");
  assert.equal(days("2026-03-30", 2), "2026-01-30 2026-01-30");
  assert.equal(days("2028-02-29", 12), "2027-02-28 2027-02-28");
});

Deno.test("far more bills than usual: more than twice, and not only a handful", () => {
  assert.deepEqual(compareWithUsual(500, []), { usual: null, isFarMore: false });
  assert.deepEqual(compareWithUsual(200, [100, 100, 100]), { usual: 100, isFarMore: false });
  assert.deepEqual(compareWithUsual(201, [100, 100, 100]), { usual: 100, isFarMore: true });
  assert.deepEqual(compareWithUsual(8, [3, 0]), { usual: 3, isFarMore: true });
  assert.deepEqual(compareWithUsual(4, [1]), { usual: 1, isFarMore: false });
  assert.deepEqual(compareWithUsual(6, [0, 0]), { usual: null, isFarMore: false });
});

Deno.test("a run waits above so many unusual bills, with far more than usual, or always; one without bills never", () => {
  const run = { bills: 100, unusual: 3, usual: 90, isFarMore: false };
  const code = (approval: "off" | "unusual" | "always", over: number, changes = {}) =>
    decideApproval({ approval, over }, { ...run, ...changes })?.code ?? null;
  assert.equal(code("off", 0, { isFarMore: true }), null);
  assert.equal(code("unusual", 3), null);
  assert.equal(code("unusual", 2), "bills_unusual");
  assert.equal(code("unusual", 99, { isFarMore: true }), "bills_far_more");
  assert.equal(code("always", 99), "bills_always_asked");
  assert.equal(code("always", 0, { bills: 0, unusual: 0 }), null);
  assert.equal(code("always", 0, { bills: 1, unusual: 0 }), "bills_always_asked", "a single bill is a run");
  assert.equal(
    code("unusual", 0, { bills: 0, unusual: 1 }),
    "bills_unusual",
    "parked is unusual, though no bill",
  );
});
