import { coded } from "@/shared/codes/mod.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import {
  findExclusion,
  insertExclusion,
  updateExclusionRemoved,
  updateImportedDebtIncluded,
} from "@/web/store/cuts/holds.ts";
import { lockSubscribersOf } from "@/web/store/subscribers/subscribers.ts";
import { lockSubscription, type SubscriptionRow } from "@/web/store/subscribers/subscriptions.ts";
import { auditSubscription } from "../subscribers/audit_subscription.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { relist } from "./plan_cut_run.ts";
import { checkReason } from "../reason.ts";
import { runUseCase, type UseCase } from "../use_case.ts";

/** Why an exclusion is refused. */
export type ExclusionCode =
  | "subscription_not_found"
  | "date_in_past"
  | "already_excluded"
  | "not_excluded"
  | "reason_required"
  | "reason_too_long";

/** Leaves a subscription out of the cut run of one day. */
export async function excludeFromRun(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: { subscriptionId: string; businessOn: Temporal.PlainDate; reason: string },
): Promise<Result<{ businessOn: Temporal.PlainDate }, ExclusionCode>> {
  const reason = checkReason(input.reason);
  if (!reason.ok) return reason;
  return await runUseCase(context, tenantId, actor, async (useCase) => {
    const { trx, at, business } = useCase;
    const subscription = await find(useCase, input.subscriptionId);
    if (subscription === null) return err("subscription_not_found");
    if (Temporal.PlainDate.compare(input.businessOn, business.today) < 0) {
      return err("date_in_past", { from: business.today });
    }
    const isNew = await insertExclusion(trx, {
      id: uuidv7(at.epochMilliseconds),
      subscription_id: subscription.id,
      business_on: input.businessOn,
      reason: reason.value,
      created_by: actor.label,
      created_at: at,
    });
    if (!isNew) return err("already_excluded", { day: input.businessOn });
    await auditSubscription(
      useCase,
      subscription,
      "excluded",
      coded("audit_excluded", { day: input.businessOn, reason: reason.value }),
      { business_on: input.businessOn.toString() },
    );
    return ok({ businessOn: input.businessOn });
  });
}

/**
 * Takes an exclusion back, or lets imported debt count (unless only the exclusion is meant). The subscription goes on
 * today's list while that has not begun.
 */
export async function includeInRun(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: { subscriptionId: string; businessOn: Temporal.PlainDate; onlyExclusion?: boolean },
): Promise<Result<{ isListedToday: boolean }, ExclusionCode>> {
  return await runUseCase(context, tenantId, actor, async (useCase) => {
    const { trx, at } = useCase;
    const subscription = await find(useCase, input.subscriptionId);
    if (subscription === null) return err("subscription_not_found");
    const earlier = await findExclusion(trx, subscription.id, input.businessOn);
    const wasExcluded = await updateExclusionRemoved(trx, subscription.id, input.businessOn, at);
    const wasImported = input.onlyExclusion !== true &&
      await updateImportedDebtIncluded(trx, subscription.id, useCase.business.today);
    if (!wasExcluded && !wasImported) {
      return err("not_excluded", { day: input.businessOn });
    }
    const isListedToday = (await relist(useCase, [subscription.id])).has(subscription.id);
    // Imported debt that counts from now on cannot be told apart from other debt: only an exclusion comes back.
    const details = wasImported || earlier === null
      ? {}
      : { business_on: input.businessOn.toString(), reason: earlier.reason };
    const summary = coded("audit_included", { day: input.businessOn });
    await auditSubscription(useCase, subscription, "included", summary, details);
    return ok({ isListedToday });
  });
}

async function find({ trx }: UseCase, subscriptionId: string): Promise<SubscriptionRow | null> {
  await lockSubscribersOf(trx, [subscriptionId]);
  const subscription = await lockSubscription(trx, subscriptionId);
  return subscription === null || subscription.status === "cancelled" ? null : subscription;
}
