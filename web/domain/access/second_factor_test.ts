import assert from "node:assert/strict";
import fc from "fast-check";
import {
  formatRecoveryCode,
  isFreshFactor,
  mayRemove,
  passkeysWorkAt,
  readTypedCode,
  standingOf,
} from "./second_factor.ts";

const NOW = Temporal.Instant.from("2026-11-23T01:00:00Z");

Deno.test("standingOf: who has a factor and did not give it is nobody, whatever a role asks for", () => {
  for (const isRequired of [true, false]) {
    assert.equal(standingOf({ has: true, isRequired, provenAt: null }), "none");
    assert.equal(standingOf({ has: true, isRequired, provenAt: NOW }), "whole");
  }
});

Deno.test("standingOf: who has none and needs one may only add one, also when they gave one before", () => {
  assert.equal(standingOf({ has: false, isRequired: true, provenAt: null }), "must_enrol");
  assert.equal(standingOf({ has: false, isRequired: true, provenAt: NOW }), "must_enrol");
  assert.equal(standingOf({ has: false, isRequired: false, provenAt: null }), "whole");
});

Deno.test("isFreshFactor: for ten minutes, and not for a moment that lies ahead", () => {
  const at = (minutes: number) => isFreshFactor(NOW, NOW.add({ minutes }));
  assert.deepEqual([-1, 0, 9, 10].map(at), [false, true, true, false]);
  assert.equal(isFreshFactor(null, NOW), false);
});

Deno.test("mayRemove: the last factor stays while a role asks for one, of whichever kind it is", () => {
  for (let passkeys = 0; passkeys < 4; passkeys++) {
    for (const hasApp of [true, false]) {
      const has = { hasApp, passkeys };
      assert.equal(mayRemove("app", has, true), passkeys > 0);
      assert.equal(mayRemove("passkey", has, true), hasApp || passkeys > 1);
      assert.equal(mayRemove("app", has, false) && mayRemove("passkey", has, false), true);
    }
  }
});

Deno.test("readTypedCode reads every recovery code however it is typed, and tells it from a code of an app", () => {
  const letters = [..."0123456789ABCDEFGHJKMNPQRSTVWXYZ"];
  const code = fc.array(fc.constantFrom(...letters), { minLength: 16, maxLength: 16 }).map((all) =>
    all.join("")
  );
  fc.assert(fc.property(code, (code) => {
    const typed = formatRecoveryCode(code).toLowerCase().replaceAll("0", "o").replaceAll("1", "l");
    assert.deepEqual(readTypedCode(` ${typed} `), { kind: "recovery_code", code });
  }));
});

Deno.test("readTypedCode takes nothing else", () => {
  for (
    const typed of [
      "",
      "12345",
      "1234567",
      "12345a",
      "ABCD-EFGH-JKMN-PQR",
      "ABCD-EFGH-JKMN-PQRU",
      "' or 1=1 --",
    ]
  ) {
    assert.equal(readTypedCode(typed), null, typed);
  }
  assert.deepEqual(readTypedCode("１２３４５６"), { kind: "app", code: "123456" }, "letters of a full width");
});

Deno.test.each([
  ["linya.example", true, true],
  ["linya.example", false, false],
  ["localhost", false, true],
  ["demo.localhost", false, true],
  ["127.0.0.1", false, false],
  ["192.168.1.5", true, false],
  ["[::1]", true, false],
])("passkeysWorkAt %s over https %s: %s", (hostname, isHttps, works) => {
  assert.equal(passkeysWorkAt({ hostname, isHttps }), works);
});
