import assert from "node:assert/strict";
import fc from "fast-check";
import { clip, clipWords, fold, sortKey } from "./mod.ts";

Deno.test.each([
  ["pena", "Peña"],
  ["PEÑA", "Pen\u0303a"],
  ["begona", "Begoña"],
  ["jose", "José"],
  ["obrien", "O’Brien"],
  ["o'brien", "O´Brien"],
  ["ma teresa", "Ma.Teresa"],
  ["santos reyes", "Santos–Reyes"],
  ["dela cruz", "Dela\u00a0\u00a0Cruz"],
  ["strasse", "STRAẞE"],
  ["ﬁber", "Fiber"],
  ["lukasz", "ŁUKASZ"],
  ["ΝΊΚΟΣ", "νίκος"],
])("fold makes %s and %s one", (typed, written) => {
  assert.equal(fold(typed), fold(written));
});

Deno.test("fold keeps what tells names apart", () => {
  assert.notEqual(fold("a_b"), fold("axb"));
  assert.notEqual(fold("100%"), fold("100"));
  assert.notEqual(fold("back\\slash"), fold("backslash"));
  assert.equal(fold("'"), "");
});

Deno.test("fold of what is folded changes nothing, whatever the encoding of the letters", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 60 }), (text) => {
    assert.equal(fold(fold(text)), fold(text));
    assert.equal(fold(text.normalize("NFD")), fold(text.normalize("NFC")));
  }));
});

Deno.test("sortKey puts ñ between n and o, and an accent nowhere", () => {
  const names = [
    "Nuez",
    "Ñandú",
    "Ocampo",
    "Nandu",
    "Peñaz",
    "Penaz",
    "PEN\u0303A",
    "Peo",
    "penzo",
    "Élan",
    "Eva",
  ];
  const inOrder = names.toSorted((a, b) => sortKey(a) < sortKey(b) ? -1 : sortKey(a) > sortKey(b) ? 1 : 0);
  assert.deepEqual(inOrder, [
    "Élan",
    "Eva",
    "Nandu",
    "Nuez",
    "Ñandú",
    "Ocampo",
    "Penaz",
    "penzo",
    "PEN\u0303A",
    "Peñaz",
    "Peo",
  ]);
});

const FAMILY = "👩‍👩‍👧‍👦";

Deno.test("clip takes whole letters and never more than the limit", () => {
  assert.equal(clip(`emoji ${FAMILY} family`, 8), "emoji ");
  assert.equal(clip(`emoji ${FAMILY} family`, 17), `emoji ${FAMILY}`);
  assert.equal(clip("Pen\u0303a", 3), "Pe");
  const alphabet = fc.constantFrom("a", " ", FAMILY, "n\u0303", "🇵🇭", "👍🏽", "\r\n");
  fc.assert(fc.property(fc.array(alphabet), fc.nat(40), (letters, most) => {
    const text = letters.join("");
    const clipped = clip(text, most);
    assert.ok(clipped.length <= most && text.startsWith(clipped));
    const whole = [...new Intl.Segmenter().segment(text)].map(({ segment }) => segment);
    let start = "";
    for (const letter of whole) {
      if (start.length + letter.length > most) break;
      start += letter;
    }
    assert.equal(clipped, start);
  }));
});

Deno.test("clipWords ends behind a word where that leaves half", () => {
  assert.equal(clipWords("Purok Mahogany Street", 16), "Purok Mahogany");
  assert.equal(clipWords("Purok Mahogany", 14), "Purok Mahogany");
  assert.equal(clipWords("Purok Mahogany Street", 14), "Purok Mahogany");
  assert.equal(clipWords("x".repeat(30), 10), "x".repeat(10));
  assert.equal(clipWords(`a ${"x".repeat(30)}`, 10), `a ${"x".repeat(8)}`);
});
