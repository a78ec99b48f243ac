import { type Centavos, centavos, sum } from "@/shared/money/mod.ts";
import { creditSuspended, type PlannedBillLine } from "@/web/domain/billing/mod.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { giveMemo } from "../payments/issue_memo.ts";
import type { UseCase } from "../use_case.ts";
import { backWithVat } from "./back_with_vat.ts";
import type { SubscriptionFacts } from "./subscription_plan.ts";

/** Days that are given back by a memo, below zero and with the VAT that came on top of them. */
export interface SuspendedBack extends PlannedBillLine {
  /** The taxed bill whose VAT goes back with them; null where there is none. */
  taxedBillId: string | null;
}

/**
 * Days before `until` that were billed in advance and suspended since, as lines below zero: no bill follows that could
 * take them off.
 */
export async function suspendedBack(
  trx: TenantTransaction,
  facts: SubscriptionFacts | undefined,
  until: Temporal.PlainDate,
): Promise<SuspendedBack[]> {
  if (facts === undefined) return [];
  const { billedLines } = facts;
  const most = sum(billedLines.map((line) => line.amountCentavos));
  const lines: SuspendedBack[] = [];
  for (const line of creditSuspended(billedLines, facts.suspended, until, most)) {
    const sold = billedLines.find((one) => one.periodStart.equals(line.periodStart))?.billId ?? null;
    // Named beside none: only a taxed bill is paid first by its memo.
    const back = await backWithVat(trx, negate(line.amountCentavos), [sold, null]);
    lines.push({ ...line, amountCentavos: negate(back.amountCentavos), taxedBillId: back.billId });
  }
  return lines;
}

/** Gives them back, a memo for each period. The subscriber is locked by the caller. */
export async function giveSuspendedBack(
  useCase: UseCase,
  subscriberId: string,
  lines: readonly SuspendedBack[],
): Promise<void> {
  for (const { description: reason, amountCentavos, taxedBillId } of lines) {
    await giveMemo(useCase, {
      subscriberId,
      kind: "correction",
      reason,
      amountCentavos: negate(amountCentavos),
      billId: taxedBillId,
    });
  }
}

function negate(amount: Centavos): Centavos {
  return centavos(-amount);
}
