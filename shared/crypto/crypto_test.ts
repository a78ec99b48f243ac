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
import { routerSealContext, secretSealContext } from "../protocol/mod.ts";
import { hpkeOpen } from "./hpke.ts";

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

const ROUTER = "0198c0de-0000-7000-8000-000000000a01";

function context(router = ROUTER, purpose = "linya-router-2") {
  return { purpose, subject: [router], v1: router };
}

for (const version of [1, 2]) {
  Deno.test(`a password sealed in version ${version} opens only with its key, its context and unchanged`, async () => {
    const [own, other] = [await generateSealingKey(), await generateSealingKey()];
    const sealed = await seal({ publicKey: own.publicKey, version }, "påss=wörd", context());
    assert.ok(sealed.startsWith(`v${version}.`));
    assert.equal(await openSealed(own, sealed, context()), "påss=wörd");
    assert.equal(await openSealed(other, sealed, context()), null);
    assert.equal(await openSealed(own, sealed, context("router-2")), null);
    for (let at = 3; at < sealed.length; at += 7) {
      if (sealed[at] === ".") continue;
      // Q differs from A in its highest bits: the lowest of a last letter hold nothing.
      const changed = sealed.slice(0, at) + (sealed[at] === "A" ? "Q" : "A") + sealed.slice(at + 1);
      assert.notEqual(await openSealed(own, changed, context()), "påss=wörd", `changed at ${at}`);
    }
    for (const junk of ["", "v1.a.b", "v2.a", "v2..", "v9.AA.AA", sealed.replace(/^v./, "v7")]) {
      assert.equal(await openSealed(own, junk, context()), null, junk);
    }
    assert.ok(!sealed.includes("word"));
  });
}

Deno.test("a sealed password cannot be moved to another use, nor its subject read as another", async () => {
  const own = await generateSealingKey();
  const recipient = { publicKey: own.publicKey, version: 2 };
  const sealed = await seal(recipient, "secret", { purpose: "p", subject: ["ab", "c"], v1: "" });
  for (
    const other of [
      { purpose: "q", subject: ["ab", "c"], v1: "" },
      { purpose: "p", subject: ["a", "bc"], v1: "" },
      { purpose: "p", subject: ['ab","c'], v1: "" },
    ]
  ) assert.equal(await openSealed(own, sealed, other), null);
});

Deno.test("envelopes that the first release sealed still open", async () => {
  const keys = {
    privateKey: fromBase64Url("MC4CAQAwBQYDK2VuBCIEIPc3F6O0cLaJ8cR3S6tytV2I6wljxECvZTyP98BjOvjK")!,
    publicKey: fromBase64Url("_GZF_kemaSytYbuFY4Dmu3zItXFf2zQrOSRup2yFqzg")!,
  };
  const password =
    "v1.lq771JDJx2l15EFNKrHPDBpz6MWu8YXzXCrExJhOgWE.vgLXz3-RmvfAiCks.-xZicK8TyonV8lnxdTx3mtMrtaphWive876D";
  assert.equal(await openSealed(keys, password, routerSealContext(ROUTER)), "påss=wörd");
  const secret =
    "v1.Dj14s4B9leLCL39A5X0UIi2ZfT4iT9Hl1zzgRjam8QI.Ra2O_HT3Z7v8mixZ._WBgz0Ytay-W28F3hWtXkLJxV0Mai224";
  const command = { commandId: "0198c0de-0000-7000-8000-00000000c0de", routerId: ROUTER, name: "ana" };
  assert.equal(await openSealed(keys, secret, secretSealContext(command)), "Tk4-7wPq");
  assert.equal(await openSealed(keys, secret, secretSealContext({ ...command, name: "ben" })), null);
});

Deno.test("the sealing suite agrees with the vectors of RFC 9180, A.1.1", async () => {
  const hex = (text: string) => Uint8Array.fromHex(text);
  const keys = {
    privateKey: hex(
      "302e020100300506032b656e04220420" + "4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8",
    ),
    publicKey: hex("3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d"),
  };
  const encapsulated = hex("37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431");
  const info = hex("4f6465206f6e2061204772656369616e2055726e");
  const ciphertext = hex(
    "f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac83d07bea87e13c512a",
  );
  const open = (count: string) =>
    hpkeOpen(keys, { encapsulated, ciphertext }, { info, associatedData: new TextEncoder().encode(count) });
  assert.equal(new TextDecoder().decode(await open("Count-0")), "Beauty is truth, truth beauty");
  await assert.rejects(open("Count-1"));
});
