import { scheduleFrom } from "@/web/domain/billing/mod.ts";
import { listOwnPriced, listOwnPrices } from "@/web/store/billing/own_prices.ts";
import { listPlans, type PlanListRow } from "@/web/store/billing/plans.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { type OwnPriceMoment, readPlans, termsNow } from "./review_own_price.ts";

/** Plans with what their connections pay for a whole period now: a price of one's own, or a promo, counts as it is. */
export async function listPlansWithSums(
  trx: TenantTransaction,
  moment: OwnPriceMoment,
  options: { withArchived: boolean },
): Promise<PlanListRow[]> {
  const plans = await listPlans(trx, options);
  const off = await ownDifferences(trx, moment);
  return plans.map((plan) => ({
    ...plan,
    monthly_centavos: plan.monthly_centavos + (off.get(plan.id) ?? 0n),
  }));
}

/** By plan: how far what is paid is from the price of the plan, over all connections that have a price of their own. */
async function ownDifferences(
  trx: TenantTransaction,
  moment: OwnPriceMoment,
): Promise<ReadonlyMap<string, bigint>> {
  const connections = await listOwnPriced(trx, moment.today);
  const off = new Map<string, bigint>();
  if (connections.length === 0) return off;
  const plans = await readPlans(trx);
  const prices = Map.groupBy(
    await listOwnPrices(trx, connections.map(({ id }) => id)),
    (row) => row.subscription_id,
  );
  for (const connection of connections) {
    const terms = termsNow(moment, connection, plans, prices.get(connection.id) ?? []);
    const { own, priceCentavos } = scheduleFrom(terms, moment.today).now;
    if (own === undefined) continue;
    off.set(connection.plan_id, (off.get(connection.plan_id) ?? 0n) + priceCentavos - own.listPriceCentavos);
  }
  return off;
}
