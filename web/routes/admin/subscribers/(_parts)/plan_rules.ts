import type { OwnRulesColumns } from "@/web/services/billing/rule_levels.ts";
import type { SubscriptionDetail } from "@/web/store/subscribers/subscriptions.ts";

/** What the plan of a connection says for itself. */
export function planRulesOf(connection: SubscriptionDetail): OwnRulesColumns {
  return {
    own_terms_days: connection.plan_terms_days,
    own_grace_days: connection.plan_grace_days,
    own_first_bill: connection.plan_first_bill,
    own_suspended_policy: connection.plan_suspended_policy,
    own_stop_after_unpaid_bills: connection.plan_stop_after_unpaid_bills,
  };
}
