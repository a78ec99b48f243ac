import { type Centavos, multiplyRounded, subtract } from "@/shared/money/mod.ts";
import { taxBill, type TaxMode, VAT_RATE_BP } from "../billing/mod.ts";

/** A bill of a customer who withholds. */
export interface WithholdingInput {
  /** Sum of the bill's lines. */
  amountCentavos: Centavos;
  /** Whether VAT is in the lines, on top of them, or not asked for. */
  taxMode: TaxMode;
  /** Expanded withholding tax in basis points: 200 is 2 %. */
  rateBp: number;
  /** @default 1200 */
  vatRateBp?: number;
}

/** How a bill is settled in two parts. */
export interface Withholding {
  /** The amount without VAT. */
  baseCentavos: Centavos;
  /** Settled by certificate 2307: a payment of method `withholding_2307` with its reference. */
  withheldCentavos: Centavos;
  /** Settled in money. */
  cashDueCentavos: Centavos;
}

/**
 * What a withholding customer pays in money and what by certificate 2307 (billing rule 15, WH-*): the tax is withheld
 * from the amount without VAT, and both parts together settle the bill.
 */
export function withholding(input: WithholdingInput): Withholding {
  const vatRateBp = input.vatRateBp ?? VAT_RATE_BP;
  const { vatCentavos, totalCentavos } = taxBill(input.taxMode, [input.amountCentavos], vatRateBp);
  const baseCentavos = subtract(totalCentavos, vatCentavos);
  const withheldCentavos = multiplyRounded(baseCentavos, BigInt(input.rateBp), 10_000n);
  return { baseCentavos, withheldCentavos, cashDueCentavos: subtract(totalCentavos, withheldCentavos) };
}
