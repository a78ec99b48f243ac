import { centavos } from "@/shared/money/mod.ts";
import type { OwnPrice, OwnTerms } from "@/web/domain/billing/mod.ts";
import type { OwnPriceTerms } from "@/web/store/billing/own_prices.ts";

/** The plans that a connection has and will have. */
export interface PlansOf {
  plan_id: string;
  next_plan_id: string | null;
}

/** Own prices of one connection as the rules read them. Those of a plan that it has left count no more. */
export function toOwnPrices(rows: readonly OwnPriceTerms[], plans: PlansOf): OwnPrice[] {
  return rows.flatMap((row): OwnPrice[] => {
    const plan = whichPlan(row.only_plan_id, plans);
    return plan === null ? [] : [{
      kind: row.kind,
      amountCentavos: centavos(row.amount_centavos),
      basisPoints: row.basis_points,
      fromOn: row.from_on,
      lastOn: row.last_on,
      periods: row.periods,
      isByDay: row.is_by_day,
      plan,
    }];
  });
}

function whichPlan(only: string | null, plans: PlansOf): OwnPrice["plan"] | null {
  if (only === null) return "any";
  if (only === plans.plan_id) return "present";
  return only === plans.next_plan_id ? "next" : null;
}

/** Columns of a charged period that say how its own price came about. */
export interface OwnTermsColumns {
  own_kind: OwnTerms["kind"] | null;
  own_amount_centavos: bigint | null;
  own_basis_points: number | null;
  own_until_on: Temporal.PlainDate | null;
  list_price_centavos: bigint | null;
}

/** How the price of a charged period came about; undefined where it was the plan's. */
export function toOwnTerms(row: OwnTermsColumns): OwnTerms | undefined {
  if (row.own_kind === null) return undefined;
  return {
    kind: row.own_kind,
    amountCentavos: centavos(row.own_amount_centavos ?? 0n),
    basisPoints: row.own_basis_points ?? 0,
    untilOn: row.own_until_on,
    listPriceCentavos: centavos(row.list_price_centavos ?? 0n),
  };
}
