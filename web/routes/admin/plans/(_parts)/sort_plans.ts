import type { PlanListRow } from "@/web/store/billing/plans.ts";

const SORTS: Readonly<Record<string, (a: PlanListRow, b: PlanListRow) => number>> = {
  price: (a, b) => Number(a.price_centavos - b.price_centavos),
  connections: (a, b) => a.subscriptions - b.subscriptions,
};

/** Plans are few and read whole: they are sorted here. They come by name. */
export function sortPlans(plans: readonly PlanListRow[], sort: string | undefined): readonly PlanListRow[] {
  const order = SORTS[sort?.replace(/^-/, "") ?? ""];
  if (order === undefined) return sort === "-name" ? plans.toReversed() : plans;
  const sign = sort?.startsWith("-") ? -1 : 1;
  return plans.toSorted((a, b) => sign * order(a, b));
}
