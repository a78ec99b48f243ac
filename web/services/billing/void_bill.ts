import { centavos } from "@/shared/money/mod.ts";
import { err, type Failure, ok, type Result } from "@/shared/result.ts";
import { correctionOf } from "@/web/domain/payments/mod.ts";
import { findLaterCharge, findLaterPurchase, isPurchaseSettled } from "@/web/store/billing/prepaid.ts";
import { type BillDetail, findBill } from "@/web/store/billing/bills.ts";
import { hasDaysGivenBack, hasPeriodsOfEnded } from "@/web/store/billing/charged_periods.ts";
import { findLateFeeOf } from "@/web/store/billing/late_fees.ts";
import { hasPeriodsCut } from "@/web/store/billing/mode_changes.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { findMemo, findMemoOfBill, type MemoListRow } from "@/web/store/payments/memos.ts";
import { listOutageMemos } from "@/web/store/billing/outage_credits.ts";
import { lockSubscribersOf } from "@/web/store/subscribers/subscribers.ts";
import { type AboveLimitCode, refuseAbove } from "../access/role_limit.ts";
import { refuseUnasked, type UnaskedCode } from "../approvals/refuse_unasked.ts";
import { refuseRefunded } from "../payments/refuse_refunded.ts";
import { takeMemo } from "../payments/void_memo.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { checkReason } from "../reason.ts";
import { runUseCase, type UseCase } from "../use_case.ts";
import { endFeeOfVoid, settleFees } from "./late_fees.ts";
import { type AfterVoid, takeBillBack, toCorrected, type VoidedBill } from "./take_bill_back.ts";
import { giveSuspendedBack } from "./suspended_back.ts";
import { settlementOfBill, takeBackSettlement } from "./take_back_settlement.ts";
import { readVoidCredits } from "./void_credits.ts";

export { type AfterVoid, toCorrected, type VoidedBill } from "./take_bill_back.ts";

/** Why a bill would be given back twice, or leave a hole. */
export type GivenBackCode =
  | "bill_has_memo"
  | "prepaid_bought_later"
  | "prepaid_charged_later"
  | "prepaid_settled";

/** Why a bill is not voided. */
export type VoidBillCode =
  | AboveLimitCode
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
  input: { billId: string; reason: string; periods?: AfterVoid | undefined },
): Promise<Result<VoidedBill, VoidBillCode | UnaskedCode>> {
  return await runUseCase<VoidedBill, VoidBillCode | UnaskedCode>(
    context,
    tenantId,
    actor,
    async (useCase) => {
      const seen = await findBill(useCase.trx, input.billId);
      const kept = seen === null ? null : await refuseUnasked(useCase, "bill_void", {
        amountCentavos: centavos(seen.total_centavos),
        subscriberId: seen.subscriber_id,
      });
      return kept ?? await voidByHandIn(useCase, input);
    },
  );
}

/** The same inside of another use case, which has written nothing. */
export async function voidByHandIn(
  useCase: UseCase,
  input: { billId: string; reason: string; periods?: AfterVoid | undefined },
): Promise<Result<VoidedBill, VoidBillCode>> {
  const reason = checkReason(input.reason);
  if (!reason.ok) return reason;
  const seen = await findBill(useCase.trx, input.billId);
  if (seen === null) return err("bill_not_found");
  const above = refuseAbove(useCase.actor, "void_centavos", seen.total_centavos);
  if (above !== null) return above;
  // Its connection may be another subscriber's by now, and its days move with the bill.
  await lockSubscribersOf(useCase.trx, [seen.subscription_id], [seen.subscriber_id]);
  return await voidNow(useCase, { ...input, reason: reason.value });
}

/** Voids as a part of another act: no limit is asked for. The subscriber and the connection are locked by the caller. */
export async function voidNow(
  useCase: UseCase,
  { billId, reason, periods }: { billId: string; reason: string; periods?: AfterVoid | undefined },
): Promise<Result<VoidedBill, VoidBillCode>> {
  const bill = await findBill(useCase.trx, billId);
  if (bill === null) return err("bill_not_found");
  if (bill.status === "void") return err("already_void", { number: bill.number ?? "" });
  if (bill.status === "draft") return err("bill_is_draft");
  const refusal = refuseVoid(bill) ?? await refuseGivenBack(useCase.trx, bill);
  if (refusal !== null) return refusal;
  const after = await decideAfter(useCase.trx, bill, periods);
  if (!after.ok) return after;
  const outages = await outageMemosOf(useCase.trx, bill.id);
  if (!outages.ok) return outages;
  const settled = await takeBackSettlement(useCase.trx, settlementOfBill(bill), bill.number ?? "");
  if (settled !== null) return settled;
  for (const memo of outages.value) await takeMemo(useCase, memo, reason);
  const fee = await findLateFeeOf(useCase.trx, bill.id);
  const credits = await readVoidCredits(useCase.trx, bill);
  const taken = await takeBillBack(useCase, bill, { reason, periods: after.value });
  await giveSuspendedBack(useCase, { subscriber_id: bill.subscriber_id, id: bill.subscription_id }, credits);
  // A fee for paying it late goes with it, and money that is free now may have been in time for another bill.
  if (fee !== null) await endFeeOfVoid(useCase, { feeBillId: fee.fee_bill_id, number: bill.number ?? "" });
  await settleFees(useCase, bill.subscriber_id);
  return ok(taken);
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

/** What becomes of the days. No run bills a service again that has ended: its days are never billed. */
export async function decideAfter(
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

/** Why a bill is corrected in another way. */
export function refuseVoid(bill: BillDetail): Failure<"bill_has_money" | "bill_is_reported"> | null {
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
