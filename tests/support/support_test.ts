import assert from "node:assert/strict";
import { err, ok } from "@/shared/result.ts";
import { assertOk, assertRefused, assertRejectsWith, assertRows } from "./expect.ts";
import { until } from "./until.ts";

Deno.test("until returns as soon as the condition holds, also after it threw", async () => {
  let calls = 0;
  await until(() => {
    calls += 1;
    if (calls < 2) throw new Error("not yet");
    return Promise.resolve(calls === 3);
  }, { everyMs: 1 });
  assert.equal(calls, 3);
});

Deno.test("until names what it waited for and keeps the last error", async () => {
  const broken = () => {
    throw new Error("still broken");
  };
  await assert.rejects(until(broken, { timeoutMs: 5, everyMs: 1, what: "the router" }), (error: Error) => {
    assert.match(error.message, /the router did not hold within 5 ms/);
    assert.equal((error.cause as Error).message, "still broken");
    return true;
  });
});

Deno.test("expect tells a value from a refusal", async () => {
  assert.equal(assertOk(ok(3)), 3);
  assert.equal(assertRefused(err("not_held"), "not_held"), "This connection is not held.");
  assert.throws(() => assertOk(err("not_held")), /not_held/);
  assert.throws(() => assertRefused(ok(3), "not_held"), /got a value/);
  await assertRejectsWith(() => Promise.reject(Object.assign(new Error("x"), { code: "23505" })), "23505");
  assertRows([{ a: 1, b: 2 }], [{ a: 1 }]);
  assert.throws(() => assertRows([{ a: 1 }, { a: 2 }], [{ a: 1 }]));
});
