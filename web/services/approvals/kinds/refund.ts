import { z } from "zod";
import { coded } from "@/shared/codes/mod.ts";
import { centavos, subtract, sum } from "@/shared/money/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { drawRefund, readReference } from "@/web/domain/payments/mod.ts";
import { listRefundableSources } from "@/web/store/payments/credit_sources.ts";
import { findRefundByKey } from "@/web/store/payments/refunds.ts";
import { findSubscriber, lockSubscriber } from "@/web/store/subscribers/subscribers.ts";
import { checkRefund, type RefundCode, type Refunded, refundIn } from "../../payments/refund_credit.ts";
import { checkReason } from "../../reason.ts";
import {
  type ApprovalKind,
  type ApprovalMoment,
  type ApprovalPreview,
  frozenCentavos,
  seenOf,
} from "../kind.ts";

const input = z.object({
  subscriberId: z.uuid(),
  amountCentavos: frozenCentavos,
  method: z.enum(["cash", "gcash", "maya", "bank", "check", "other"]),
  reference: z.string(),
  reason: z.string(),
  idempotencyKey: z.string(),
});

type Input = z.output<typeof input>;

/** Pays credit back. */
export const refundKind: ApprovalKind<Input, Refunded, RefundCode> = {
  id: "refund",
  version: 1,
  input,
  askPermission: "refund:post",
  decide: { permission: "approval:decide", limit: "refund_centavos" },
  hasAmount: true,
  isOnePerSubject: true,
  words: ({ amountCentavos, method, reference, reason }) => [
    coded("approval_refund_words", { amount: amountCentavos, method }),
    ...(reference.trim() === "" ? [] : [coded("approval_reference", { reference })]),
    coded("approval_in_books", { reason }),
  ],
  lock: async ({ trx }, { subscriberId }) => void await lockSubscriber(trx, subscriberId),
  preview,
  execute: refundIn,
};

async function preview({ trx }: ApprovalMoment, wanted: Input): Promise<Result<ApprovalPreview, RefundCode>> {
  const { subscriberId, amountCentavos } = wanted;
  const subscriber = await findSubscriber(trx, subscriberId);
  if (subscriber === null) return err("subscriber_not_found");
  const reason = checkReason(wanted.reason);
  if (!reason.ok) return reason;
  const wrong = checkRefund({ ...wanted, reference: readReference(wanted.reference) });
  if (wrong !== null) return wrong;
  const about = {
    subject: { kind: "subscriber", id: subscriberId, label: subscriber.name },
    subscriberId,
    siteId: null,
    amountCentavos,
  };
  const first = await findRefundByKey(trx, wanted.idempotencyKey);
  if (first !== null) {
    // The same form was sent before: what it does then is nothing more.
    const effects = [coded("approval_done_already", { number: first.number })];
    return ok({ ...about, effects, seen: seenOf({ ...wanted, done: first.id }) });
  }
  const sources = (await listRefundableSources(trx, subscriberId)).map((source) => ({
    sourceId: source.source_id,
    availableCentavos: centavos(source.available_centavos),
  }));
  const credit = sum(sources.map((source) => source.availableCentavos));
  if (drawRefund(amountCentavos, sources) === null) return err("refund_above_credit", { credit });
  const left = subtract(credit, amountCentavos);
  return ok({
    ...about,
    effects: [
      coded("approval_refund_paid", { amount: amountCentavos, left }),
      coded("approval_router_stays"),
    ],
    seen: seenOf({ ...wanted, left }),
  });
}
