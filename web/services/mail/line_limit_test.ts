import assert from "node:assert/strict";
import { LineLimit } from "./line_limit.ts";

Deno.test("a server that took three connections is given three for an hour, and then all again", () => {
  const limit = new LineLimit();
  assert.equal(limit.of(5, 0), 5);
  limit.note(3, 1_000);
  assert.equal(limit.of(5, 2_000), 3);
  assert.equal(limit.of(2, 2_000), 2);
  assert.equal(limit.of(5, 3_600_999), 3);
  assert.equal(limit.of(5, 3_601_000), 5);
  limit.note(0, 4_000_000);
  assert.equal(limit.of(5, 4_000_000), 1, "one there must be");
});
