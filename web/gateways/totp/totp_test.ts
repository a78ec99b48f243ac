import assert from "node:assert/strict";
import { matchingSteps, newTotpSecret, totpAddress } from "./mod.ts";

/** "12345678901234567890" in base32: the secret of RFC 6238, appendix B. */
const SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const at = (seconds: number) => Temporal.Instant.fromEpochMilliseconds(seconds * 1000);

Deno.test.each([
  [59, "287082"],
  [1111111109, "081804"],
  [1234567890, "005924"],
  [20000000000, "353130"],
])("matchingSteps knows the codes of RFC 6238: at %d s %s", (seconds, code) => {
  assert.deepEqual(matchingSteps(SECRET, code, at(seconds)), [BigInt(Math.floor(seconds / 30))]);
});

Deno.test("matchingSteps takes a code half a minute early or late, and no earlier or later", () => {
  const known = (seconds: number) => matchingSteps(SECRET, "005924", at(seconds)).length === 1;
  const start = 1234567890;
  assert.deepEqual([-31, -30, 0, 29, 59, 60].map((offset) => known(start + offset)), [
    false,
    true,
    true,
    true,
    true,
    false,
  ]);
});

Deno.test("matchingSteps knows no code of another length", () => {
  for (const code of ["", "5924", "0005924", "005924 "]) {
    assert.deepEqual(matchingSteps(SECRET, code, at(1234567890)), []);
  }
});

Deno.test("newTotpSecret is of 160 bits and another one each time", () => {
  const secrets = Array.from({ length: 20 }, newTotpSecret);
  assert.ok(secrets.every((secret) => /^[A-Z2-7]{32}$/.test(secret)));
  assert.equal(new Set(secrets).size, 20);
});

Deno.test("totpAddress names the company and the person, whatever they are called", () => {
  const address = new URL(totpAddress(SECRET, { issuer: "Barangay: Net & Co", account: "ana@example.com" }));
  assert.equal(address.protocol, "otpauth:");
  assert.equal(address.searchParams.get("secret"), SECRET);
  assert.equal(address.searchParams.get("issuer"), "Barangay  Net & Co");
  assert.equal(decodeURIComponent(address.pathname).endsWith("ana@example.com"), true);
});
