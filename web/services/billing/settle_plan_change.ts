import { coded } from "@/shared/codes/mod.ts";
import { ZERO } from "@/shared/money/mod.ts";
import { rulesInEffect } from "@/web/domain/billing/mod.ts";
import { updateRestSettled } from "@/web/store/billing/charged_periods.ts";
import type { PlanRow } from "@/web/store/billing/plans.ts";
import type { SubscriptionRow } from "@/web/store/subscribers/subscriptions.ts";
import { applyIdleCredit } from "../payments/apply_credit.ts";
import { giveMemo } from "../payments/give_memo.ts";
import type { UseCase } from "../use_case.ts";
import { issueBill } from "./issue_bill.ts";
import type { PlanNowReview } from "./review_plan_now.ts";
import { companyRules, toOwnRules } from "./rule_levels.ts";

/**
 * Settles days that were billed in advance for another plan: a debit memo of what is given back and what is charged
 * again, or a credit memo where the new plan costs less. The subscriber is locked by the caller.
 */
export async function settlePlanChange(
  useCase: UseCase,
  connection: SubscriptionRow,
  plan: PlanRow,
  { lines, paid, netNowCentavos, givenBack }: PlanNowReview,
): Promise<void> {
  const { trx, tenant, booking, business: { today } } = useCase;
  await updateRestSettled(trx, connection.id, today, {
    name: paid.planName,
    priceCentavos: paid.priceCentavos,
  });
  for (const part of givenBack) {
    await giveMemo(useCase, {
      subscriberId: connection.subscriber_id,
      subscriptionId: connection.id,
      kind: "correction",
      reason: coded("memo_plan_changed", { plan: plan.name, on: today }),
      ...part,
    });
  }
  if (netNowCentavos > ZERO) {
    const { termsDays, graceDays } = rulesInEffect(
      companyRules(tenant),
      toOwnRules(plan),
      toOwnRules(connection),
    );
    await issueBill(useCase, {
      kind: "debit_memo",
      subscriberId: connection.subscriber_id,
      subscriptionId: connection.id,
      dueOn: today.add({ days: termsDays.value }),
      graceDays: graceDays.value,
      lines: lines.map((line) => ({ ...line, kind: "recurring", subscriptionId: connection.id })),
    });
    await applyIdleCredit(trx, [connection.subscriber_id], booking);
  }
}
