import { coded } from "@/shared/codes/mod.ts";
import { type Failure, ok, type Result } from "@/shared/result.ts";
import { deleteFirstPurchase } from "@/web/store/billing/first_purchases.ts";
import { updateSubscriptionActivation } from "@/web/store/subscribers/new_subscribers.ts";
import type { SubscriptionRow } from "@/web/store/subscribers/subscriptions.ts";
import {
  type FirstPurchaseCode,
  makeFirstPurchase,
  readyFirstPurchase,
} from "../billing/make_first_purchase.ts";
import type { UseCase } from "../use_case.ts";
import { auditSubscription } from "./audit_subscription.ts";
import { beginService } from "./begin_service.ts";

/**
 * Begins a locked prepaid connection that waits, with what waits to be bought: it is on exactly while a paid bill covers
 * the date. A refusal comes before the first write.
 */
export async function beginWithPurchase(
  useCase: UseCase,
  subscription: SubscriptionRow,
): Promise<Result<null, FirstPurchaseCode>> {
  const ready = await readyFirstPurchase(useCase, subscription);
  if (!ready.ok) return ready;
  await beginService(useCase, subscription, useCase.business.today);
  await makeFirstPurchase(useCase, ready.value);
  return ok(null);
}

/** Its secret is there: it begins with what it buys, or waits for a person where the money has gone elsewhere. */
export async function beginWithSecret(useCase: UseCase, subscription: SubscriptionRow): Promise<boolean> {
  const begun = await beginWithPurchase(useCase, subscription);
  if (begun.ok) return true;
  await giveUp(useCase, subscription, begun);
  await updateSubscriptionActivation(useCase.trx, subscription.id, "by_hand");
  return false;
}

/**
 * Its box is online. Where the money has gone elsewhere it begins all the same, as one whose payment was reversed stays
 * on: the run of that day switches it off, and nothing else does (rule R2).
 */
export async function beginWithSession(useCase: UseCase, subscription: SubscriptionRow): Promise<void> {
  const begun = await beginWithPurchase(useCase, subscription);
  if (begun.ok) return;
  await beginService(useCase, subscription, useCase.business.today);
  await giveUp(useCase, subscription, begun);
}

/** Its page says why nothing was bought, and sells again. */
async function giveUp(
  useCase: UseCase,
  subscription: SubscriptionRow,
  { code, values }: Failure<FirstPurchaseCode>,
): Promise<void> {
  if (code === "prepaid_buys_first") return;
  await deleteFirstPurchase(useCase.trx, subscription.id);
  const summary = coded("audit_first_purchase_missed", { ppp: subscription.ppp_name, why: { code, values } });
  await auditSubscription(useCase, subscription, "first_purchase_missed", summary);
}
