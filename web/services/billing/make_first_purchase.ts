import { centavos } from "@/shared/money/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import type { PrepaidPlan } from "@/web/domain/billing/mod.ts";
import { deleteFirstPurchase, findFirstPurchase } from "@/web/store/billing/first_purchases.ts";
import type { SubscriptionRow } from "@/web/store/subscribers/subscriptions.ts";
import { applyIdleCredit } from "../payments/apply_credit.ts";
import type { UseCase } from "../use_case.ts";
import { type PrepaidOffer, readOffer } from "./prepaid_offer.ts";
import { writePurchase } from "./write_purchase.ts";

/** Why a connection does not begin with what was to be bought. */
export type FirstPurchaseCode = "prepaid_buys_first" | "prepaid_unit_not_sold" | "prepaid_short";

/** What is bought the moment its service begins. */
export interface ReadyPurchase {
  id: string;
  offer: PrepaidOffer;
  unit: PrepaidPlan;
  quantity: number;
}

/** Whether the credit pays for what waits for a locked connection, at the price that was agreed. Writes nothing. */
export async function readyFirstPurchase(
  { trx, tenant, business: { today } }: UseCase,
  subscription: SubscriptionRow,
): Promise<Result<ReadyPurchase, FirstPurchaseCode>> {
  const waiting = await findFirstPurchase(trx, subscription.id);
  if (waiting === null) return err("prepaid_buys_first");
  const offer = await readOffer(trx, tenant, subscription, today);
  const sold = offer.units.find((one) => one.unit === waiting.unit && one.count === waiting.count);
  const isAgreed = offer.plan.id === waiting.plan_id;
  const unit = isAgreed
    ? { unit: waiting.unit, count: waiting.count, priceCentavos: centavos(waiting.price_centavos) }
    : sold;
  if (unit === undefined) return err("prepaid_unit_not_sold", { plan: offer.plan.name });
  const price = offer.total(unit, waiting.quantity).totalCentavos;
  const missing = price - offer.creditCentavos;
  if (missing > 0n) return err("prepaid_short", { price, missing: centavos(missing) });
  return ok({ id: waiting.id, offer, unit, quantity: waiting.quantity });
}

/** Buys from credit what waited; the connection has just begun, in the same transaction. */
export async function makeFirstPurchase(
  useCase: UseCase,
  { id, offer, unit, quantity }: ReadyPurchase,
): Promise<void> {
  const planned = offer.purchase(unit, quantity);
  await deleteFirstPurchase(useCase.trx, offer.subscription.id);
  await writePurchase(useCase, offer, { id, unit, quantity, planned, isRenewal: false });
  await applyIdleCredit(useCase.trx, [offer.subscription.subscriber_id], useCase.booking);
}
