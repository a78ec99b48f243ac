import { coded } from "@/shared/codes/mod.ts";
import type { SubscriptionRow } from "@/web/store/subscribers/subscriptions.ts";
import { updateSubscriptionSecret } from "@/web/store/subscribers/new_subscribers.ts";
import { beginWithSecret } from "../subscribers/begin_prepaid.ts";
import { beginService } from "../subscribers/begin_service.ts";
import { auditSubscription } from "../subscribers/audit_subscription.ts";
import type { UseCase } from "../use_case.ts";
import { refreshDesired } from "./desired_state.ts";

/** From here on Linya manages the secret of a locked connection; one that waited for nothing else begins. */
export async function secretIsThere(
  useCase: UseCase,
  subscription: SubscriptionRow,
  secret: "found" | "made",
): Promise<void> {
  const { trx } = useCase;
  await updateSubscriptionSecret(trx, subscription.id, { secret });
  if (!await beginOnItsDay(useCase, { ...subscription, secret })) {
    const authorisation = { kind: "manual" as const, runId: null, approvedBy: useCase.actor.label };
    useCase.touchRouters(await refreshDesired(trx, [subscription.id], { now: useCase.at, authorisation }));
  }
  const isMade = secret === "made";
  await auditSubscription(
    useCase,
    subscription,
    isMade ? "secret_made" : "secret_linked",
    coded(isMade ? "audit_secret_there" : "audit_secret_linked", { ppp: subscription.ppp_name }),
  );
}

/** Whether one that waited for its secret alone has begun. */
async function beginOnItsDay(useCase: UseCase, subscription: SubscriptionRow): Promise<boolean> {
  if (subscription.status !== "pending" || subscription.activation !== "day") return false;
  if (subscription.billing_mode === "prepaid") return await beginWithSecret(useCase, subscription);
  await beginService(useCase, subscription, subscription.activate_on ?? useCase.business.today);
  return true;
}
