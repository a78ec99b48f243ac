import assert from "node:assert/strict";
import { changesOf } from "./changes.ts";

Deno.test("changesOf shows what differs before and after, and whatever else an entry keeps", () => {
  const rows = (details: unknown) =>
    changesOf(details).map(({ name, before, after }) => [name, before, after]);
  assert.deepEqual(rows({ before: { grace: 5, terms: 7 }, after: { grace: 3, terms: 7 }, pinned: 2 }), [
    ["grace", "5", "3"],
    ["pinned", "", "2"],
  ]);
  assert.deepEqual(rows({ before: "Poblacion" }), [["", "Poblacion", ""]]);
  assert.deepEqual(rows({ before: null, after: "fil" }), [["", "", "fil"]]);
  assert.deepEqual(rows({ changed: ["name", "phone"], deep: [{ a: 1 }] }), [
    ["changed", "", "name, phone"],
    ["deep", "", '[{"a":1}]'],
  ]);
  for (const nothing of [{}, null, [], "text", { before: null, after: null }]) {
    assert.deepEqual(rows(nothing), []);
  }
});
