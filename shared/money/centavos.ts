/** An amount in whole centavos (1/100 peso). Branded: a plain bigint must pass through {@link centavos}. */
export type Centavos = bigint & { readonly unit: "centavos" };

/**
 * Makes an amount out of whole centavos. Throws on a fraction, on text that is not an integer, and on a number
 * beyond 2^53, which has already lost digits.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { centavos } from "@/shared/money/mod.ts";
 * assert.equal(centavos(149900), 149900n);
 * assert.equal(centavos("9007199254740993"), 9007199254740993n);
 * ```
 */
export function centavos(value: bigint | number | string): Centavos {
  if (typeof value === "bigint") return value as Centavos;
  const isWhole = typeof value === "number" ? Number.isSafeInteger(value) : /^-?\d+$/.test(value);
  if (!isWhole) throw new RangeError(`Cannot make amount: "${value}" is not a whole number of centavos`);
  return BigInt(value) as Centavos;
}

/** No money. */
export const ZERO: Centavos = centavos(0n);

/** a + b */
export function add(a: Centavos, b: Centavos): Centavos {
  return (a + b) as Centavos;
}

/** a - b; may be negative */
export function subtract(a: Centavos, b: Centavos): Centavos {
  return (a - b) as Centavos;
}

/** Total of a list; zero for an empty one. */
export function sum(amounts: Iterable<Centavos>): Centavos {
  let total: Centavos = ZERO;
  for (const amount of amounts) total = add(total, amount);
  return total;
}

/** The smaller of two amounts. */
export function min(a: Centavos, b: Centavos): Centavos {
  return a < b ? a : b;
}
