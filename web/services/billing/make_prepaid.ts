import { isBefore } from "@/shared/calendar/mod.ts";
import { coded } from "@/shared/codes/mod.ts";
import { insertNeverBilled } from "@/web/store/billing/charged_periods.ts";
import { findChargedSpan } from "@/web/store/billing/decided_days.ts";
import { updateMode } from "@/web/store/billing/mode_changes.ts";
import { findPlan } from "@/web/store/billing/plans.ts";
import type { SubscriptionRow } from "@/web/store/subscribers/subscriptions.ts";
import { applyIdleCredit } from "../payments/apply_credit.ts";
import { auditSubscription } from "../subscribers/audit_subscription.ts";
import type { UseCase } from "../use_case.ts";
import { freeDaysAhead, giveDaysBack } from "./days_ahead.ts";
import { issueLastBill } from "./issue_last_bill.ts";
import { readToPrepaid } from "./mode_effect.ts";
import { giveSuspendedBack } from "./suspended_back.ts";

/** The first prepaid day, and what becomes of days behind it that are billed and paid. */
export interface ModeDay {
  on: Temporal.PlainDate;
  unused: "coverage" | "credit";
}

/** The subscriber is locked. Days until `on` get a last bill; from there on days are bought. */
export async function makePrepaid(
  useCase: UseCase,
  subscription: SubscriptionRow,
  { on, unused }: ModeDay,
): Promise<void> {
  const { trx, tenant, booking } = useCase;
  const effect = await readToPrepaid(trx, tenant, subscription, { today: on, when: "today", unused });
  const { toBill, billCentavos, reconnections, suspendedBack, ahead } = effect;
  const plan = await findPlan(trx, subscription.plan_id);
  if (plan === null) throw new Error(`Cannot bill ${subscription.id}: it has no plan`);
  const isPassed = await passStopped(useCase, subscription, on);
  await issueLastBill(useCase, {
    connection: subscription,
    plan,
    lines: toBill,
    fees: [],
    reconnections,
  });
  await freeDaysAhead(useCase, subscription, ahead, on);
  const isMoved = isPassed || toBill.length > 0 || ahead.isCut || ahead.takenOut.length > 0;
  const span = isMoved ? await findChargedSpan(trx, subscription.id) : null;
  await updateMode(trx, subscription.id, {
    billing_mode: "prepaid",
    billed_through_on: isMoved ? span?.end ?? null : subscription.billed_through_on,
    next_bill_on: null,
  }, on);
  await giveDaysBack(useCase, subscription, ahead, plan.name);
  await giveSuspendedBack(useCase, subscription, suspendedBack);
  await applyIdleCredit(trx, [subscription.subscriber_id], booking);
  useCase.live(["money", "tonight"]);
  await auditSubscription(
    useCase,
    subscription,
    "made_prepaid",
    coded("audit_made_prepaid", { ppp: subscription.ppp_name, on, amount: billCentavos }),
  );
}

/** Days since its bills had stopped are never billed. */
async function passStopped(
  { trx, at }: UseCase,
  { id, stopped_from_on: stopped, stopped_at: stoppedAt }: SubscriptionRow,
  on: Temporal.PlainDate,
): Promise<boolean> {
  if (stopped === null || !isBefore(stopped, on)) return false;
  await insertNeverBilled(trx, [{
    subscription_id: id,
    period_start: stopped.toString(),
    period_end: on.toString(),
    why: "stopped",
    stopped_at: stoppedAt,
  }], at);
  return true;
}
