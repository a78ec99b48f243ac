import { coded } from "@/shared/codes/mod.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { err, type Failure, ok, type Result } from "@/shared/result.ts";
import {
  findPlannedModeChange,
  insertModeChange,
  updateBilledThrough,
} from "@/web/store/billing/mode_changes.ts";
import { findPlan } from "@/web/store/billing/plans.ts";
import { findOpenPurchaseBill } from "@/web/store/billing/prepaid.ts";
import { lockSubscribersOf } from "@/web/store/subscribers/subscribers.ts";
import { lockSubscription, type SubscriptionRow } from "@/web/store/subscribers/subscriptions.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { applyIdleCredit } from "../payments/apply_credit.ts";
import { auditSubscription } from "../subscribers/audit_subscription.ts";
import { refuseBehindEnd } from "../subscribers/plan_end.ts";
import { runUseCase, type UseCase } from "../use_case.ts";
import { freeDaysAhead, giveDaysBack, readDaysAhead } from "./days_ahead.ts";
import { makePostpaid } from "./make_postpaid.ts";
import { makePrepaid, type ModeDay } from "./make_prepaid.ts";
import { readToPrepaid, whyNotPrepaid } from "./mode_effect.ts";

/** Why a connection does not change how it pays. */
export type ChangeModeCode =
  | "subscription_not_found"
  | "prepaid_not_active"
  | "mode_same"
  | "mode_change_waits"
  | "mode_ahead"
  | "mode_bill_open"
  | "mode_bill_of_payer"
  | "behind_planned_end"
  | "mode_days_to_bill"
  | "mode_days_free"
  | "prepaid_bill_open";

/** What was asked for. */
export interface ModeRequest {
  subscriptionId: string;
  to: "postpaid" | "prepaid";
  /** Of a change to prepaid; bills begin where coverage ends anyway. */
  when: "today" | "next_boundary";
  /** What becomes of days behind the change that are billed and paid; unpaid ones are taken off. @default "coverage" */
  unused?: "coverage" | "credit";
}

/**
 * Changes whether a connection pays up front or after a bill. To prepaid: today or at the end of its cycle, with a last
 * bill for what was used; days that were billed in advance and paid stay or become credit, unpaid ones are taken off their
 * bill. To postpaid: bills begin where coverage ends.
 * No day is charged twice, and none that was served is left out.
 */
export async function changeMode(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  request: ModeRequest,
): Promise<Result<{ effectiveOn: Temporal.PlainDate }, ChangeModeCode>> {
  return await runUseCase<{ effectiveOn: Temporal.PlainDate }, ChangeModeCode>(
    context,
    tenantId,
    actor,
    async (useCase) => {
      const { trx, tenant, business } = useCase;
      await lockSubscribersOf(trx, [request.subscriptionId]);
      const subscription = await lockSubscription(trx, request.subscriptionId);
      if (subscription === null) return err("subscription_not_found");
      const refusal = await refuse(useCase, subscription, request);
      if (refusal !== null) return refusal;
      const { today } = business;
      if (request.to === "postpaid") {
        return ok({ effectiveOn: await makePostpaid(useCase, subscription, today) });
      }
      const { when, unused = "coverage" } = request;
      const { effectiveOn } = await readToPrepaid(trx, tenant, subscription, { today, when, unused });
      const behind = await refuseBehindEnd(trx, subscription.id, effectiveOn);
      if (behind !== null) return behind;
      if (Temporal.PlainDate.compare(effectiveOn, today) > 0) {
        await plan(useCase, subscription, { on: effectiveOn, unused });
        return ok({ effectiveOn });
      }
      await makePrepaid(useCase, subscription, { on: today, unused });
      await note(useCase, subscription.id, { state: "made", on: today, unused });
      return ok({ effectiveOn });
    },
  );
}

async function refuse(
  { trx, business }: UseCase,
  subscription: SubscriptionRow,
  { to, when }: ModeRequest,
): Promise<Failure<ChangeModeCode> | null> {
  if (subscription.status !== "active" && subscription.status !== "disconnected") {
    return err("prepaid_not_active");
  }
  if (subscription.billing_mode === to) return err("mode_same");
  const waiting = await findPlannedModeChange(trx, subscription.id);
  if (waiting !== null) return err("mode_change_waits", { on: waiting.effective_on });
  if (to === "postpaid") {
    const open = await findOpenPurchaseBill(trx, subscription.id);
    return open === null ? null : err("prepaid_bill_open", { number: open.number });
  }
  const why = await whyNotPrepaid(trx, subscription.id, { on: business.today });
  // One that is planned waits for such days by itself.
  const isWaitedFor = why?.code === "mode_days_to_bill" || why?.code === "mode_days_free";
  return isWaitedFor && when === "next_boundary" ? null : why;
}

async function note(
  { trx, at, actor }: UseCase,
  subscriptionId: string,
  { state, on, unused }: ModeDay & { state: "planned" | "made" },
): Promise<void> {
  await insertModeChange(trx, {
    id: uuidv7(at.epochMilliseconds),
    subscription_id: subscriptionId,
    to_mode: "prepaid",
    effective_on: on,
    unused,
    state,
    asked_at: at,
    asked_by: actor.label,
  });
}

async function plan(
  useCase: UseCase,
  subscription: SubscriptionRow,
  day: ModeDay,
): Promise<void> {
  await note(useCase, subscription.id, { state: "planned", ...day });
  await freeUnpaid(useCase, subscription, day.on);
  await auditSubscription(
    useCase,
    subscription,
    "mode_planned",
    coded("audit_mode_planned", { ppp: subscription.ppp_name, on: day.on }),
  );
}

/**
 * A bill of nothing but days behind a planned change that nobody has paid is taken back at once, so that nobody is asked
 * for them; cancelled, they are billed anew. What is paid waits for the day.
 */
async function freeUnpaid(
  useCase: UseCase,
  subscription: SubscriptionRow,
  on: Temporal.PlainDate,
): Promise<void> {
  const { trx, booking, business: { today } } = useCase;
  // What stands against the change itself is settled first: the days stay in one piece until then.
  if (await whyNotPrepaid(trx, subscription.id, { on }) !== null) return;
  const ahead = await readDaysAhead(trx, subscription.id, { on, unused: "coverage", isToCome: true });
  const [first] = ahead.takenOut;
  if (first === undefined) return;
  const plan = await findPlan(trx, subscription.plan_id);
  if (plan === null) throw new Error(`Cannot give days of ${subscription.id} back: it has no plan`);
  await freeDaysAhead(useCase, subscription, ahead, on);
  await updateBilledThrough(trx, subscription.id, first, today);
  await giveDaysBack(useCase, subscription, ahead, plan.name);
  await applyIdleCredit(trx, [subscription.subscriber_id], booking);
  useCase.live(["money", "tonight"]);
}
