import { coded, formatCoded } from "@/shared/codes/mod.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { centavos } from "@/shared/money/mod.ts";
import { err, type Failure, ok, type Result } from "@/shared/result.ts";
import { type CorrectedBill, correctionOf, legsOfBillVoided } from "@/web/domain/payments/mod.ts";
import { listLiveAllocations } from "@/web/store/payments/allocations.ts";
import {
  deleteCoverage,
  findLaterCharge,
  findLaterPurchase,
  isPurchaseSettled,
  updatePrepaid,
} from "@/web/store/billing/prepaid.ts";
import {
  endPeriods,
  freePeriods,
  hasDaysGivenBack,
  hasPeriodsOfEnded,
} from "@/web/store/billing/charged_periods.ts";
import { type BillDetail, findBill, updateBillVoid } from "@/web/store/billing/bills.ts";
import { hasPeriodsCut } from "@/web/store/billing/mode_changes.ts";
import { insertLedgerTransactions } from "@/web/store/billing/ledger.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { findMemo, findMemoOfBill, type MemoListRow } from "@/web/store/payments/memos.ts";
import { listOutageMemos } from "@/web/store/billing/outage_credits.ts";
import { lockSubscribersOf } from "@/web/store/subscribers/subscribers.ts";
import { lockSubscription } from "@/web/store/subscribers/subscriptions.ts";
import { applyIdleCredit, releaseShares } from "../payments/apply_credit.ts";
import { refuseRefunded } from "../payments/refuse_refunded.ts";
import { takeMemo } from "../payments/void_memo.ts";
import { recordAudit } from "../audit.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { checkReason } from "../reason.ts";
import { restoreService } from "../cuts/restore_service.ts";
import { settlementOfBill, takeBackSettlement } from "./take_back_settlement.ts";
import { auditSubscription } from "../subscribers/audit_subscription.ts";
import { runUseCase, type UseCase } from "../use_case.ts";

/** What a void left behind. */
export interface VoidedBill {
  restored: string[];
}

/** What becomes of the periods of a void bill. */
export type AfterVoid = "bill_again" | "never";

/** Why a bill would be given back twice, or leave a hole. */
export type GivenBackCode =
  | "bill_has_memo"
  | "prepaid_bought_later"
  | "prepaid_charged_later"
  | "prepaid_settled";

/** Why a bill is not voided. */
export type VoidBillCode =
  | "bill_not_found"
  | "already_void"
  | "bill_is_draft"
  | "bill_has_money"
  | "bill_is_reported"
  | GivenBackCode
  | "days_given_back"
  | "void_service_ended"
  | "plan_settled_since"
  | "source_refunded"
  | "reason_required"
  | "reason_too_long";

/**
 * Takes an issued bill back that nobody has paid anything of; any other is corrected by a credit memo (billing rule 9).
 * Its number stays used, and its periods are billed again by the next bill run (rule R6), at the plan and price of then,
 * unless a person decides that they never are. A purchase up front is taken back with its days, and its money goes to
 * credit; the next cut run decides whether the connection stays on (rule R2), which renews itself no longer.
 */
export async function voidBill(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: { billId: string; reason: string; periods?: AfterVoid },
): Promise<Result<VoidedBill, VoidBillCode>> {
  const reason = checkReason(input.reason);
  if (!reason.ok) return reason;
  return await runUseCase(context, tenantId, actor, async (useCase) => {
    const seen = await findBill(useCase.trx, input.billId);
    if (seen === null) return err("bill_not_found");
    // Its connection may be another subscriber's by now, and its days move with the bill.
    await lockSubscribersOf(useCase.trx, [seen.subscription_id], [seen.subscriber_id]);
    const bill = await findBill(useCase.trx, input.billId);
    if (bill === null || bill.status === "void") return err("already_void", { number: seen.number ?? "" });
    if (bill.status === "draft") return err("bill_is_draft");
    const refusal = refuseVoid(bill);
    if (refusal !== null) return refusal;
    const givenBack = await refuseGivenBack(useCase.trx, bill);
    if (givenBack !== null) return givenBack;
    const after = await decideAfter(useCase.trx, bill, input.periods);
    if (!after.ok) return after;
    const outages = await outageMemosOf(useCase.trx, bill.id);
    if (!outages.ok) return outages;
    const settled = await takeBackSettlement(useCase.trx, settlementOfBill(bill), bill.number ?? "");
    if (settled !== null) return settled;
    for (const memo of outages.value) await takeMemo(useCase, memo, reason.value);
    return ok(await take(useCase, bill, reason.value, after.value));
  });
}

/** What was given for outages of its days goes with it: charged again, they are credited again. */
async function outageMemosOf(
  trx: TenantTransaction,
  billId: string,
): Promise<Result<MemoListRow[], "source_refunded">> {
  const memos: MemoListRow[] = [];
  for (const id of await listOutageMemos(trx, billId)) {
    const memo = await findMemo(trx, id);
    if (memo === null) continue;
    const refunded = await refuseRefunded(trx, memo);
    if (refunded !== null) return refunded;
    memos.push(memo);
  }
  return ok(memos);
}

/** No run bills a service again that has ended: its days are never billed. */
async function decideAfter(
  trx: TenantTransaction,
  bill: Pick<BillDetail, "id" | "number">,
  wanted: AfterVoid | undefined,
): Promise<Result<AfterVoid, "days_given_back" | "void_service_ended">> {
  const number = bill.number ?? "";
  const hasEnded = await hasPeriodsOfEnded(trx, bill.id);
  if (hasEnded && wanted === "bill_again") return err("void_service_ended", { number });
  if (await hasPeriodsCut(trx, bill.id)) return err("days_given_back", { number });
  const after = hasEnded ? "never" : wanted ?? "bill_again";
  return after === "never" && await hasDaysGivenBack(trx, bill.id)
    ? err("days_given_back", { number })
    : ok(after);
}

function refuseVoid(bill: BillDetail): Failure<"bill_has_money" | "bill_is_reported"> | null {
  const correction = correctionOf(toCorrected(bill));
  if (correction.kind === "void") return null;
  const number = bill.number ?? "";
  return correction.why === "reported"
    ? err("bill_is_reported", { number, invoice: bill.bir_invoice_no ?? "" })
    : err("bill_has_money", { number, paid: centavos(bill.paid_centavos) });
}

/**
 * What else must go first: a memo that gave some of the bill back stays when the bill is void, wherever it went, and the
 * days of a purchase may have been settled already.
 */
export async function refuseGivenBack(
  trx: TenantTransaction,
  bill: Pick<BillDetail, "id" | "kind" | "number">,
): Promise<Failure<GivenBackCode> | null> {
  const number = bill.number ?? "";
  const memo = await findMemoOfBill(trx, bill.id);
  if (memo !== null) return err("bill_has_memo", { number, memo: memo.number });
  if (bill.kind !== "prepaid") return null;
  const later = await findLaterPurchase(trx, bill.id);
  if (later !== null) return err("prepaid_bought_later", { number: later.number });
  const charged = await findLaterCharge(trx, bill.id);
  if (charged !== null) return err("prepaid_charged_later", { from: charged });
  return await isPurchaseSettled(trx, bill.id) ? err("prepaid_settled", { number }) : null;
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

async function take(
  useCase: UseCase,
  bill: BillDetail,
  reason: string,
  periods: AfterVoid,
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
