import assert from "node:assert/strict";
import fc from "fast-check";
import { type ClockSight, judgeClock } from "./mod.ts";

function sight(at: string, uptimeHours: number, bootId = "one"): ClockSight {
  return { at: Temporal.Instant.from(at), bootId, uptimeSeconds: uptimeHours * 3600 };
}

Deno.test.each(
  [
    ["a minute later", sight("2026-03-01T00:01:00Z", 10.02), null],
    ["45 days ahead within the minute", sight("2026-04-15T00:01:00Z", 10.02), "jump"],
    ["45 days back within the minute", sight("2026-01-15T00:01:00Z", 10.02), "jump"],
    ["a day and an hour ahead", sight("2026-03-02T01:00:00Z", 10), "jump"],
    ["a day, not more", sight("2026-03-02T00:00:00Z", 10), null],
    ["the web was stopped for two days, the machine counted on", sight("2026-03-03T00:00:00Z", 58), null],
    ["two days on the count, the clock did not move", sight("2026-03-01T00:00:00Z", 58), "jump"],
    ["the machine was started again within the day", sight("2026-03-01T20:00:00Z", 1, "two"), null],
    ["the machine was off for two days, or it jumped", sight("2026-03-03T00:00:00Z", 1, "two"), "gap"],
    ["another start of the machine, two days before", sight("2026-02-27T00:00:00Z", 1, "two"), "jump"],
    ["the same name, but the count began again", sight("2026-03-03T00:00:00Z", 1), "gap"],
  ] as const,
)("a look at the clock: %s", (_name, now, doubt) => {
  assert.equal(judgeClock(sight("2026-03-01T00:00:00Z", 10), now).doubt, doubt);
});

Deno.test("what the clock should say is the last sight plus the count, whatever it says", () => {
  const numbers = fc.tuple(fc.integer({ min: 0, max: 1e7 }), fc.integer({ min: -1e9, max: 1e9 }));
  fc.assert(fc.property(numbers, ([counted, moved]) => {
    const last = sight("2026-03-01T00:00:00Z", 10);
    const now = { ...last, at: last.at.add({ seconds: moved }), uptimeSeconds: last.uptimeSeconds + counted };
    const { doubt, expectedAt } = judgeClock(last, now);
    assert.equal(expectedAt.epochMilliseconds, last.at.epochMilliseconds + counted * 1000);
    assert.equal(doubt === "jump", Math.abs(moved - counted) > 86_400);
  }));
});
