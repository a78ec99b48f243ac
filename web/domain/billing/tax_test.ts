import assert from "node:assert/strict";
import fc from "fast-check";
import { centavos } from "@/shared/money/mod.ts";
import { taxBill, type TaxMode } from "./mod.ts";

function tax(mode: TaxMode, lines: readonly number[], rateBp?: number): bigint[] {
  return Object.values(taxBill(mode, lines.map(centavos), rateBp));
}

Deno.test("VAT is in the price (VT-01, 02): the part without it is rounded, the VAT is the rest", () => {
  assert.deepEqual(tax("vat_inclusive", [100000]), [89286n, 10714n, 100000n]);
  assert.deepEqual(tax("vat_inclusive", [168000]), [150000n, 18000n, 168000n]);
});

Deno.test("VAT comes on top (VT-04)", () => {
  assert.deepEqual(tax("vat_exclusive", [99999]), [99999n, 12000n, 111999n]);
});

Deno.test("VAT is computed on the total, discounts among the lines (VT-05, 07)", () => {
  assert.deepEqual(tax("vat_inclusive", [10001, 10001, 10001]), [26788n, 3215n, 30003n]);
  assert.deepEqual(tax("vat_inclusive", [150000, -30000]), [107143n, 12857n, 120000n]);
});

Deno.test("a tenant without VAT has none of it (the default), and the rate is data", () => {
  assert.deepEqual(tax("non_vat", [100000, 5]), [0n, 0n, 100005n]);
  assert.deepEqual(tax("vat_exclusive", [100000], 1000), [100000n, 10000n, 110000n]);
  assert.deepEqual(tax("vat_inclusive", [110000], 1000), [100000n, 10000n, 110000n]);
  assert.deepEqual(tax("vat_exclusive", []), [0n, 0n, 0n]);
});

Deno.test("the parts sum to the total; a credit is the same with the other sign", () => {
  const anyLines = fc.array(fc.integer({ min: -1_000_000, max: 1_000_000 }), { maxLength: 6 });
  const anyMode = fc.constantFrom("non_vat" as const, "vat_inclusive" as const, "vat_exclusive" as const);
  fc.assert(fc.property(anyMode, anyLines, (mode, lines) => {
    const [vatable = 0n, vat = 0n, total = 0n] = tax(mode, lines);
    if (mode !== "non_vat") assert.equal(vatable + vat, total);
    const turned = tax(mode, lines.map((line) => -line));
    assert.deepEqual(turned, [-vatable, -vat, -total]);
  }));
});
