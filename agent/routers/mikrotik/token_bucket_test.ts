import assert from "node:assert/strict";
import fc from "fast-check";
import { TokenBucket } from "./token_bucket.ts";

Deno.test("a full bucket gives its burst, then one permit each interval", () => {
  let now = 0;
  const bucket = new TokenBucket({ perSecond: 10, burst: 2 }, () => now);
  assert.deepEqual([bucket.take(), bucket.take(), bucket.take()], [true, true, false]);
  assert.equal(bucket.waitMs(), 100);
  now = 99;
  assert.equal(bucket.take(), false);
  now = 100;
  assert.deepEqual([bucket.take(), bucket.take()], [true, false]);
});

Deno.test("a long rest refills to the burst and no further", () => {
  let now = 0;
  const bucket = new TokenBucket({ perSecond: 10, burst: 3 }, () => now);
  now = 1e9;
  assert.deepEqual(Array.from({ length: 4 }, () => bucket.take()), [true, true, true, false]);
});

Deno.test("however it is asked, it never gives more than burst and rate allow", () => {
  fc.assert(fc.property(fc.array(fc.nat(500), { maxLength: 200 }), (steps) => {
    let now = 0;
    let given = 0;
    const bucket = new TokenBucket({ perSecond: 10, burst: 5 }, () => now);
    for (const step of steps) {
      now += step;
      if (bucket.take()) given++;
    }
    assert.ok(given <= 5 + now / 100 + 1e-6);
  }));
});
