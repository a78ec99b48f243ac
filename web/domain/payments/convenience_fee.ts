import { type Centavos, centavos, subtract, ZERO } from "@/shared/money/mod.ts";

/** What a gateway takes, where the tenant passes it on to the payer. */
export interface GatewayTerms {
  /** Basis points of what the payer is charged: 200 is 2 %. */
  rateBp: number;
  /** On top, for each payment. */
  fixedCentavos: Centavos;
}

/** What a payer is asked for at the gateway. */
export interface GatewayCharge {
  /** What the gateway is told to take. */
  chargeCentavos: Centavos;
  /** The share of it that pays no bill: it is not income of the bill. */
  feeCentavos: Centavos;
}

/**
 * The charge that leaves the tenant at least the base once the gateway has taken its share of the charge (billing rule
 * 18, CF-*): ceil((base + fixed) / (1 - rate)). Without terms, which is the default, the payer is charged the base.
 */
export function chargeWithFee(baseCentavos: Centavos, terms: GatewayTerms | null): GatewayCharge {
  if (terms === null) return { chargeCentavos: baseCentavos, feeCentavos: ZERO };
  if (terms.rateBp < 0 || terms.rateBp >= 10_000) {
    throw new RangeError(`Cannot pass on fee: rate of ${terms.rateBp} basis points`);
  }
  const kept = BigInt(10_000 - terms.rateBp);
  const chargeCentavos = centavos(ceilDivide((baseCentavos + terms.fixedCentavos) * 10_000n, kept));
  return { chargeCentavos, feeCentavos: subtract(chargeCentavos, baseCentavos) };
}

/** What arrived for a charge, and what of it is the subscriber's. */
export interface GatewayReceipt {
  /** Posted as the payment. */
  postCentavos: Centavos;
  /** Posted as the fee. */
  feeCentavos: Centavos;
  /** It is another amount than was asked for: a person looks at it. */
  isFlagged: boolean;
}

/** Money from a gateway must be what was asked for. Any other amount is posted whole, without a fee, and flagged. */
export function receiveCharge(asked: GatewayCharge, receivedCentavos: Centavos): GatewayReceipt {
  if (receivedCentavos !== asked.chargeCentavos) {
    return { postCentavos: receivedCentavos, feeCentavos: ZERO, isFlagged: true };
  }
  const postCentavos = subtract(receivedCentavos, asked.feeCentavos);
  return { postCentavos, feeCentavos: asked.feeCentavos, isFlagged: false };
}

/** Of amounts that are not below zero. */
function ceilDivide(amount: bigint, divisor: bigint): bigint {
  return (amount + divisor - 1n) / divisor;
}
