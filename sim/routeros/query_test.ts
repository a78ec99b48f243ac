import assert from "node:assert/strict";
import { matchesQuery } from "./query.ts";

const ROW = { name: "juan", disabled: "true", uptime: "10", comment: "" };

Deno.test("what is left on the stack is joined by and", () => {
  assert.ok(matchesQuery(["?name=juan", "?disabled=true"], ROW));
  assert.ok(!matchesQuery(["?name=juan", "?disabled=false"], ROW));
  assert.ok(matchesQuery([], ROW));
});

Deno.test("the older form with two equals signs is the same test", () => {
  assert.ok(matchesQuery(["?=name=juan"], ROW));
});

Deno.test("yes and true ask for the same", () => {
  assert.ok(matchesQuery(["?disabled=yes"], ROW));
  assert.ok(!matchesQuery(["?disabled=no"], ROW));
});

Deno.test("a set but empty value equals nothing; an unset one does not", () => {
  assert.ok(matchesQuery(["?comment="], ROW));
  assert.ok(!matchesQuery(["?address="], ROW));
  assert.ok(matchesQuery(["?-address"], ROW));
});

Deno.test("numbers compare as numbers", () => {
  assert.ok(matchesQuery(["?>uptime=9"], ROW));
  assert.ok(!matchesQuery(["?<uptime=9"], ROW));
});

Deno.test("operators take what lies under them", () => {
  assert.ok(matchesQuery(["?name=ana", "?name=juan", "?#|"], ROW));
  assert.ok(matchesQuery(["?name=ana", "?name=bea", "?name=juan", "?#||"], ROW));
  assert.ok(matchesQuery(["?name=ana", "?#!"], ROW));
  assert.ok(matchesQuery(["?name=ana", "?name=juan", "?#|!", "?name=juan", "?#|"], ROW));
  assert.ok(!matchesQuery(["?name=juan", "?#.", "?#!"], ROW), "a copy is left under the negation");
  assert.ok(!matchesQuery(["?name=ana", "?name=juan", "?#0"], ROW), "an index pushes a copy");
});
