import { type Centavos, centavos } from "@/shared/money/mod.ts";
import { err, type Failure, ok, type Result } from "@/shared/result.ts";
import { PREPAID_MAX } from "@/web/domain/billing/limits.ts";
import type { PrepaidPlan } from "@/web/domain/billing/mod.ts";
import type { PrepaidOffer } from "./prepaid_offer.ts";

/** What somebody wants to buy up front. */
export interface WantedUnit {
  unit: PrepaidPlan["unit"];
  count: number;
  quantity: number;
}

/** Why this is not sold. */
export type ChooseUnitCode = "prepaid_unit_not_sold" | "prepaid_quantity_out_of_range" | "prepaid_bill_open";

/** What is bought, with its price of today. */
export function chooseUnit(
  offer: Pick<PrepaidOffer, "units" | "plan" | "openBill">,
  { quantity, ...wanted }: WantedUnit,
): Result<PrepaidPlan, ChooseUnitCode> {
  if (!Number.isInteger(quantity) || quantity < 1 || quantity > PREPAID_MAX.quantity) {
    return err("prepaid_quantity_out_of_range", { max: PREPAID_MAX.quantity });
  }
  const unit = offer.units.find((one) => one.unit === wanted.unit && one.count === wanted.count);
  if (unit === undefined) return err("prepaid_unit_not_sold", { plan: offer.plan.name });
  return offer.openBill === null ? ok(unit) : err("prepaid_bill_open", { number: offer.openBill.number });
}

/** Less money than the price buys nothing. */
export function refuseShort(
  { total, creditCentavos }: Pick<PrepaidOffer, "total" | "creditCentavos">,
  { unit, quantity }: { unit: PrepaidPlan; quantity: number },
  receivedCentavos: Centavos,
): Failure<"prepaid_short"> | null {
  const price = total(unit, quantity).totalCentavos;
  const missing = price - creditCentavos - receivedCentavos;
  return missing > 0n ? err("prepaid_short", { price, missing: centavos(missing) }) : null;
}
