import { coded } from "@/shared/codes/mod.ts";
import { type Centavos, centavos } from "@/shared/money/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { updateOwnPricesEnded, updateOwnPricesKept } from "@/web/store/billing/own_prices.ts";
import { updateNextPlan, updatePlanNow } from "@/web/store/billing/plan_changes.ts";
import { findPlan, type PlanRow } from "@/web/store/billing/plans.ts";
import { findBoughtUntil } from "@/web/store/billing/prepaid.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { lockSubscribersOf } from "@/web/store/subscribers/subscribers.ts";
import { lockSubscription, type SubscriptionRow } from "@/web/store/subscribers/subscriptions.ts";
import { refuseBehindEnd } from "../subscribers/plan_end.ts";
import { auditSubscription } from "../subscribers/audit_subscription.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { refreshDesired } from "../network/desired_state.ts";
import { runUseCase, type UseCase } from "../use_case.ts";
import { nextCycleOf } from "./next_cycle.ts";
import { type PlanNowReview, reviewPlanNow } from "./review_plan_now.ts";
import { settlePlanChange } from "./settle_plan_change.ts";

/** Why a plan change is refused. */
export type ChangePlanCode =
  | "subscription_not_found"
  | "plan_not_found"
  | "same_plan"
  | "no_plan_change"
  | "plan_change_under_way"
  | "plan_change_moved"
  | "plan_change_prepaid"
  | "behind_planned_end";

/** What was agreed. */
export interface PlanChange {
  /** First day on the new plan: price, and speed on the router. */
  effectiveOn: Temporal.PlainDate;
  /** The line is not billed yet, so the new plan counts already. */
  isImmediate: boolean;
}

/**
 * Changes the plan from the next cycle on (billing rule 11): no bill of the cycle that runs now changes, and the
 * router gets the new profile on the first day of the next one. A second change replaces the first. A connection
 * whose billing has not begun changes at once. A price of its own ends with the plan that it was agreed for, unless a
 * person keeps it.
 */
export async function changePlan(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: {
    subscriptionId: string;
    planId: string;
    /** Own prices and promos stay on the new plan. @default false */
    keepsOwnPrice?: boolean;
    /** Null: with the next cycle. Otherwise from today, for what the person saw that it costs today. @default null */
    today?: { netNowCentavos: Centavos } | null;
  },
): Promise<Result<PlanChange, ChangePlanCode>> {
  return await runUseCase(context, tenantId, actor, async (useCase) => {
    const subscription = await find(useCase, input.subscriptionId);
    if (subscription === null) return err("subscription_not_found");
    const plan = await findPlan(useCase.trx, input.planId);
    if (plan === null || plan.archived_at !== null) return err("plan_not_found");
    if (subscription.plan_id === plan.id) {
      return err("same_plan", { name: plan.name });
    }
    if (isUnderWay(useCase, subscription)) return err("plan_change_under_way");
    const paidUntil = input.today
      ? await prepaidUntil(useCase.trx, subscription, useCase.business.today)
      : null;
    if (paidUntil !== null) {
      return err("plan_change_prepaid", { until: paidUntil.subtract({ days: 1 }) });
    }
    const keepsOwnPrice = input.keepsOwnPrice === true;
    const asked = input.today ?? null;
    const review = asked === null || !isInUse(useCase, subscription) ? null : await reviewPlanNow(
      useCase.trx,
      { tenant: useCase.tenant, today: useCase.business.today },
      subscription,
      {
        planId: plan.id,
        keepsOwnPrice,
      },
    );
    if (review !== null && review.netNowCentavos !== asked?.netNowCentavos) return err("plan_change_moved");
    const { activated_on: activatedOn } = subscription;
    if (activatedOn !== null && asked === null) {
      const on = nextCycleOf(useCase, subscription, activatedOn);
      const behind = await refuseBehindEnd(useCase.trx, subscription.id, on);
      if (behind !== null) return behind;
    }
    await updateOwnPricesKept(useCase.trx, [subscription.id], { isKept: keepsOwnPrice });
    if (review !== null) return await changeToday(useCase, subscription, plan, review);
    if (activatedOn === null || asked !== null) return await changeNow(useCase, subscription, plan);
    return await changeNextCycle(useCase, subscription, plan, activatedOn);
  });
}

/**
 * The first day after those that were paid up front, while some are left, also where bills begin after them, or that an
 * earlier payer has kept: they were sold by the old plan, as units or to another, so a new plan counts from after them.
 * Null where nothing stands in the way of a change today.
 */
export async function prepaidUntil(
  trx: TenantTransaction,
  { id, billing_mode: mode, billed_through_on: until }: Pick<
    SubscriptionRow,
    "id" | "billing_mode" | "billed_through_on"
  >,
  today: Temporal.PlainDate,
): Promise<Temporal.PlainDate | null> {
  if (until === null || Temporal.PlainDate.compare(until, today) <= 0) return null;
  return mode === "prepaid" ? until : await findBoughtUntil(trx, id, today);
}

/** Takes back a plan change that has not come yet. */
export async function cancelPlanChange(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: { subscriptionId: string },
): Promise<Result<null, ChangePlanCode>> {
  return await runUseCase(context, tenantId, actor, async (useCase) => {
    const subscription = await find(useCase, input.subscriptionId);
    if (subscription === null) return err("subscription_not_found");
    if (subscription.next_plan_id === null) {
      return err("no_plan_change");
    }
    if (isUnderWay(useCase, subscription)) return err("plan_change_under_way");
    const plan = await findPlan(useCase.trx, subscription.next_plan_id);
    await updateNextPlan(useCase.trx, subscription.id, null);
    await auditSubscription(
      useCase,
      subscription,
      "plan_change_cancelled",
      plan === null
        ? coded("audit_plan_change_undone")
        : coded("audit_plan_change_cancelled", { plan: plan.name }),
    );
    return ok(null);
  });
}

async function find({ trx }: UseCase, subscriptionId: string): Promise<SubscriptionRow | null> {
  await lockSubscribersOf(trx, [subscriptionId]);
  const subscription = await lockSubscription(trx, subscriptionId);
  return subscription === null || subscription.status === "cancelled" ? null : subscription;
}

/** Its day has come and the last bill of the old plan is missing, or it is billed in advance already. */
export function isUnderWay(
  { business }: UseCase,
  { next_plan_on: on, billed_through_on: billed }: SubscriptionRow,
): boolean {
  if (on === null) return false;
  const isBilled = billed !== null && Temporal.PlainDate.compare(billed, on) > 0;
  return isBilled || Temporal.PlainDate.compare(on, business.today) <= 0;
}

async function changeNow(
  useCase: UseCase,
  subscription: SubscriptionRow,
  plan: PlanRow,
): Promise<Result<PlanChange, ChangePlanCode>> {
  const { trx, at, actor, business } = useCase;
  await updateOwnPricesEnded(trx, [subscription.id], { at, label: actor.label, on: business.today });
  await updatePlanNow(trx, subscription.id, plan.id);
  useCase.touchRouters(await refreshDesired(trx, [subscription.id], { now: at }));
  await auditSubscription(
    useCase,
    subscription,
    "plan_changed",
    coded("audit_plan_changed_to", namedPlan(plan)),
  );
  return ok({ effectiveOn: business.today, isImmediate: true });
}

/** Some of its days are used: what they cost stays as it is. */
function isInUse({ business: { today } }: UseCase, { activated_on: on }: SubscriptionRow): boolean {
  return on !== null && Temporal.PlainDate.compare(on, today) < 0;
}

/** From today: by the next bill where today is still to be billed, else by what is settled now. */
async function changeToday(
  useCase: UseCase,
  subscription: SubscriptionRow,
  plan: PlanRow,
  review: PlanNowReview,
): Promise<Result<PlanChange, ChangePlanCode>> {
  const { trx, at, business: { today } } = useCase;
  const { billed_through_on: billed, activated_on: activatedOn } = subscription;
  const isToBeBilled = Temporal.PlainDate.compare(billed ?? activatedOn ?? today, today) < 0;
  if (!isToBeBilled) {
    await updateNextPlan(trx, subscription.id, null);
    await settlePlanChange(useCase, subscription, plan, review);
    return await changeNow(useCase, subscription, plan);
  }
  await updateNextPlan(trx, subscription.id, { planId: plan.id, on: today });
  useCase.touchRouters(await refreshDesired(trx, [subscription.id], { now: at }));
  await auditSubscription(
    useCase,
    subscription,
    "plan_changed",
    coded("audit_plan_changed_to", namedPlan(plan)),
  );
  return ok({ effectiveOn: today, isImmediate: true });
}

async function changeNextCycle(
  useCase: UseCase,
  subscription: SubscriptionRow,
  plan: PlanRow,
  activatedOn: Temporal.PlainDate,
): Promise<Result<PlanChange, ChangePlanCode>> {
  const on = nextCycleOf(useCase, subscription, activatedOn);
  await updateNextPlan(useCase.trx, subscription.id, { planId: plan.id, on });
  await auditSubscription(
    useCase,
    subscription,
    "plan_change_planned",
    coded("audit_plan_change_planned", { ...namedPlan(plan), on }),
  );
  return ok({ effectiveOn: on, isImmediate: false });
}

/** `Fiber 50 at ₱1,499.00` */
export function namedPlan(plan: PlanRow): { plan: string; price: Centavos } {
  return { plan: plan.name, price: centavos(plan.price_centavos) };
}
