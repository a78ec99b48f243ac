import { isBefore } from "@/shared/calendar/mod.ts";
import { coded } from "@/shared/codes/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import {
  findPlannedModeChange,
  listModeChangesDue,
  updateModeChangeEnded,
} from "@/web/store/billing/mode_changes.ts";
import { updatePrepaid } from "@/web/store/billing/prepaid.ts";
import { lockSubscribersOf } from "@/web/store/subscribers/subscribers.ts";
import { lockSubscription } from "@/web/store/subscribers/subscriptions.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { auditSubscription } from "../subscribers/audit_subscription.ts";
import { runUseCase, type UseCase } from "../use_case.ts";
import { makeDue } from "./make_due.ts";
import { makePrepaid } from "./make_prepaid.ts";
import { whyNotPrepaid } from "./mode_effect.ts";

/** Makes the changes whose day has come, before that day's bills. */
export async function makeModeChanges(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: { businessOn: Temporal.PlainDate },
): Promise<Result<null, "clock_doubted">> {
  const { businessOn } = input;
  return await makeDue(context, tenantId, actor, {
    list: (trx) => listModeChangesDue(trx, businessOn),
    make: (useCase, [change]) => makeOne(useCase, change.subscription_id, businessOn),
    event: "mode_not_changed",
  });
}

async function makeOne(
  useCase: UseCase,
  subscriptionId: string,
  businessOn: Temporal.PlainDate,
): Promise<void> {
  const { trx } = useCase;
  await lockSubscribersOf(trx, [subscriptionId]);
  const subscription = await lockSubscription(trx, subscriptionId);
  const change = await findPlannedModeChange(trx, subscriptionId);
  if (subscription === null || change === null || isBefore(businessOn, change.effective_on)) return;
  const isLive = subscription.status === "active" || subscription.status === "disconnected";
  const isMade = isLive && subscription.billing_mode === "postpaid";
  if (isMade) {
    const day = { on: businessOn, unused: change.unused };
    if (await whyNotPrepaid(trx, subscriptionId, { ...day, waits: true }) !== null) return;
    await makePrepaid(useCase, subscription, day);
  }
  await updateModeChangeEnded(trx, change.id, isMade ? "made" : "cancelled");
}

/** Why a change that waits is not cancelled. */
export type CancelModeCode = "subscription_not_found" | "no_mode_change";

/** Until its day comes the change can be cancelled. */
export async function cancelModeChange(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: { subscriptionId: string },
): Promise<Result<null, CancelModeCode>> {
  return await runUseCase<null, CancelModeCode>(context, tenantId, actor, async (useCase) => {
    await lockSubscribersOf(useCase.trx, [input.subscriptionId]);
    const subscription = await lockSubscription(useCase.trx, input.subscriptionId);
    if (subscription === null) return err("subscription_not_found");
    const waiting = await findPlannedModeChange(useCase.trx, subscription.id);
    if (waiting === null) return err("no_mode_change");
    await updateModeChangeEnded(useCase.trx, waiting.id, "cancelled");
    await updatePrepaid(useCase.trx, subscription.id, { renews_itself: false });
    const summary = coded("audit_mode_cancelled", { ppp: subscription.ppp_name });
    await auditSubscription(useCase, subscription, "mode_cancelled", summary);
    return ok(null);
  });
}
