import { type Centavos, min, multiplyRounded, subtract, ZERO } from "@/shared/money/mod.ts";
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

/** An open bill of a customer who withholds. */
export interface OpenWithheld {
  /** Still owed on it. */
  openCentavos: Centavos;
  /** Asked for, with VAT. */
  totalCentavos: Centavos;
  /** In the total. */
  vatCentavos: Centavos;
  /** Given back by memos, with VAT. */
  backCentavos: Centavos;
  /** Of that the VAT. */
  vatBackCentavos: Centavos;
  /** Settled by certificates already. */
  certifiedCentavos: Centavos;
}

/** How what is open is to be paid: both together settle it. */
export interface OpenSplit {
  /** By certificate 2307. */
  certificateCentavos: Centavos;
  /** In money. */
  moneyCentavos: Centavos;
}

/**
 * What of an open bill a certificate settles: the tax on what it asks for without VAT, less what certificates have settled
 * already, and never more than is open.
 */
export function splitOpenWithheld(bill: OpenWithheld, rateBp: number): OpenSplit {
  const net = subtract(bill.totalCentavos, bill.vatCentavos);
  const base = subtract(net, subtract(bill.backCentavos, bill.vatBackCentavos));
  const withheld = multiplyRounded(base > 0n ? base : ZERO, BigInt(rateBp), 10_000n);
  const left = subtract(withheld, bill.certifiedCentavos);
  const certificateCentavos = min(left > 0n ? left : ZERO, bill.openCentavos);
  return { certificateCentavos, moneyCentavos: subtract(bill.openCentavos, certificateCentavos) };
}
