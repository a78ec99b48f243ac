import { coded, formatCoded } from "@/shared/codes/mod.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { centavos } from "@/shared/money/mod.ts";
import { type CorrectedBill, legsOfBillVoided } from "@/web/domain/payments/mod.ts";
import { listLiveAllocations } from "@/web/store/payments/allocations.ts";
import { endPeriods, freePeriods } from "@/web/store/billing/charged_periods.ts";
import { type BillDetail, updateBillVoid } from "@/web/store/billing/bills.ts";
import { insertLedgerTransactions } from "@/web/store/billing/ledger.ts";
import { deleteCoverage, updatePrepaid } from "@/web/store/billing/prepaid.ts";
import { freeReconnections } from "@/web/store/billing/reconnection_fees.ts";
import { lockSubscription } from "@/web/store/subscribers/subscriptions.ts";
import { recordAudit } from "../audit.ts";
import { restoreService } from "../cuts/restore_service.ts";
import { applyIdleCredit, releaseShares } from "../payments/apply_credit.ts";
import { auditSubscription } from "../subscribers/audit_subscription.ts";
import type { UseCase } from "../use_case.ts";

/** What becomes of the periods of a void bill. */
export type AfterVoid = "bill_again" | "never";

/** What a void left behind. */
export interface VoidedBill {
  restored: string[];
}

/** A bill as the rule of corrections sees it. */
export function toCorrected(
  bill: Pick<
    BillDetail,
    "kind" | "total_centavos" | "paid_centavos" | "bir_invoice_no" | "outage_paid_centavos"
  >,
): CorrectedBill {
  return {
    totalCentavos: centavos(bill.total_centavos),
    paidCentavos: centavos(bill.paid_centavos - bill.outage_paid_centavos),
    isReported: bill.bir_invoice_no !== null,
    isPurchase: bill.kind === "prepaid",
  };
}

/** Takes a bill back with its books, money and periods. Whether that may be is the caller's to know, who has locked the subscriber. */
export async function takeBillBack(
  useCase: UseCase,
  bill: BillDetail,
  { reason, periods }: { reason: string; periods: AfterVoid },
): Promise<VoidedBill> {
  const { trx, at, actor, booking, business } = useCase;
  const shares = await listLiveAllocations(trx, { billId: bill.id });
  await releaseShares(trx, bill.subscriber_id, shares, booking);
  await updateBillVoid(trx, bill.id, { voided_at: at, void_reason: reason });
  await insertLedgerTransactions(trx, [{
    id: uuidv7(at.epochMilliseconds),
    kind: "bill_voided",
    business_on: business.today,
    recorded_at: at,
    bill_id: bill.id,
    source_id: null,
    description: formatCoded(coded("ledger_bill_voided", { number: bill.number ?? "", reason })),
    actor: actor.label,
    legs: legsOfBillVoided({
      subscriberId: bill.subscriber_id,
      lines: bill.lines.map((line) => ({
        kind: line.kind,
        amountCentavos: centavos(line.amount_centavos),
        vatCentavos: centavos(line.vat_centavos),
      })),
    }),
  }]);
  await deleteCoverage(trx, bill.id);
  await freeReconnections(trx, [bill.id], business.today);
  if (periods === "never") await endPeriods(trx, bill.id);
  else await freePeriods(trx, [bill.id], business.today);
  await applyIdleCredit(trx, [bill.subscriber_id], booking);
  const restored = await restoreService(trx, useCase.tenant, bill.subscriber_id, booking);
  useCase.touchRouters(restored.routerIds);
  if (bill.kind === "prepaid") await stopRenewal(useCase, bill.subscription_id);
  await recordAudit(trx, actor, {
    action: "bill.voided",
    subjectKind: "bill",
    subjectId: bill.id,
    subscriberId: bill.subscriber_id,
    summary: coded("audit_bill_voided", {
      number: bill.number ?? "",
      amount: centavos(bill.total_centavos),
      reason,
    }),
    details: { periods, restored: restored.subscriptionIds },
    at,
    businessOn: business.today,
  });
  return { restored: restored.subscriptionIds };
}

/** What was taken back is not bought again from the credit that it became. */
async function stopRenewal(useCase: UseCase, subscriptionId: string): Promise<void> {
  const subscription = await lockSubscription(useCase.trx, subscriptionId);
  if (subscription === null || !subscription.renews_itself) return;
  await updatePrepaid(useCase.trx, subscription.id, { renews_itself: false });
  const summary = coded("audit_renewal_off", { ppp: subscription.ppp_name });
  await auditSubscription(useCase, subscription, "renewal_switched", summary);
}
