import { coded } from "@/shared/codes/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { updateBlockReasonsRemoved } from "@/web/store/cuts/block_reasons.ts";
import { listAwaitingSession, updateSubscriptionActivated } from "@/web/store/subscribers/new_subscribers.ts";
import { findPlan } from "@/web/store/billing/plans.ts";
import { lockSubscribersOf } from "@/web/store/subscribers/subscribers.ts";
import { lockSubscription, type SubscriptionRow } from "@/web/store/subscribers/subscriptions.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { auditSubscription } from "./audit_subscription.ts";
import { startBilling } from "../billing/connection_billing.ts";
import { type Actor, FIRST_SESSION, type ServiceContext } from "../context.ts";
import { refreshDesired } from "../network/desired_state.ts";
import { runUseCase, type UseCase } from "../use_case.ts";

/** Why a connection does not begin. */
export type ActivateCode = "subscription_not_found" | "not_pending" | "secret_wanted";

/** Ends Pending install by hand: service and billing begin today. */
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
    await beginService(useCase, subscription, business.today);
    return ok({ activatedOn: business.today });
  });
}

/** Which of these names, seen with a session, belong to connections that wait for their first one. */
export async function findAwaitingSession(
  trx: TenantTransaction,
  routerId: string,
  onlineNames: readonly string[],
): Promise<string[]> {
  return await listAwaitingSession(trx, routerId, onlineNames);
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
      if (subscription !== null && waits) await beginService(useCase, subscription, business.today);
    }
    return ok(null);
  });
}

/** The first day of a locked connection that is pending: status, billing, desired state, audit. */
export async function beginService(
  useCase: UseCase,
  subscription: SubscriptionRow,
  activatedOn: Temporal.PlainDate,
): Promise<void> {
  const { trx, tenant, at, actor, business } = useCase;
  const plan = await findPlan(trx, subscription.plan_id);
  if (plan === null) throw new Error(`Cannot activate ${subscription.id}: it has no plan`);
  const billing = startBilling(tenant, {
    plan,
    timing: subscription.bill_timing,
    // Pending without a day means anniversary.
    anchorDay: subscription.anchor_day,
    activatedOn,
    own: subscription,
  });
  const isPrepaid = subscription.billing_mode === "prepaid";
  await updateSubscriptionActivated(
    trx,
    subscription.id,
    isPrepaid ? { ...billing, next_bill_on: null } : billing,
  );
  await updateBlockReasonsRemoved(trx, [subscription.id], "not_installed", {
    removed_at: at,
    removed_on: business.today,
    removed_by: actor.label,
  });
  const authorisation = { kind: "manual" as const, runId: null, approvedBy: actor.label };
  useCase.touchRouters(await refreshDesired(trx, [subscription.id], { now: at, authorisation }));
  await auditSubscription(
    useCase,
    subscription,
    "activated",
    isPrepaid
      ? coded("audit_connection_active_prepaid", { ppp: subscription.ppp_name, since: activatedOn })
      : coded("audit_connection_active", {
        ppp: subscription.ppp_name,
        since: activatedOn,
        bill: billing.next_bill_on,
      }),
  );
}
