import assert from "node:assert/strict";
import fc from "fast-check";
import { readReference } from "./mod.ts";

Deno.test("references that look alike are one", () => {
  const alike = [
    "GC-2026 1234",
    "GC\u20112026 1234",
    "GC\u22122026\u00a01234",
    "ＧＣ－２０２６ 1234",
    "GC-\u200b2026  1234\u200e",
  ];
  assert.deepEqual(new Set(alike.map(readReference)), new Set(["GC-2026 1234"]));
});

Deno.test("words keep their spaces, and an empty one stays empty", () => {
  assert.equal(readReference("  BDO  branch 12 "), "BDO branch 12");
  assert.equal(readReference("\u200b \u00a0"), "");
});

Deno.test("reading a reference again changes nothing", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (typed) => {
      const once = readReference(typed);
      assert.equal(readReference(once), once);
    }),
    { numRuns: 100 },
  );
});
