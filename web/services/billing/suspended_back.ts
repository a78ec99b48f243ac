import { type Centavos, centavos, sum } from "@/shared/money/mod.ts";
import { type BilledLine, creditSuspended, type PlannedBillLine } from "@/web/domain/billing/mod.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import type { SubscriptionRow } from "@/web/store/subscribers/subscriptions.ts";
import { giveMemo } from "../payments/give_memo.ts";
import type { UseCase } from "../use_case.ts";
import { backWithVat, type GivenBack } from "./back_with_vat.ts";
import type { SubscriptionFacts } from "./subscription_plan.ts";

/** A line below zero for suspended days of one period. */
export type SuspendedLine = Pick<PlannedBillLine, "description" | "periodStart" | "amountCentavos">;

/** It with the VAT that came on top, as it comes back. */
export type OnItsBill<Line extends SuspendedLine> = Line & {
  /** That charged the period and bears the memo. Null: it bears no more. */
  billId: string | null;
};

/** Suspended days of one period that come back. */
export type SuspendedBack = OnItsBill<PlannedBillLine>;

/**
 * Days before `until` that were billed in advance and suspended since, as lines below zero: no bill follows that could
 * take them off. With the VAT that came on top of the bill that sold them.
 */
export async function suspendedBack(
  trx: TenantTransaction,
  facts: SubscriptionFacts | undefined,
  until: Temporal.PlainDate,
): Promise<SuspendedBack[]> {
  if (facts === undefined) return [];
  const { billedLines } = facts;
  const most = sum(billedLines.map((line) => line.amountCentavos));
  return await onTheirBills(trx, creditSuspended(billedLines, facts.suspended, until, most), billedLines);
}

/** Lines of suspended days, at their price, as they come back: each of the bill that charged its period. */
export async function onTheirBills<Line extends SuspendedLine>(
  trx: TenantTransaction,
  lines: readonly Line[],
  billed: readonly Pick<BilledLine, "periodStart" | "billId">[],
): Promise<OnItsBill<Line>[]> {
  const back: OnItsBill<Line>[] = [];
  for (const line of lines) {
    const sold = billed.find((one) => one.periodStart.equals(line.periodStart));
    const priced = { billId: sold?.billId ?? null, pricedCentavos: negate(line.amountCentavos) };
    for (const { billId, amountCentavos } of await backWithVat(trx, [priced], back.map(toGiven))) {
      back.push({ ...line, billId, amountCentavos: negate(amountCentavos) });
    }
  }
  return back;
}

/** As what else is given back at the same time sees it. */
export function toGiven({ billId, amountCentavos }: OnItsBill<SuspendedLine>): GivenBack {
  return { billId, amountCentavos: negate(amountCentavos) };
}

/**
 * Gives them back, a memo for each period and to the bill that charged it: that one is not voided beside its memo. The
 * subscriber is locked by the caller.
 */
export async function giveSuspendedBack(
  useCase: UseCase,
  { subscriber_id: subscriberId, id }: Pick<SubscriptionRow, "subscriber_id"> & { id?: string },
  lines: readonly OnItsBill<SuspendedLine>[],
): Promise<void> {
  for (const line of lines) {
    const { description: reason } = line;
    const whose = id === undefined ? { subscriberId } : { subscriberId, subscriptionId: id };
    await giveMemo(useCase, { ...whose, kind: "correction", reason, ...toGiven(line) });
  }
}

function negate(amount: Centavos): Centavos {
  return centavos(-amount);
}
