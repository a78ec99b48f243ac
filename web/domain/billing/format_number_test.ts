import assert from "node:assert/strict";
import { formatNumber } from "./mod.ts";

Deno.test("formatNumber pads and never cuts", () => {
  assert.equal(formatNumber("SOA-", 6, 1), "SOA-000001");
  assert.equal(formatNumber("SOA-", 6, 1n), "SOA-000001");
  assert.equal(formatNumber("SOA-", 6, 123n), "SOA-000123");
  assert.equal(formatNumber("R", 2, 12345), "R12345");
});

Deno.test("formatNumber refuses what is not a number of a series", () => {
  for (const bad of [0, -1, 1.5, NaN, 0n]) {
    assert.throws(() => formatNumber("SOA-", 6, bad), /Cannot format number/);
  }
});
