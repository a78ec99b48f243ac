import { add, type Centavos, multiplyRounded, subtract, sum, ZERO } from "@/shared/money/mod.ts";

/** How a tenant is taxed. Inclusive: prices contain the VAT; exclusive: it comes on top. */
export const TAX_MODES = ["non_vat", "vat_inclusive", "vat_exclusive"] as const;

/** One of them. */
export type TaxMode = (typeof TAX_MODES)[number];

/** VAT in the Philippines in basis points. Data of the tenant, since a law may change it. */
export const VAT_RATE_BP = 1200;

/** The tax block of a bill. */
export interface TaxedTotal {
  /** Sales on which VAT is due, without it; zero for a tenant without VAT. */
  vatableCentavos: Centavos;
  /** The VAT. */
  vatCentavos: Centavos;
  /** What is asked for. */
  totalCentavos: Centavos;
}

/**
 * VAT of a bill (billing rule 15, VT-*): once on the total of its lines, discounts among them, never line by line. The
 * parts sum to the total.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { centavos } from "@/shared/money/mod.ts";
 * import { taxBill } from "@/web/domain/billing/mod.ts";
 * assert.equal(taxBill("vat_inclusive", [centavos(100000)]).vatCentavos, 10714n);
 * ```
 */
export function taxBill(mode: TaxMode, lines: readonly Centavos[], rateBp: number = VAT_RATE_BP): TaxedTotal {
  const asked = sum(lines);
  const rate = BigInt(rateBp);
  switch (mode) {
    case "non_vat":
      return { vatableCentavos: ZERO, vatCentavos: ZERO, totalCentavos: asked };
    case "vat_inclusive": {
      const vatable = multiplyRounded(asked, 10_000n, 10_000n + rate);
      return { vatableCentavos: vatable, vatCentavos: subtract(asked, vatable), totalCentavos: asked };
    }
    case "vat_exclusive": {
      const vat = multiplyRounded(asked, rate, 10_000n);
      return { vatableCentavos: asked, vatCentavos: vat, totalCentavos: add(asked, vat) };
    }
  }
}
