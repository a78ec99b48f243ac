import assert from "node:assert/strict";
import { CsrfTokens } from "./csrf.ts";

const tokens = new CsrfTokens(new Uint8Array(32).fill(7));

Deno.test("a form token is valid for its session only", () => {
  const token = tokens.issue("session-1");
  assert.ok(tokens.verify("session-1", token));
  assert.ok(!tokens.verify("session-2", token));
  assert.ok(!new CsrfTokens(new Uint8Array(32).fill(8)).verify("session-1", token));
});

Deno.test("two pages never carry the same token", () => {
  assert.notEqual(tokens.issue("session-1"), tokens.issue("session-1"));
});

Deno.test("a damaged, short or empty token is refused", () => {
  const token = tokens.issue("session-1");
  const flipped = (token[0] === "A" ? "B" : "A") + token.slice(1);
  for (const bad of ["", "x", flipped, token.slice(2), token + "AAAA"]) {
    assert.ok(!tokens.verify("session-1", bad), bad);
  }
});

Deno.test("a short key is refused", () => {
  assert.throws(() => new CsrfTokens(new Uint8Array(31)), /Cannot make form tokens/);
});
