import { ENGLISH_WORDS } from "@/web/messages/mod.ts";
import assert from "node:assert/strict";
import { z } from "zod";
import { plainWords, problemsOf, toRawInput } from "./input.ts";

const form = z.object({
  name: z.string(),
  note: z.string().max(5),
  code: z.string().min(4),
  kind: z.enum(["a", "b"]),
  days: z.coerce.number().int().min(1).max(30),
  own: z.string("Type your own."),
});

Deno.test("what is missing or not valid is said in plain words, and a schema's own words win", () => {
  const parsed = form.safeParse({ note: "too long", code: "x", kind: "c", days: "31" }, {
    error: plainWords,
  });
  assert.ok(!parsed.success);
  assert.deepEqual(problemsOf(ENGLISH_WORDS, parsed.error), {
    name: "Fill this in.",
    note: "Use at most 5 characters.",
    code: "Use at least 4 characters.",
    kind: "Choose one of the offered values.",
    days: "The most is 30.",
    own: "Type your own.",
  });
});

Deno.test("a field that came twice is not valid where one value is wanted", () => {
  const raw = toRawInput(new URLSearchParams("name=a&name=b&note=&code=1234&kind=a&days=1&own=x"));
  const parsed = form.safeParse(raw, { error: plainWords });
  assert.ok(!parsed.success);
  assert.deepEqual(problemsOf(ENGLISH_WORDS, parsed.error), { name: "This value is not valid." });
});

Deno.test("toRawInput leaves the form token out and is safe from the names of an object's own parts", () => {
  const raw = toRawInput(new URLSearchParams("_csrf=t&__proto__=x&constructor=y"));
  assert.deepEqual(Object.keys(raw), ["__proto__", "constructor"]);
});

Deno.test("a form of a million bytes with one name over and over is read in linear time", () => {
  const pairs = new URLSearchParams("a&".repeat(500_000));
  const started = performance.now();
  assert.equal(toRawInput(pairs).a?.length, 500_000);
  assert.ok(performance.now() - started < 5_000, `${performance.now() - started} ms`);
});
