import assert from "node:assert/strict";
import fc from "fast-check";
import { centavos } from "@/shared/money/mod.ts";
import type { TaxMode } from "../billing/mod.ts";
import { withholding } from "./mod.ts";

function withheld(amount: number, taxMode: TaxMode, rateBp = 200): bigint[] {
  return Object.values(withholding({ amountCentavos: centavos(amount), taxMode, rateBp }));
}

Deno.test("2 percent are withheld from the amount without VAT (WH-01)", () => {
  assert.deepEqual(withheld(168000, "vat_inclusive"), [150000n, 3000n, 165000n]);
  assert.deepEqual(withheld(150000, "vat_exclusive"), [150000n, 3000n, 165000n]);
});

Deno.test("without VAT the base is the bill", () => {
  assert.deepEqual(withheld(168000, "non_vat", 500), [168000n, 8400n, 159600n]);
});

Deno.test("certificate and money settle the bill together", () => {
  const anyMode = fc.constantFrom("non_vat" as const, "vat_inclusive" as const);
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 10_000_000 }),
      anyMode,
      fc.integer({ min: 0, max: 1500 }),
      (...given) => {
        const [base = 0n, part = 0n, cash = 0n] = withheld(...given);
        assert.equal(part + cash, BigInt(given[0]));
        assert.ok(part <= base && cash >= 0n);
      },
    ),
    { numRuns: 60 },
  );
});
