import { z } from "zod";
import { coded } from "@/shared/codes/mod.ts";
import { centavos, subtract, ZERO } from "@/shared/money/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { findPayment } from "@/web/store/payments/payments.ts";
import { lockSubscriber } from "@/web/store/subscribers/subscribers.ts";
import { refuseRefunded } from "../../payments/refuse_refunded.ts";
import { type ReversedPayment, reverseIn, type ReversePaymentCode } from "../../payments/reverse_payment.ts";
import { checkReason } from "../../reason.ts";
import { type ApprovalKind, type ApprovalMoment, type ApprovalPreview, seenOf } from "../kind.ts";

const input = z.object({ paymentId: z.uuid(), reason: z.string() });

type Input = z.output<typeof input>;

/** Takes a payment back that bounced or was a mistake. */
export const paymentReversalKind: ApprovalKind<Input, ReversedPayment, ReversePaymentCode> = {
  id: "payment_reversal",
  version: 1,
  input,
  askPermission: "payment:reverse",
  decide: { permission: "approval:decide", limit: "reverse_centavos" },
  hasAmount: true,
  isOnePerSubject: true,
  words: ({ reason }) => [coded("approval_reversal_words"), coded("approval_in_books", { reason })],
  lock: async ({ trx }, { paymentId }) => {
    const payment = await findPayment(trx, paymentId);
    if (payment !== null) await lockSubscriber(trx, payment.subscriber_id);
  },
  preview,
  execute: reverseIn,
};

async function preview(
  { trx }: ApprovalMoment,
  wanted: Input,
): Promise<Result<ApprovalPreview, ReversePaymentCode>> {
  const payment = await findPayment(trx, wanted.paymentId);
  if (payment === null) return err("payment_not_found");
  const reason = checkReason(wanted.reason);
  if (!reason.ok) return reason;
  const { number } = payment;
  if (payment.status === "reversed") return err("already_reversed", { number });
  const refunded = await refuseRefunded(trx, payment);
  if (refunded !== null) return refunded;
  const [amount, applied] = [centavos(payment.amount_centavos), centavos(payment.applied_centavos)];
  const credit = subtract(amount, applied);
  return ok({
    subject: { kind: "payment", id: payment.id, label: `${payment.subscriber_name}, ${number}` },
    subscriberId: payment.subscriber_id,
    siteId: null,
    amountCentavos: amount,
    effects: [
      coded("approval_reversal_taken", { number, amount }),
      ...(applied > ZERO ? [coded("approval_reversal_owed", { amount: applied })] : []),
      ...(credit > ZERO ? [coded("approval_reversal_credit", { amount: credit })] : []),
      coded("approval_router_stays"),
    ],
    seen: seenOf({ ...wanted, amount, applied, subscriber: payment.subscriber_id }),
  });
}
