import assert from "node:assert/strict";
import { CONFIRM_MINUTES, isConfirmed } from "./confirmation.ts";

const NOW = Temporal.Instant.from("2026-11-23T01:00:00Z");

Deno.test.each([
  ["just now", NOW, true],
  ["a second before the end", NOW.subtract({ minutes: CONFIRM_MINUTES }).add({ seconds: 1 }), true],
  ["at the end", NOW.subtract({ minutes: CONFIRM_MINUTES }), false],
  ["never", null, false],
  ["by a node whose clock is a little ahead", NOW.add({ seconds: 60 }), true],
  ["ahead of a clock that was set back", NOW.add({ seconds: 61 }), false],
  ["a year ahead", NOW.add({ hours: 8760 }), false],
])("isConfirmed %s", (_name, at, expected) => {
  assert.equal(isConfirmed(at as Temporal.Instant | null, NOW), expected);
});
