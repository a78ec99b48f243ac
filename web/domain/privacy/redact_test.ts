import assert from "node:assert/strict";
import fc from "fast-check";
import { jsPattern, wordFinder, wordsPattern } from "./personal_words.ts";
import { redactJson, redactSummary } from "./redact.ts";

const pattern = jsPattern(wordsPattern({
  words: ["Juan dela Cruz", "juan.cruz@example.test", "Purok 3, Ilaya"],
  phones: ["0917 123 4567"],
}));
const own = { pattern, isOwn: true };
const others = { pattern, isOwn: false };

Deno.test("a person's words are found however they are written, and not within other words", () => {
  const found = (text: string) => text.replaceAll(pattern, "—");
  assert.equal(found("q=juan+dela+cruz&x=1"), "q=—&x=1");
  assert.equal(found("to JUAN  DELA CRUZ, thanks"), "to —, thanks");
  assert.equal(found("q=juan.cruz%40example.test"), "q=—");
  assert.equal(found("+63 917-123-4567 or 09171234567"), "— or —");
  assert.equal(found("Juan dela Cruzado"), "Juan dela Cruzado");
  assert.equal(found("1091712345678"), "1091712345678");
});

Deno.test("a name with a nickname in quotes and letters of its own is found in JSON and in addresses of pages", () => {
  const name = `Ñiña "Ning" D'Oro`;
  const words = jsPattern(wordsPattern({ words: [name], phones: [] }));
  const [once, twice] = [JSON.stringify({ name }), JSON.stringify({ inner: JSON.stringify({ name }) })];
  assert.equal(once.replaceAll(words, "—"), '{"name":"—"}');
  assert.equal(twice.replaceAll(words, "—"), JSON.stringify({ inner: '{"name":"—"}' }));
  assert.equal(new URLSearchParams({ q: name.toLowerCase() }).toString().replaceAll(words, "—"), "q=—");
});

Deno.test("a name stays where it is part of a longer one of somebody else, and goes where it stands alone", () => {
  const longer = new Map([["Juan Cruz", ["Juan Cruz Santos", "Ana Juan Cruz Reyes", "San Juan Cruz"]]]);
  const words = jsPattern(wordsPattern({ words: ["Juan Cruz"], phones: [], longer }));
  const found = (text: string) => text.replaceAll(words, "—");
  for (
    const text of [
      "Juan Cruz Santos paid",
      "q=juan+cruz+santos",
      "for ANA  JUAN CRUZ REYES.",
      "San Juan Cruz, Ilaya",
      "JUAN%20CRUZ%20SANTOS",
    ]
  ) assert.equal(found(text), text);
  assert.equal(found("Juan Cruz paid for Juan Cruz Santos"), "— paid for Juan Cruz Santos");
  assert.equal(found("Juan Cruz Santosa, Ana Juan Cruz, Juan Cruz Reyes"), "— Santosa, Ana —, — Reyes");
});

Deno.test("of two words that begin alike the longer one is taken, whatever names of others guard the shorter one", () => {
  const longer = new Map([
    ["Juan Cruz", ["Juan Cruz Santos", "Ana Juan Cruz Bautista"]],
    ["Cruz", ["Maria Cruz Bautista", "Cruz Store of Ilaya"]],
  ]);
  const words = ["Juan Cruz", "Juan Cruz Reyes", "Cruz", "cruz@example.test"];
  const found = jsPattern(wordsPattern({ words, phones: [], longer }));
  assert.equal("Juan Cruz Reyes paid".replaceAll(found, "—"), "— paid");
  assert.equal("to cruz@example.test".replaceAll(found, "—"), "to —");
});

Deno.test("a longer name of somebody else begins where a word begins", () => {
  const longer = new Map([["Santos", ["A Santos", "A. Santos"]]]);
  const words = jsPattern(wordsPattern({ words: ["Santos"], phones: [], longer }));
  assert.equal("bayad na Santos kahapon. Mama. Santos".replaceAll(words, "—"), "bayad na — kahapon. Mama. —");
  assert.equal("A Santos, a. santos".replaceAll(words, "—"), "A Santos, a. santos");
});

Deno.test("a text is a word, has it within, or has only a part of a longer word", () => {
  const how = wordFinder("San Roque");
  assert.deepEqual(
    ["san  roque ", "Purok 3, San Roque", "San Roquena", "San"].map(how),
    ["equal", "within", "not", "not"],
  );
});

Deno.test("of an entry of the person numbers, dates, amounts and codes stay, and what somebody typed goes", () => {
  assert.equal(
    redactSummary('{"code":"audit_held","values":{"until":"2026-02-01","reason":"sick mother"}}', own),
    '{"code":"audit_held","values":{"until":"2026-02-01","reason":"—"}}',
  );
  assert.deepEqual(redactJson({ amount: "50000", number: "OR-000123", plan: "Fiber 50", note: "x" }, own), {
    amount: "50000",
    number: "OR-000123",
    plan: "Fiber 50",
    note: "—",
  });
  assert.deepEqual(redactJson({ before: { anything: "Free words" } }, own), { before: { anything: "—" } });
});

Deno.test("of an entry of somebody else only what names the person goes", () => {
  assert.deepEqual(redactJson({ filter: "q=juan dela cruz&sort=name" }, others), { filter: "q=—&sort=name" });
  assert.deepEqual(redactJson({ reason: "sick mother" }, others), { reason: "sick mother" });
});

Deno.test("whatever a name is, no redacted text holds it", () => {
  const name = fc.string({ minLength: 3, maxLength: 30, unit: "grapheme" }).map((text) => text.trim())
    .filter((text) => text.length >= 3);
  fc.assert(fc.property(name, fc.string(), (who, around) => {
    const found = jsPattern(wordsPattern({ words: [who], phones: [] }));
    const text = `${around} ${who} ${around}`.replaceAll(/\s+/g, " ");
    const left = text.replaceAll(found, "—");
    assert.equal(` ${left} `.includes(` ${who.replaceAll(/\s+/g, " ")} `), false);
  }));
});
