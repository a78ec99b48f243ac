import { err, ok, type Result } from "@/shared/result.ts";
import { listAwaitingSession } from "@/web/store/subscribers/new_subscribers.ts";
import { lockSubscribersOf } from "@/web/store/subscribers/subscribers.ts";
import { lockSubscription } from "@/web/store/subscribers/subscriptions.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import type { FirstPurchaseCode } from "../billing/make_first_purchase.ts";
import { type Actor, FIRST_SESSION, type ServiceContext } from "../context.ts";
import { runUseCase } from "../use_case.ts";
import { beginWithPurchase, beginWithSession } from "./begin_prepaid.ts";
import { beginService } from "./begin_service.ts";

/** Why a connection does not begin. */
export type ActivateCode = FirstPurchaseCode | "subscription_not_found" | "not_pending" | "secret_wanted";

/** Ends Pending install by hand: service and billing begin today; of a prepaid one with what waits to be bought. */
export async function activateSubscription(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: { subscriptionId: string },
): Promise<Result<{ activatedOn: Temporal.PlainDate }, ActivateCode>> {
  return await runUseCase(context, tenantId, actor, async (useCase) => {
    const { trx, business } = useCase;
    await lockSubscribersOf(trx, [input.subscriptionId]);
    const subscription = await lockSubscription(trx, input.subscriptionId);
    if (subscription === null) return err("subscription_not_found");
    if (subscription.status !== "pending") return err("not_pending");
    if (subscription.secret === "wanted") {
      return err("secret_wanted");
    }
    if (subscription.billing_mode === "prepaid") {
      const begun = await beginWithPurchase(useCase, subscription);
      if (!begun.ok) return begun;
    } else await beginService(useCase, subscription, business.today);
    return ok({ activatedOn: business.today });
  });
}

/** Which of these accounts, by their keys, seen with a session, belong to connections that wait for their first one. */
export async function findAwaitingSession(
  trx: TenantTransaction,
  routerId: string,
  onlineAccounts: readonly string[],
): Promise<string[]> {
  return await listAwaitingSession(trx, routerId, onlineAccounts);
}

/** Begins connections whose box was seen online for the first time. A repetition finds them begun and does nothing. */
export async function activateOnFirstSession(
  context: ServiceContext,
  tenantId: string,
  subscriptionIds: readonly string[],
): Promise<void> {
  if (subscriptionIds.length === 0) return;
  await runUseCase(context, tenantId, FIRST_SESSION, async (useCase) => {
    const { trx, business } = useCase;
    await lockSubscribersOf(trx, subscriptionIds);
    for (const id of subscriptionIds) {
      const subscription = await lockSubscription(trx, id);
      const waits = subscription?.status === "pending" && subscription.activation === "first_session";
      if (subscription === null || !waits) continue;
      if (subscription.billing_mode === "prepaid") await beginWithSession(useCase, subscription);
      else await beginService(useCase, subscription, business.today);
    }
    return ok(null);
  });
}
