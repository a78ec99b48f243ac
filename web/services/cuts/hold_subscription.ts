import { coded } from "@/shared/codes/mod.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { listBlockReasons } from "@/web/store/cuts/block_reasons.ts";
import { findLiveHold, type HoldRow, insertHold, updateHoldEnded } from "@/web/store/cuts/holds.ts";
import { lockSubscribersOf } from "@/web/store/subscribers/subscribers.ts";
import { lockSubscription, type SubscriptionRow } from "@/web/store/subscribers/subscriptions.ts";
import { type AboveLimitCode, refuseDaysAbove } from "../access/role_limit.ts";
import { auditSubscription } from "../subscribers/audit_subscription.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { mailsOfHolds } from "../mail/occasions.ts";
import { queueingOf, queueMail } from "../mail/queue_mail.ts";
import { relist } from "./plan_cut_run.ts";
import { checkReason } from "../reason.ts";
import { runUseCase, type UseCase } from "../use_case.ts";
import { HOLD_DAYS_MAX } from "@/web/domain/cuts/limits.ts";

/** A promise to pay as it stands now. */
export interface HeldUntil {
  untilOn: Temporal.PlainDate;
}

/** Why a hold is refused. */
export type HoldCode =
  | AboveLimitCode
  | "subscription_not_found"
  | "already_held"
  | "not_held"
  | "already_disconnected"
  | "hold_in_past"
  | "hold_too_long"
  | "days_not_understood"
  | "reason_required"
  | "reason_too_long";

type HoldAction = "held" | "hold_extended" | "hold_shortened";
/** Promises not to cut a subscription until the end of a day (rule R5). The hold ends itself after that day. */
export async function holdSubscription(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: { subscriptionId: string; untilOn: Temporal.PlainDate; reason: string },
): Promise<Result<HeldUntil, HoldCode>> {
  const reason = checkReason(input.reason);
  if (!reason.ok) return reason;
  return await runUseCase(context, tenantId, actor, async (useCase) => {
    const found = await lockHeld(useCase, input.subscriptionId);
    if (!found.ok) return found;
    const { subscription, hold } = found.value;
    if (hold !== null) {
      return err("already_held", { day: hold.until_on });
    }
    const reasons = await listBlockReasons(useCase.trx, subscription.id);
    if (reasons.some((row) => row.reason === "nonpayment" && row.removed_at === null)) {
      return err("already_disconnected");
    }
    return await put(useCase, subscription, { untilOn: input.untilOn, reason: reason.value, action: "held" });
  });
}

/** Moves the last day of a hold. */
export async function extendHold(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: { subscriptionId: string; days: number },
): Promise<Result<HeldUntil, HoldCode>> {
  if (!Number.isInteger(input.days) || input.days < 1 || input.days > HOLD_DAYS_MAX) {
    return err("days_not_understood", { max: HOLD_DAYS_MAX });
  }
  return await runUseCase(context, tenantId, actor, async (useCase) => {
    const found = await lockHeld(useCase, input.subscriptionId);
    if (!found.ok) return found;
    const { subscription, hold } = found.value;
    if (hold === null) return err("not_held");
    const untilOn = hold.until_on.add({ days: input.days });
    return await put(useCase, subscription, {
      untilOn,
      reason: hold.reason,
      action: "hold_extended",
      before: hold.until_on,
    });
  });
}

/** Moves the last day of a hold back to where it was: an extension that is taken back. */
export async function shortenHold(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: { subscriptionId: string; untilOn: Temporal.PlainDate },
): Promise<Result<HeldUntil, HoldCode>> {
  return await runUseCase(context, tenantId, actor, async (useCase) => {
    const found = await lockHeld(useCase, input.subscriptionId);
    if (!found.ok) return found;
    const { subscription, hold } = found.value;
    if (hold === null) return err("not_held");
    return await put(useCase, subscription, {
      untilOn: input.untilOn,
      reason: hold.reason,
      action: "hold_shortened",
      before: hold.until_on,
    });
  });
}

/** Ends a hold before its day. A subscription that qualifies goes on today's list while that has not begun. */
export async function endHold(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: { subscriptionId: string },
): Promise<Result<{ isListedToday: boolean }, HoldCode>> {
  return await runUseCase(context, tenantId, actor, async (useCase) => {
    const found = await lockHeld(useCase, input.subscriptionId);
    if (!found.ok) return found;
    const { subscription, hold } = found.value;
    if (hold === null) return err("not_held");
    await updateHoldEnded(useCase.trx, subscription.id, useCase.at);
    const isListedToday = (await relist(useCase, [subscription.id])).has(subscription.id);
    await auditSubscription(
      useCase,
      subscription,
      "hold_ended",
      coded("audit_hold_ended", { until: hold.until_on }),
      { until_on: hold.until_on.toString(), reason: hold.reason },
    );
    return ok({ isListedToday });
  });
}

/** The last day that a hold may have. */
export function checkHoldDay(
  untilOn: Temporal.PlainDate,
  today: Temporal.PlainDate,
): Result<null, "hold_in_past" | "hold_too_long"> {
  const last = today.add({ days: HOLD_DAYS_MAX });
  if (Temporal.PlainDate.compare(untilOn, today) < 0) {
    return err("hold_in_past", { from: today });
  }
  if (Temporal.PlainDate.compare(untilOn, last) > 0) {
    return err("hold_too_long", { last, max: HOLD_DAYS_MAX });
  }
  return ok(null);
}

async function lockHeld(
  { trx, business }: UseCase,
  subscriptionId: string,
): Promise<Result<{ subscription: SubscriptionRow; hold: HoldRow | null }, HoldCode>> {
  await lockSubscribersOf(trx, [subscriptionId]);
  const subscription = await lockSubscription(trx, subscriptionId);
  if (subscription === null || subscription.status === "cancelled") {
    return err("subscription_not_found");
  }
  return ok({ subscription, hold: await findLiveHold(trx, subscriptionId, business.today) });
}

async function put(
  useCase: UseCase,
  subscription: SubscriptionRow,
  hold: { untilOn: Temporal.PlainDate; reason: string; action: HoldAction; before?: Temporal.PlainDate },
): Promise<Result<HeldUntil, HoldCode>> {
  const { trx, at, actor, business } = useCase;
  const day = checkHoldDay(hold.untilOn, business.today);
  if (!day.ok) return day;
  // Who makes one shorter takes back what they were allowed to give.
  const above = hold.action === "hold_shortened"
    ? null
    : refuseDaysAbove(actor, "hold_days", business.today, hold.untilOn);
  if (above !== null) return above;
  await updateHoldEnded(trx, subscription.id, at);
  const id = uuidv7(at.epochMilliseconds);
  await insertHold(trx, {
    id,
    subscription_id: subscription.id,
    until_on: hold.untilOn,
    reason: hold.reason,
    created_by: actor.label,
    created_at: at,
  });
  // A hold that is made shorter takes an extension back: what was said of that one is not sent any more.
  if (hold.action !== "hold_shortened") {
    const { id: subscriptionId, subscriber_id: subscriberId } = subscription;
    const told = { id, subscriberId, subscriptionId, untilOn: hold.untilOn };
    await queueMail(trx, mailsOfHolds([told]), queueingOf(useCase.booking));
  }
  const details = hold.before === undefined ? {} : { before: hold.before.toString() };
  const summary = coded(`audit_${hold.action}`, { until: hold.untilOn, reason: hold.reason });
  await auditSubscription(useCase, subscription, hold.action, summary, details);
  return ok({ untilOn: hold.untilOn });
}
