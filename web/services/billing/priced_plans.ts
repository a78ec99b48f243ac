import { centavos } from "@/shared/money/mod.ts";
import type { AgreedPrice, PricedPlan } from "@/web/domain/billing/mod.ts";
import { toOwnRules } from "./rule_levels.ts";
import type { PlanPriceRow, PricedPlanRow } from "@/web/store/billing/plan_prices.ts";

/** A plan with its prices as the rules read them. */
export function toPricedPlan(row: PricedPlanRow): PricedPlan {
  const [first, ...rest] = row.prices.map(toPrice);
  // A plan whose price has never changed has had this one from the beginning.
  const begun: AgreedPrice = {
    agreedOn: LONG_AGO,
    fromOn: null,
    priceCentavos: centavos(row.price_centavos),
  };
  return { name: row.name, prices: [first ?? begun, ...rest], rules: toOwnRules(row) };
}

const LONG_AGO = Temporal.PlainDate.from("2000-01-01");

function toPrice(row: PlanPriceRow): AgreedPrice {
  return {
    agreedOn: Temporal.PlainDate.from(row.agreed_on),
    fromOn: row.from_on === null ? null : Temporal.PlainDate.from(row.from_on),
    priceCentavos: centavos(BigInt(row.price_centavos)),
  };
}
