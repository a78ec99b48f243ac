import { isBefore } from "@/shared/calendar/mod.ts";
import { coded, periodValue } from "@/shared/codes/mod.ts";
import { insertNeverBilled } from "@/web/store/billing/charged_periods.ts";
import {
  findLastPayerChange,
  hasOpenPeriods,
  type PayerChangeRow,
  updatePayer,
  updatePeriodCut,
} from "@/web/store/billing/payer_changes.ts";
import { findPlan } from "@/web/store/billing/plans.ts";
import { findSubscriber } from "@/web/store/subscribers/subscribers.ts";
import type { SubscriptionRow } from "@/web/store/subscribers/subscriptions.ts";
import { restoreService } from "../cuts/restore_service.ts";
import { applyIdleCredit } from "../payments/apply_credit.ts";
import { giveMemo } from "../payments/give_memo.ts";
import { auditSubscription } from "../subscribers/audit_subscription.ts";
import type { UseCase } from "../use_case.ts";
import { issueLastBill } from "./issue_last_bill.ts";
import { nextBillOfPayer, type PayerEffect } from "./payer_effect.ts";
import { giveSuspendedBack } from "./suspended_back.ts";

/** Two changes of a connection are never made at one moment: their order says whose it was when. */
export async function nextMoment({ trx, at }: UseCase, subscriptionId: string): Promise<Temporal.Instant> {
  const last = (await findLastPayerChange(trx, subscriptionId))?.made_at ?? null;
  if (last === null || Temporal.Instant.compare(last, at) < 0) return at;
  return last.add({ milliseconds: 1 });
}

/** The subscribers are locked, and the change is written. */
export async function moveToPayer(
  useCase: UseCase,
  subscription: SubscriptionRow,
  change: PayerChangeRow,
  effect: PayerEffect,
): Promise<void> {
  const { trx, tenant, booking } = useCase;
  const plan = await findPlan(trx, subscription.plan_id);
  if (plan === null) throw new Error(`Cannot bill ${subscription.id}: it has no plan`);
  await noteFree(useCase, subscription.id, effect);
  await issueLastBill(useCase, {
    connection: subscription,
    plan,
    lines: effect.toBill,
    fees: [],
    reconnections: effect.reconnections,
  });
  if (change.unused === "credit") await creditUnused(useCase, subscription, plan.name, effect);
  await updatePayer(trx, subscription.id, {
    subscriber_id: change.to_subscriber_id,
    moved: await whereItStands(useCase, subscription, effect),
  });
  // As it was read: of the old payer.
  await giveSuspendedBack(useCase, subscription, effect.suspendedBack);
  await applyIdleCredit(trx, [change.from_subscriber_id], booking);
  // What was off for the old payer's debt: the new one owes nothing for it.
  const restored = await restoreService(trx, tenant, change.to_subscriber_id, booking);
  useCase.touchRouters(restored.routerIds);
  useCase.live(["money", "tonight"]);
  await auditBoth(useCase, subscription, change, "changed", {
    last_bill_centavos: effect.billCentavos.toString(),
    restored: restored.subscriptionIds,
  });
}

async function noteFree({ trx, at }: UseCase, subscriptionId: string, { free }: PayerEffect): Promise<void> {
  if (free === null) return;
  await insertNeverBilled(trx, [{
    subscription_id: subscriptionId,
    period_start: free.start.toString(),
    period_end: free.end.toString(),
    why: "free",
    stopped_at: null,
  }], at);
}

/** Days that were billed in advance and not used become credit of who was billed; the other pays them. */
async function creditUnused(
  useCase: UseCase,
  subscription: SubscriptionRow,
  planName: string,
  { unused, effectiveOn }: PayerEffect,
): Promise<void> {
  if (unused === null) return;
  const { period, back } = unused;
  await updatePeriodCut(useCase.trx, subscription.id, {
    start: period.period_start,
    end: period.period_end,
    newEnd: effectiveOn,
  });
  for (const part of back) {
    await giveMemo(useCase, {
      subscriberId: subscription.subscriber_id,
      subscriptionId: subscription.id,
      kind: "correction",
      reason: coded("memo_payer_changed", {
        plan: planName,
        period: periodValue(effectiveOn, period.period_end),
      }),
      ...part,
    });
  }
}

/** From the first day that the new payer is billed for; while bills have stopped, and of what is bought, nothing moves. */
async function whereItStands(
  { trx, tenant, business: { today } }: UseCase,
  subscription: SubscriptionRow,
  { chargedFrom, toBill, free, unused }: PayerEffect,
) {
  const isCut = unused !== null && isBefore(chargedFrom, unused.period.period_end);
  if (toBill.length === 0 && free === null && !isCut) return null;
  const next = nextBillOfPayer(tenant, subscription, chargedFrom);
  const isOpen = await hasOpenPeriods(trx, subscription.id) && isBefore(today, next);
  return { billed_through_on: chargedFrom, next_bill_on: isOpen ? today : next };
}

/** On both timelines, each with the name of the other. */
export async function auditBoth(
  useCase: UseCase,
  subscription: SubscriptionRow,
  change: PayerChangeRow,
  verb: "planned" | "changed",
  details: Record<string, unknown> = {},
): Promise<void> {
  const nameOf = async (id: string) => (await findSubscriber(useCase.trx, id))?.name ?? "";
  const { ppp_name: ppp } = subscription;
  const { from_subscriber_id: from, to_subscriber_id: to, effective_on: on } = change;
  const left = { ppp, on, name: await nameOf(to) };
  const got = { ppp, on, name: await nameOf(from) };
  const all = { ...details, change_id: change.id };
  const isMade = verb === "changed";
  const audit = (subscriberId: string, action: string, summary: ReturnType<typeof coded>) =>
    auditSubscription(useCase, { ...subscription, subscriber_id: subscriberId }, action, summary, all);
  await audit(
    from,
    isMade ? "payer_left" : "payer_leaves",
    isMade ? coded("audit_payer_left", left) : coded("audit_payer_leaves", left),
  );
  await audit(
    to,
    isMade ? "payer_changed" : "payer_planned",
    isMade ? coded("audit_payer_came", got) : coded("audit_payer_comes", got),
  );
}
