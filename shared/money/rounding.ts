import { type Centavos, centavos } from "./centavos.ts";

/**
 * R(amount x num / den): exact, then rounded half away from zero, once (billing rule 1). Not banker's rounding:
 * 25000.5 gives 25001, and -25000.5 gives -25001.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { centavos, multiplyRounded } from "@/shared/money/mod.ts";
 * assert.equal(multiplyRounded(centavos(100000), 22n, 31n), 70968n);
 * ```
 */
export function multiplyRounded(amount: Centavos, num: bigint, den: bigint): Centavos {
  if (den === 0n) throw new RangeError("Cannot multiply amount: denominator is zero");
  const product = amount * num;
  // Division of bigints cuts towards zero: twice the rest over the divisor is one, away from zero, from the half on.
  return centavos(product / den + (2n * (product % den)) / den);
}
