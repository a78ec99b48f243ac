import assert from "node:assert/strict";
import { hashPassword, needsRehash, verifyAgainstNobody, verifyPassword } from "./mod.ts";

Deno.test("a password verifies against its own hash only, more of them at once than there are places", async () => {
  const phc = await hashPassword("correct horse");
  assert.match(phc, /^\$argon2id\$v=19\$m=65536,t=3,p=1\$/);
  const tries = Array.from(
    { length: 9 },
    (_, i) => verifyPassword(phc, i % 2 === 0 ? "correct horse" : "wrong"),
  );
  assert.deepEqual(await Promise.all(tries), [true, false, true, false, true, false, true, false, true]);
  assert.equal(await verifyAgainstNobody("correct horse"), false);
});

Deno.test("needsRehash finds hashes of another cost or kind", async () => {
  assert.equal(needsRehash(await hashPassword("correct horse")), false);
  assert.equal(needsRehash("$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaA"), true);
  assert.equal(needsRehash("$2b$12$abc"), true);
});
