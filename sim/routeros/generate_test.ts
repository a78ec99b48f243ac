import assert from "node:assert/strict";
import { DEFAULT_PROFILES, generateSecrets } from "./generate.ts";

Deno.test("the same seed gives the same subscribers, another seed others", () => {
  assert.deepEqual(generateSecrets(50, 4), generateSecrets(50, 4));
  assert.notDeepEqual(generateSecrets(50, 4), generateSecrets(50, 5));
});

Deno.test("a longer list begins with the shorter one", () => {
  assert.deepEqual(generateSecrets(300, 1).slice(0, 20), generateSecrets(20, 1));
});

Deno.test("five thousand names differ, and each has a known profile", () => {
  const secrets = generateSecrets(5_000, 1);
  assert.equal(new Set(secrets.map((one) => one.name)).size, 5_000);
  const profiles = new Set(DEFAULT_PROFILES.map((one) => one.name));
  assert.ok(secrets.every((one) => profiles.has(one.profile)));
});

Deno.test("three hundred have what an import must cope with", () => {
  const secrets = generateSecrets(300, 1);
  assert.ok(secrets.some((one) => one.disabled) && secrets.some((one) => !one.dialing && !one.disabled));
  assert.ok(secrets.some((one) => one.comment === null));
  assert.ok(secrets.some((one) => one.name.includes("ñ")));
  assert.ok(
    secrets.some((one) => one.comment !== null && !/\d{4}/.test(one.comment)),
    "a comment without a phone",
  );
  assert.ok(secrets.filter((one) => one.disabled).every((one) => !one.dialing));
});
