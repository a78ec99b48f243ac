import assert from "node:assert/strict";
import fc from "fast-check";
import { centavos } from "@/shared/money/mod.ts";
import type { TaxMode } from "../billing/mod.ts";
import { type OpenWithheld, splitOpenWithheld, withholding } from "./mod.ts";

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

Deno.test("of an open bill a certificate settles the tax on what it asks for without VAT, less what was settled so, and no more than is open", () => {
  const split = (over: Partial<OpenWithheld>): bigint[] => {
    const bill: OpenWithheld = {
      openCentavos: centavos(168_000),
      totalCentavos: centavos(168_000),
      vatCentavos: centavos(18_000),
      backCentavos: centavos(0),
      vatBackCentavos: centavos(0),
      certifiedCentavos: centavos(0),
      ...over,
    };
    const { certificateCentavos, moneyCentavos } = splitOpenWithheld(bill, 200);
    return [certificateCentavos, moneyCentavos];
  };
  assert.deepEqual(split({}), [3000n, 165_000n]);
  assert.deepEqual(split({ certifiedCentavos: centavos(2999) }), [1n, 167_999n]);
  assert.deepEqual(split({ certifiedCentavos: centavos(3001) }), [0n, 168_000n]);
  assert.deepEqual(split({ openCentavos: centavos(2000) }), [2000n, 0n]);
  // Half of it given back, with its VAT; then more than there was.
  assert.deepEqual(split({ backCentavos: centavos(84_000), vatBackCentavos: centavos(9000) })[0], 1500n);
  assert.deepEqual(split({ backCentavos: centavos(200_000) })[0], 0n);
});
