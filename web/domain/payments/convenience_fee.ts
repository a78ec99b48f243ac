import { add, type Centavos, centavos, subtract, ZERO } from "@/shared/money/mod.ts";
import { taxBill, type TaxTerms } from "../billing/mod.ts";
import { assertBalanced, type Leg } from "./accounts.ts";

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

/**
 * What a charge that arrived is posted as: the money waits at the gateway, what pays bills is the payer's credit, and a fee
 * that was passed on is earned on an account of its own, without its VAT. No bill has it, so none is paid or cut for it.
 */
export function legsOfGatewayReceipt(
  { subscriberId, receipt, tax }: {
    subscriberId: string;
    receipt: Pick<GatewayReceipt, "postCentavos" | "feeCentavos">;
    /** Of the day. The payer was asked for the fee as it is: its VAT is in it, wherever that of prices is. */
    tax: TaxTerms;
  },
): Leg[] {
  const { postCentavos, feeCentavos } = receipt;
  const mode = tax.mode === "non_vat" ? "non_vat" : "vat_inclusive";
  const { vatCentavos } = taxBill(mode, [feeCentavos], tax.rateBp);
  const legs: Leg[] = [
    { account: "gateway_clearing", subscriberId: null, amountCentavos: add(postCentavos, feeCentavos) },
    { account: "subscriber_credit", subscriberId, amountCentavos: subtract(ZERO, postCentavos) },
    {
      account: "revenue:convenience_fee",
      subscriberId: null,
      amountCentavos: subtract(vatCentavos, feeCentavos),
    },
    { account: "vat_payable", subscriberId: null, amountCentavos: subtract(ZERO, vatCentavos) },
  ];
  assertBalanced(legs);
  return legs.filter(({ amountCentavos }) => amountCentavos !== ZERO);
}

/** Of amounts that are not below zero. */
function ceilDivide(amount: bigint, divisor: bigint): bigint {
  return (amount + divisor - 1n) / divisor;
}
