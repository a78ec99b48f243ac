import assert from "node:assert/strict";
import fc from "fast-check";
import { splitByCycle, whatToMend } from "./mod.ts";

const day = Temporal.PlainDate.from;

Deno.test("days over several cycles are cut at the billing day, without gap or overlap", () => {
  const parts = splitByCycle({ start: day("2026-01-20"), end: day("2026-04-10") }, 31);
  assert.deepEqual(parts.map(({ start, end }) => `${start} ${end}`), [
    "2026-01-20 2026-01-31",
    "2026-01-31 2026-02-28",
    "2026-02-28 2026-03-31",
    "2026-03-31 2026-04-10",
  ]);
  const anyRange = fc.tuple(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 1, max: 200 }));
  fc.assert(
    fc.property(anyRange, fc.integer({ min: 1, max: 31 }), ([from, days], anchorDay) => {
      const start = day("2027-11-05").add({ days: from });
      const end = start.add({ days });
      const cut = splitByCycle({ start, end }, anchorDay);
      assert.ok(cut[0]?.start.equals(start) && cut.at(-1)?.end.equals(end));
      for (const [i, part] of cut.slice(1).entries()) assert.ok(cut[i]?.end.equals(part.start));
    }),
    { numRuns: 60 },
  );
});

Deno.test("what is to be mended follows from the reason, else from whether anything was billed", () => {
  assert.equal(whatToMend("parked_not_activated", true), "activation");
  assert.equal(whatToMend("parked_ahead", true), "standing");
  assert.equal(whatToMend("parked_plan_missing", true), "plan");
  assert.equal(whatToMend("parked_too_many", false), "activation");
  assert.equal(whatToMend("parked_too_many", true), "begin");
  assert.equal(whatToMend(null, true), "begin");
});
