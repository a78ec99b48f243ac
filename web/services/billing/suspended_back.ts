import { centavos, sum } from "@/shared/money/mod.ts";
import { creditSuspended, type PlannedBillLine } from "@/web/domain/billing/mod.ts";
import { findBillOfPeriod } from "@/web/store/billing/charged_periods.ts";
import type { SubscriptionRow } from "@/web/store/subscribers/subscriptions.ts";
import { giveMemo } from "../payments/issue_memo.ts";
import type { UseCase } from "../use_case.ts";
import type { SubscriptionFacts } from "./subscription_plan.ts";

/**
 * Days before `until` that were billed in advance and suspended since, as lines below zero: no bill follows that could
 * take them off.
 */
export function suspendedBack(
  facts: SubscriptionFacts | undefined,
  until: Temporal.PlainDate,
): PlannedBillLine[] {
  if (facts === undefined) return [];
  const most = sum(facts.billedLines.map((line) => line.amountCentavos));
  return creditSuspended(facts.billedLines, facts.suspended, until, most);
}

/**
 * Gives them back, a memo for each period and to the bill that charged it: that one is not voided beside its memo. The
 * subscriber is locked by the caller.
 */
export async function giveSuspendedBack(
  useCase: UseCase,
  { id, subscriber_id: subscriberId }: Pick<SubscriptionRow, "id" | "subscriber_id">,
  lines: readonly PlannedBillLine[],
): Promise<void> {
  for (const { description: reason, amountCentavos, periodStart } of lines) {
    await giveMemo(useCase, {
      subscriberId,
      kind: "correction",
      reason,
      amountCentavos: centavos(-amountCentavos),
      billId: await findBillOfPeriod(useCase.trx, id, periodStart),
    });
  }
}
