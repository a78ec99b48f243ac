import { coded, formatCoded } from "@/shared/codes/mod.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { centavos } from "@/shared/money/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { legsOfPaymentReversed } from "@/web/domain/payments/mod.ts";
import { listLiveAllocations } from "@/web/store/payments/allocations.ts";
import { updateCreditSourceEnded } from "@/web/store/payments/credit_sources.ts";
import { insertLedgerTransactions } from "@/web/store/billing/ledger.ts";
import { findPayment, type PaymentListRow, updatePaymentReversed } from "@/web/store/payments/payments.ts";
import { lockSubscriber } from "@/web/store/subscribers/subscribers.ts";
import { applyIdleCredit, releaseShares } from "./apply_credit.ts";
import { refuseRefunded } from "./refuse_refunded.ts";
import { recordAudit } from "../audit.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { checkReason } from "../reason.ts";
import { settleFees } from "../billing/late_fees.ts";
import { restoreService } from "../cuts/restore_service.ts";
import { runUseCase, type UseCase } from "../use_case.ts";

/** What a reversal left behind. */
export interface ReversedPayment {
  /** Bills that lost money; other credit may have paid them again. */
  reopenedBillIds: string[];
}

/** Why a payment is not reversed. */
export type ReversePaymentCode =
  | "payment_not_found"
  | "already_reversed"
  | "source_refunded"
  | "reason_required"
  | "reason_too_long";

/**
 * Takes a payment back that bounced or was a mistake: its shares leave the bills wherever they went, and other credit
 * pays them where there is any. What was refunded of it has left: the refund is reversed first. Nobody is disconnected by this; the next cut run decides (rule R2).
 */
export async function reversePayment(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: { paymentId: string; reason: string },
): Promise<Result<ReversedPayment, ReversePaymentCode>> {
  const reason = checkReason(input.reason);
  if (!reason.ok) return reason;
  return await runUseCase(context, tenantId, actor, async (useCase) => {
    const seen = await findPayment(useCase.trx, input.paymentId);
    if (seen === null) return err("payment_not_found");
    await lockSubscriber(useCase.trx, seen.subscriber_id);
    const payment = await findPayment(useCase.trx, input.paymentId);
    if (payment === null || payment.status === "reversed") {
      return err("already_reversed", { number: seen.number });
    }
    const refunded = await refuseRefunded(useCase.trx, payment);
    if (refunded !== null) return refunded;
    return ok(await reverse(useCase, payment, reason.value));
  });
}

async function reverse(useCase: UseCase, payment: PaymentListRow, reason: string): Promise<ReversedPayment> {
  const { trx, at, actor, booking, business } = useCase;
  const shares = await listLiveAllocations(trx, { sourceId: payment.id });
  await releaseShares(trx, payment.subscriber_id, shares, booking);
  await updatePaymentReversed(trx, payment.id, { reversed_at: at, reverse_reason: reason });
  await updateCreditSourceEnded(trx, payment.id, at);
  await insertLedgerTransactions(trx, [{
    id: uuidv7(at.epochMilliseconds),
    kind: "payment_reversed",
    business_on: business.today,
    recorded_at: at,
    bill_id: null,
    source_id: payment.id,
    description: formatCoded(coded("ledger_payment_reversed", { number: payment.number, reason })),
    actor: actor.label,
    legs: legsOfPaymentReversed({
      subscriberId: payment.subscriber_id,
      method: payment.method,
      amountCentavos: centavos(payment.amount_centavos),
    }),
  }]);
  await applyIdleCredit(trx, [payment.subscriber_id], booking);
  await settleFees(useCase, payment.subscriber_id);
  const restored = await restoreService(trx, useCase.tenant, payment.subscriber_id, booking);
  useCase.touchRouters(restored.routerIds);
  await recordAudit(trx, actor, {
    action: "payment.reversed",
    subjectKind: "payment",
    subjectId: payment.id,
    subscriberId: payment.subscriber_id,
    summary: coded("audit_payment_reversed", {
      number: payment.number,
      amount: centavos(payment.amount_centavos),
      reason,
    }),
    details: { released: [...new Set(shares.map((share) => share.bill_number))] },
    at,
    businessOn: business.today,
  });
  return { reopenedBillIds: [...new Set(shares.map((share) => share.bill_id))] };
}
