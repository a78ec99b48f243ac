import assert from "node:assert/strict";
import { eachInTurn } from "./each_in_turn.ts";

Deno.test("each has its turn whatever breaks before, each failure is said, and at the end it has failed", async () => {
  const [done, said]: [number[], string[]] = [[], []];
  const work = (one: number) => {
    if (one % 2 === 0) throw new Error(`broken ${one}`);
    done.push(one);
    return Promise.resolve();
  };
  const all = eachInTurn([1, 2, 3, 4, 5], work, (one, error) => said.push(`${one}: ${error}`));
  await assert.rejects(all, { name: "AggregateError", message: "Cannot do it for 2 of 5: see the log" });
  assert.deepEqual([done, said], [[1, 3, 5], ["2: Error: broken 2", "4: Error: broken 4"]]);
  await eachInTurn([], work, () => assert.fail("nothing fails"));
});
