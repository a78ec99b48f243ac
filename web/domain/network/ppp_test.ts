import assert from "node:assert/strict";
import * as fc from "fast-check";
import { pppNameProblem, pppPassword, suggestPppName } from "./mod.ts";

Deno.test("a suggested PPP user is one, and nobody has it", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 160 }), fc.array(fc.string()), (name, others) => {
      const first = suggestPppName(name, new Set(others));
      const next = suggestPppName(name, new Set([...others, first.toUpperCase()]));
      assert.equal(pppNameProblem(first), null);
      assert.equal(pppNameProblem(next), null);
      assert.notEqual(first, next);
    }),
  );
});

Deno.test("names come as people write them in the Philippines", () => {
  const none = new Set<string>();
  assert.equal(suggestPppName("Juan Dela Cruz", none), "juan.delacruz");
  assert.equal(suggestPppName("  Ma. Theresa  Ordoñez-Reyes Jr. ", none), "ma.theresaordonezreyesjr");
  assert.equal(suggestPppName("Princess", none), "princess");
  assert.equal(suggestPppName("李小龍", none), "subscriber");
  assert.equal(suggestPppName("Łukasz Großmann", none), "lukasz.grossmann");
  // Whole words only: nobody types half of one.
  assert.equal(
    suggestPppName("Maria Concepcion Delos Santos Villanueva", none),
    "maria.concepciondelossantos",
  );
  assert.equal(suggestPppName(`Maximilian ${"x".repeat(30)}`, none), "maximilian");
  assert.equal(suggestPppName("y".repeat(40), none), "y".repeat(40));
});

Deno.test("a PPP user has no spaces, quotes or control characters", () => {
  for (const bad of ["a b", "a\nb", '"', "=x", "-x", ".x", "a\0"]) {
    assert.equal(pppNameProblem(bad), "bad_characters");
  }
  for (const good of ["juan", "Niño.2", "12", "a@isp.ph"]) assert.equal(pppNameProblem(good), null);
  // Letters that stand for bytes of a code page are the router's, never typed.
  for (const bad of ["ni\uEFF1o", "\uEF80", "juan\uEF00"]) {
    assert.equal(pppNameProblem(bad), "bad_characters");
  }
  assert.equal(pppNameProblem(""), "empty");
  assert.equal(pppNameProblem("a".repeat(61)), "too_long");
});

Deno.test("a password has 14 signs that cannot be mistaken, all of them equally often", () => {
  const counted = new Map<string, number>();
  const bytes = (count: number) => crypto.getRandomValues(new Uint8Array(count));
  for (let i = 0; i < 31 * 256; i++) {
    const password = pppPassword(bytes);
    assert.match(password, /^[2-9a-hjkmnp-z]{14}$/);
    for (const sign of password) counted.set(sign, (counted.get(sign) ?? 0) + 1);
  }
  const counts = [...counted.values()];
  assert.equal(counts.length, 31);
  assert.ok(Math.max(...counts) - Math.min(...counts) < Math.max(...counts) * 0.2);
});
