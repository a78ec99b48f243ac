import assert from "node:assert/strict";
import { RefusalRun } from "./refusal_run.ts";

/** How many different recipients were refused when the run was long enough; null: it never was. */
function lengthOf(run: RefusalRun, kinds: readonly boolean[]): number | null {
  const at = kinds.findIndex((isHard, n) => run.add({ address: `a${n}@x.test`, messageId: `${n}`, isHard }));
  return at < 0 ? null : at + 1;
}

Deno.test("five refusals in a row that name no mailbox are the sender's, and ten that do", () => {
  assert.equal(lengthOf(new RefusalRun(), Array(20).fill(false)), 5);
  assert.equal(lengthOf(new RefusalRun(), Array(20).fill(true)), 10);
  assert.equal(lengthOf(new RefusalRun(), Array.from({ length: 20 }, (_, n) => n % 4 !== 0)), 10);
});

Deno.test("a run counts recipients and not messages, and ends with one that is taken", () => {
  const run = new RefusalRun();
  for (let n = 0; n < 30; n++) {
    assert.ok(
      !run.add({ address: n % 2 === 0 ? "Juan@x.test" : "juan@X.test", messageId: `${n}`, isHard: true }),
    );
  }
  run.clear();
  assert.equal(lengthOf(run, Array(9).fill(true)), null);
  assert.equal(run.takeIds().length, 9);
  assert.deepEqual(run.takeIds(), []);
});
