import { type Coded } from "@/shared/codes/mod.ts";
import type { SubscriptionRow } from "@/web/store/subscribers/subscriptions.ts";
import { recordAudit } from "../audit.ts";
import type { UseCase } from "../use_case.ts";

/** Records what was done to a subscription, on its subscriber's timeline. Last in the transaction, as `recordAudit`. */
export async function auditSubscription(
  { trx, at, actor, business }: UseCase,
  subscription: SubscriptionRow,
  action: string,
  summary: Coded,
  details: Record<string, unknown> = {},
): Promise<void> {
  await recordAudit(trx, actor, {
    action: `subscription.${action}`,
    subjectKind: "subscription",
    subjectId: subscription.id,
    subscriberId: subscription.subscriber_id,
    summary,
    details,
    at,
    businessOn: business.today,
  });
}
