/**
 * A reference as it is kept and compared. Typed, pasted and photographed ones look the same and differ in letters that
 * nobody sees: full-width digits, other hyphens, invisible marks. Blanks and dashes stay as typed: the database compares
 * without them.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readReference } from "@/web/domain/payments/mod.ts";
 * assert.equal(readReference(" GC\u20112026\u00a01234 "), "GC-2026 1234");
 * ```
 */
export function readReference(typed: string): string {
  return typed.replace(/\p{Cf}/gu, "")
    .normalize("NFKC")
    .replace(/[\p{Pd}\u2212]/gu, "-")
    .replace(/\s+/gu, " ")
    .trim();
}
