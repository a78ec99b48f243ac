import { type Centavos, centavos, sum } from "@/shared/money/mod.ts";
import { creditSuspended, type PlannedBillLine } from "@/web/domain/billing/mod.ts";
import { findBillOfPeriod } from "@/web/store/billing/charged_periods.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import type { SubscriptionRow } from "@/web/store/subscribers/subscriptions.ts";
import { giveMemo } from "../payments/issue_memo.ts";
import type { UseCase } from "../use_case.ts";
import { backWithVat } from "./back_with_vat.ts";
import type { SubscriptionFacts } from "./subscription_plan.ts";

/**
 * Days before `until` that were billed in advance and suspended since, as lines below zero: no bill follows that could
 * take them off. With the VAT that came on top of the bill that sold them.
 */
export async function suspendedBack(
  trx: TenantTransaction,
  facts: SubscriptionFacts | undefined,
  until: Temporal.PlainDate,
): Promise<PlannedBillLine[]> {
  if (facts === undefined) return [];
  const { billedLines } = facts;
  const most = sum(billedLines.map((line) => line.amountCentavos));
  const lines: PlannedBillLine[] = [];
  for (const line of creditSuspended(billedLines, facts.suspended, until, most)) {
    const sold = billedLines.find((one) => one.periodStart.equals(line.periodStart))?.billId ?? null;
    const back = await backWithVat(trx, negate(line.amountCentavos), [sold]);
    lines.push({ ...line, amountCentavos: negate(back.amountCentavos) });
  }
  return lines;
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
      amountCentavos: negate(amountCentavos),
      billId: await findBillOfPeriod(useCase.trx, id, periodStart),
    });
  }
}

function negate(amount: Centavos): Centavos {
  return centavos(-amount);
}
