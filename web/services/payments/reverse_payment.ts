import { coded } from "@/shared/codes/mod.ts";
import { centavos } from "@/shared/money/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { legsOfPaymentReversed } from "@/web/domain/payments/mod.ts";
import { findPayment, type PaymentListRow, updatePaymentReversed } from "@/web/store/payments/payments.ts";
import { lockSubscriber } from "@/web/store/subscribers/subscribers.ts";
import { type AboveLimitCode, refuseAbove } from "../access/role_limit.ts";
import { endSource } from "./end_source.ts";
import { refuseRefunded } from "./refuse_refunded.ts";
import { refuseUnasked, type UnaskedCode } from "../approvals/refuse_unasked.ts";
import { recordAudit } from "../audit.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { checkReason } from "../reason.ts";
import { runUseCase, type UseCase } from "../use_case.ts";

/** What a reversal left behind. */
export interface ReversedPayment {
  /** Bills that lost money; other credit may have paid them again. */
  reopenedBillIds: string[];
}

/** Why a payment is not reversed. */
export type ReversePaymentCode =
  | AboveLimitCode
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
): Promise<Result<ReversedPayment, ReversePaymentCode | UnaskedCode>> {
  type Code = ReversePaymentCode | UnaskedCode;
  return await runUseCase<ReversedPayment, Code>(context, tenantId, actor, async (useCase) => {
    const seen = await findPayment(useCase.trx, input.paymentId);
    const kept = seen === null ? null : await refuseUnasked(useCase, "payment_reversal", {
      amountCentavos: centavos(seen.amount_centavos),
      subscriberId: seen.subscriber_id,
    });
    return kept ?? await reverseIn(useCase, input);
  });
}

/** The same inside of another use case, which has written nothing. */
export async function reverseIn(
  useCase: UseCase,
  input: { paymentId: string; reason: string },
): Promise<Result<ReversedPayment, ReversePaymentCode>> {
  const reason = checkReason(input.reason);
  if (!reason.ok) return reason;
  const seen = await findPayment(useCase.trx, input.paymentId);
  if (seen === null) return err("payment_not_found");
  const above = refuseAbove(useCase.actor, "reverse_centavos", seen.amount_centavos);
  if (above !== null) return above;
  await lockSubscriber(useCase.trx, seen.subscriber_id);
  const payment = await findPayment(useCase.trx, input.paymentId);
  if (payment === null || payment.status === "reversed") {
    return err("already_reversed", { number: seen.number });
  }
  const refunded = await refuseRefunded(useCase.trx, payment);
  if (refunded !== null) return refunded;
  return ok(await reverse(useCase, payment, reason.value));
}

async function reverse(useCase: UseCase, payment: PaymentListRow, reason: string): Promise<ReversedPayment> {
  const { trx, at, actor, business } = useCase;
  await updatePaymentReversed(trx, payment.id, { reversed_at: at, reverse_reason: reason });
  const shares = await endSource(useCase, {
    id: payment.id,
    subscriberId: payment.subscriber_id,
    posting: {
      kind: "payment_reversed",
      description: coded("ledger_payment_reversed", { number: payment.number, reason }),
      legs: legsOfPaymentReversed({
        subscriberId: payment.subscriber_id,
        method: payment.method,
        amountCentavos: centavos(payment.amount_centavos),
      }),
    },
  });
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
