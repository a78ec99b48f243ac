import assert from "node:assert/strict";
import fc from "fast-check";
import { assertOk, assertRefused } from "@/tests/support/expect.ts";
import {
  add,
  AMOUNT_MAX,
  centavos,
  formatCentavosPlain,
  formatPeso,
  min,
  multiplyRounded,
  parsePeso,
  subtract,
  sum,
  ZERO,
} from "./mod.ts";

const anyAmount = fc.bigInt({ min: -AMOUNT_MAX, max: AMOUNT_MAX }).map(centavos);

Deno.test("centavos refuses what is not a whole number of centavos", () => {
  for (const bad of [1.5, NaN, 2 ** 53, "1.5", "", "1e3", " 1"]) {
    assert.throws(() => centavos(bad), /Cannot make amount/);
  }
  assert.equal(centavos("-20"), -20n);
});

Deno.test("add, subtract, sum and min are exact beyond 2^53", () => {
  const big = centavos("9007199254740993");
  assert.equal(subtract(add(big, big), big), big);
  assert.equal(sum([big, centavos(1), centavos(2)]), 9007199254740996n);
  assert.equal(sum([]), ZERO);
  assert.equal(min(big, ZERO), ZERO);
});

Deno.test("multiplyRounded rounds half away from zero", () => {
  const table: [bigint, bigint, bigint, bigint][] = [
    [99999n, 15n, 30n, 50000n],
    [100000n, 1n, 31n, 3226n],
    [50001n, 1n, 2n, 25001n],
    [-50001n, 1n, 2n, -25001n],
    [50001n, 1n, -2n, -25001n],
    [9007199254740993n, 1n, 1n, 9007199254740993n],
    [0n, 7n, 9n, 0n],
  ];
  for (const [amount, num, den, expected] of table) {
    assert.equal(multiplyRounded(centavos(amount), num, den), expected);
  }
  assert.throws(() => multiplyRounded(centavos(1), 1n, 0n), /denominator is zero/);
});

Deno.test("multiplyRounded is never more than half a centavo away, and odd in its sign", () => {
  const positive = fc.bigInt({ min: 1n, max: 10n ** 6n });
  fc.assert(fc.property(anyAmount, fc.bigInt({ min: 0n, max: 10n ** 6n }), positive, (amount, num, den) => {
    const twiceError = 2n * (multiplyRounded(amount, num, den) * den - amount * num);
    assert.ok(twiceError <= den && twiceError >= -den);
    assert.equal(multiplyRounded(centavos(-amount), num, den), -multiplyRounded(amount, num, den));
  }));
});

Deno.test("parsePeso reads pesos as people write them", () => {
  const table: [string, bigint][] = [
    ["1,499.5", 149950n],
    ["₱1499", 149900n],
    [" ₱ 1,499.00 ", 149900n],
    ["PHP 12", 1200n],
    [".5", 50n],
    ["7.", 700n],
    ["0", 0n],
    ["007", 700n],
    ["99,999,999,999.99", AMOUNT_MAX],
  ];
  for (const [text, expected] of table) assert.equal(assertOk(parsePeso(text)), expected, text);
});

Deno.test("parsePeso refuses what it would have to guess at", () => {
  const table: [string, string][] = [
    ["", "amount_missing"],
    ["₱", "amount_missing"],
    ["1.234", "amount_too_precise"],
    ["100,000,000,000", "amount_over_limit"],
    ["9".repeat(400), "amount_over_limit"],
    ["-5", "amount_negative"],
    ["-₱5", "amount_negative"],
    ["₱-5", "amount_negative"],
    ["14,99", "amount_not_understood"],
    ["1,4999", "amount_not_understood"],
    ["1.2.3", "amount_not_understood"],
    ["1e3", "amount_not_understood"],
    ["0x10", "amount_not_understood"],
    [".", "amount_not_understood"],
    ["١٢", "amount_not_understood"],
    ["five", "amount_not_understood"],
    ["12 34", "amount_not_understood"],
  ];
  for (const [text, code] of table) assertRefused(parsePeso(text), code);
});

Deno.test("formatPeso groups thousands and puts the sign first", () => {
  assert.equal(formatPeso(centavos(149900)), "₱1,499.00");
  assert.equal(formatPeso(centavos(-20000)), "-₱200.00");
  assert.equal(formatPeso(centavos(5)), "₱0.05");
  assert.equal(formatPeso(centavos(100000000)), "₱1,000,000.00");
  assert.equal(formatPeso(ZERO), "₱0.00");
  assert.equal(formatCentavosPlain(centavos(149900)), "1499.00");
  assert.equal(formatCentavosPlain(centavos(-5)), "-0.05");
});

Deno.test("parsePeso reads back every amount that the formatters write", () => {
  fc.assert(fc.property(fc.bigInt({ min: 0n, max: AMOUNT_MAX }).map(centavos), (amount) => {
    assert.equal(assertOk(parsePeso(formatPeso(amount))), amount);
    assert.equal(assertOk(parsePeso(formatCentavosPlain(amount))), amount);
  }));
});

Deno.test("parsePeso never throws on junk", () => {
  fc.assert(fc.property(fc.string(), (text) => typeof parsePeso(text).ok === "boolean"));
});
