import assert from "node:assert/strict";
import { ManualClock } from "./clock.ts";

Deno.test("ManualClock stands still until it is moved", () => {
  const clock = new ManualClock("2026-03-01T00:00:00Z");
  assert.equal(clock.now().toString(), clock.now().toString());
  clock.advance({ days: 1, minutes: 5 });
  assert.equal(clock.now().toString(), "2026-03-02T00:05:00Z");
  clock.set("2026-01-01T00:00:00Z");
  assert.equal(clock.now().toString(), "2026-01-01T00:00:00Z");
});

Deno.test("ManualClock refuses to move by months, which have no exact length", () => {
  const clock = new ManualClock("2026-03-01T00:00:00Z");
  assert.throws(() => clock.advance({ months: 1 }), /Cannot advance clock/);
});
