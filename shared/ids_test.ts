import assert from "node:assert/strict";
import { uuidv7 } from "./ids.ts";

Deno.test("uuidv7 carries version, variant and the time it was given", () => {
  const nowMs = Date.UTC(2026, 10, 23, 8, 30);
  const id = uuidv7(nowMs);
  assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal(parseInt(id.replaceAll("-", "").slice(0, 12), 16), nowMs);
});

Deno.test("uuidv7 of a later millisecond sorts later", () => {
  const ids = Array.from({ length: 200 }, (_, i) => uuidv7(1_790_000_000_000 + i));
  assert.deepEqual(ids.toSorted(), ids);
});

Deno.test("uuidv7 never repeats within one millisecond", () => {
  assert.equal(new Set(Array.from({ length: 5000 }, () => uuidv7(1))).size, 5000);
});

Deno.test("uuidv7 refuses a time it cannot hold", () => {
  for (const bad of [-1, 1.5, NaN, 2 ** 48]) assert.throws(() => uuidv7(bad), /Cannot make id/);
});
