import assert from "node:assert/strict";
import fc from "fast-check";
import {
  fromBase64Url,
  generateSealingKey,
  generateSigningKey,
  openSealed,
  seal,
  sha256Hex,
  sign,
  timingSafeEqual,
  toBase64Url,
  verify,
} from "./mod.ts";

Deno.test("base64url gives back every byte string", () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => {
    assert.deepEqual([...fromBase64Url(toBase64Url(bytes)) ?? []], [...bytes]);
  }));
  assert.equal(fromBase64Url("a+b"), null);
});

Deno.test("sha256Hex agrees with the published vector for abc", async () => {
  assert.equal(await sha256Hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
});

Deno.test("timingSafeEqual is equality", () => {
  assert.ok(timingSafeEqual(new Uint8Array([1, 2]), new Uint8Array([1, 2])));
  assert.ok(!timingSafeEqual(new Uint8Array([1, 2]), new Uint8Array([1, 3])));
  assert.ok(!timingSafeEqual(new Uint8Array([1, 2]), new Uint8Array([1, 2, 0])));
});

Deno.test("a signature verifies for its statement and key only", async () => {
  const [own, other] = [await generateSigningKey(), await generateSigningKey()];
  const statement = new TextEncoder().encode("statement");
  const signature = await sign(own.privateKey, statement);
  assert.ok(await verify(own.publicKey, signature, statement));
  assert.ok(!await verify(other.publicKey, signature, statement));
  assert.ok(!await verify(own.publicKey, signature, new TextEncoder().encode("Statement")));
  assert.ok(!await verify(new Uint8Array(5), signature, statement));
});

Deno.test("a sealed password opens only with its key, its context and unchanged", async () => {
  const [own, other] = [await generateSealingKey(), await generateSealingKey()];
  const sealed = await seal(own.publicKey, "påss=wörd", "router-1");
  assert.equal(await openSealed(own, sealed, "router-1"), "påss=wörd");
  assert.equal(await openSealed(other, sealed, "router-1"), null);
  assert.equal(await openSealed(own, sealed, "router-2"), null);
  const swapped = sealed.at(-3) === "A" ? "B" : "A";
  assert.equal(await openSealed(own, sealed.slice(0, -3) + swapped + sealed.slice(-2), "router-1"), null);
  assert.equal(await openSealed(own, "v1.a.b", "router-1"), null);
  assert.ok(!sealed.includes("word"));
});
