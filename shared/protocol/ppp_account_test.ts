import assert from "node:assert/strict";
import fc from "fast-check";
import {
  accountKey,
  accountOfKey,
  maxAccountKeyLength,
  PPP_SERVICES,
  type PppAccount,
} from "./ppp_account.ts";

/** Names of people, and names made of what keys are made of. */
const nameArbitrary = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.array(fc.constantFrom(...PPP_SERVICES, "/", "//", "any", "juan"), { maxLength: 5 }).map((all) =>
    all.join("")
  ),
);
const accountArbitrary: fc.Arbitrary<PppAccount> = fc.record({
  service: fc.constantFrom(...PPP_SERVICES),
  name: nameArbitrary,
}, { noNullPrototype: true });

Deno.test("no two accounts share a key", () => {
  fc.assert(
    fc.property(accountArbitrary, accountArbitrary, (one, other) => {
      const isSame = one.service === other.service && one.name === other.name;
      assert.equal(accountKey(one) === accountKey(other), isSame);
    }),
    {
      numRuns: 2_000,
      examples: [[{ service: "pppoe", name: "l2tp//juan" }, { service: "l2tp", name: "juan" }]],
    },
  );
});

Deno.test("a key tells its account", () => {
  fc.assert(fc.property(accountArbitrary, (account) => {
    assert.deepEqual(accountOfKey(accountKey(account)), account);
  }));
});

Deno.test("the key of a PPPoE account is its name, as it always was", () => {
  for (const name of ["juan", "ab/cd", "any//juan", "l2tp/juan", "//", "Niño", ""]) {
    assert.equal(accountKey({ service: "pppoe", name }), name);
    assert.deepEqual(accountOfKey(name), { service: "pppoe", name });
  }
});

Deno.test("a key is at most as long as it is said to be", () => {
  fc.assert(fc.property(accountArbitrary, (account) => {
    assert.ok(accountKey(account).length <= maxAccountKeyLength(account.name.length));
  }));
});
