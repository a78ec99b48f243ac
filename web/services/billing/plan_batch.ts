import { type Coded, coded } from "@/shared/codes/mod.ts";
import type { DueSubscription } from "@/web/store/billing/bill_run.ts";
import type { BillPlanner } from "./bill_planner.ts";
import { BoundError } from "./plan_bounds.ts";
import type { SubscriptionFacts, SubscriptionPlan } from "./subscription_plan.ts";

/** A subscription that is left alone, and why. */
export interface ParkedSubscription<Due extends DueSubscription = DueSubscription> {
  subscription: Due;
  why: Coded;
}

/** Plans all of a batch; whoever cannot be planned stops nobody else. */
export function planEach<Due extends DueSubscription>(
  planner: BillPlanner,
  due: readonly Due[],
  facts: ReadonlyMap<string, SubscriptionFacts>,
): { plans: SubscriptionPlan[]; parked: ParkedSubscription<Due>[] } {
  const plans: SubscriptionPlan[] = [];
  const parked: ParkedSubscription<Due>[] = [];
  for (const subscription of due) {
    try {
      plans.push(planner.plan(subscription, facts.get(subscription.id) ?? null));
    } catch (error) {
      if (!(error instanceof BoundError || error instanceof RangeError)) throw error;
      const why = error instanceof BoundError
        ? error.why
        : coded("parked_cannot_count", { details: error.message });
      parked.push({ subscription, why });
    }
  }
  return { plans, parked };
}
