import assert from "node:assert/strict";
import { fullJitterMs } from "./backoff.ts";

Deno.test("fullJitterMs doubles its ceiling up to the cap", () => {
  const almostOne = { baseMs: 1000, capMs: 60_000, random: () => 0.9999999 };
  assert.deepEqual([0, 1, 2, 3].map((n) => fullJitterMs(n, almostOne)), [999, 1999, 3999, 7999]);
  for (const attempt of [10, 100, 5000]) assert.equal(fullJitterMs(attempt, almostOne), 59_999);
});

Deno.test("fullJitterMs may be zero and never negative", () => {
  for (const attempt of [-3, 0, 7]) {
    assert.equal(fullJitterMs(attempt, { baseMs: 500, capMs: 9000, random: () => 0 }), 0);
  }
});
