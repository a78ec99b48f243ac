import { coded } from "@/shared/codes/mod.ts";
import { findPlan } from "@/web/store/billing/plans.ts";
import { updateBlockReasonsRemoved } from "@/web/store/cuts/block_reasons.ts";
import { updateSubscriptionActivated } from "@/web/store/subscribers/new_subscribers.ts";
import type { SubscriptionRow } from "@/web/store/subscribers/subscriptions.ts";
import { startBilling } from "../billing/connection_billing.ts";
import { refreshDesired } from "../network/desired_state.ts";
import type { UseCase } from "../use_case.ts";
import { auditSubscription } from "./audit_subscription.ts";

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
