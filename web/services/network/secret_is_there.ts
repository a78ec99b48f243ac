import { coded } from "@/shared/codes/mod.ts";
import type { SubscriptionRow } from "@/web/store/subscribers/subscriptions.ts";
import { updateSubscriptionSecret } from "@/web/store/subscribers/new_subscribers.ts";
import { beginService } from "../subscribers/activate_subscription.ts";
import { auditSubscription } from "../subscribers/audit_subscription.ts";
import type { UseCase } from "../use_case.ts";
import { refreshDesired } from "./desired_state.ts";

/** From here on Linya manages the secret of a locked connection; one that waited for nothing else begins. */
export async function secretIsThere(
  useCase: UseCase,
  subscription: SubscriptionRow,
  secret: "found" | "made",
): Promise<void> {
  const { trx, at, actor } = useCase;
  await updateSubscriptionSecret(trx, subscription.id, { secret });
  if (subscription.status === "pending" && subscription.activation === "day") {
    const first = subscription.activate_on ?? useCase.business.today;
    await beginService(useCase, { ...subscription, secret }, first);
  } else {
    const authorisation = { kind: "manual" as const, runId: null, approvedBy: actor.label };
    useCase.touchRouters(await refreshDesired(trx, [subscription.id], { now: at, authorisation }));
  }
  const isMade = secret === "made";
  await auditSubscription(
    useCase,
    subscription,
    isMade ? "secret_made" : "secret_linked",
    coded(isMade ? "audit_secret_there" : "audit_secret_linked", { ppp: subscription.ppp_name }),
  );
}
