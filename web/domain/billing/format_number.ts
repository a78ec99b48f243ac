/**
 * Writes a number of a series: `SOA-000123`. A number that outgrows the padding is written in full, never cut.
 *
 * @param pad least number of digits
 * @param n 1 or more
 */
export function formatNumber(prefix: string, pad: number, n: number | bigint): string {
  const isNumber = typeof n === "bigint" ? n >= 1n : Number.isSafeInteger(n) && n >= 1;
  if (!isNumber) throw new RangeError(`Cannot format number: "${n}" is not a whole number from 1`);
  return prefix + n.toString().padStart(pad, "0");
}
