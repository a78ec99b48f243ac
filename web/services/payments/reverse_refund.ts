import { coded, formatCoded } from "@/shared/codes/mod.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { centavos } from "@/shared/money/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { legsOfRefundReversed } from "@/web/domain/payments/mod.ts";
import { insertLedgerTransactions } from "@/web/store/billing/ledger.ts";
import { findRefund, type RefundListRow, updateRefundReversed } from "@/web/store/payments/refunds.ts";
import { lockSubscriber } from "@/web/store/subscribers/subscribers.ts";
import { recordAudit } from "../audit.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { renewOnPosting } from "../billing/renew_prepaid.ts";
import { settleFees } from "../billing/late_fees.ts";
import { restoreService } from "../cuts/restore_service.ts";
import { checkReason } from "../reason.ts";
import { runUseCase, type UseCase } from "../use_case.ts";
import { applyIdleCredit } from "./apply_credit.ts";

/** Why a refund is not reversed. */
export type ReverseRefundCode =
  | "refund_not_found"
  | "refund_was_reversed"
  | "reason_required"
  | "reason_too_long";

/** A refund that did not reach its subscriber: the money is back, and the credit pays open bills or waits for them. */
export async function reverseRefund(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: { refundId: string; reason: string },
): Promise<Result<{ number: string }, ReverseRefundCode>> {
  const reason = checkReason(input.reason);
  if (!reason.ok) return reason;
  return await runUseCase(context, tenantId, actor, async (useCase) => {
    const seen = await findRefund(useCase.trx, input.refundId);
    if (seen === null) return err("refund_not_found");
    await lockSubscriber(useCase.trx, seen.subscriber_id);
    const refund = await findRefund(useCase.trx, input.refundId);
    if (refund === null || refund.reversed_at !== null) {
      return err("refund_was_reversed", { number: seen.number });
    }
    await reverse(useCase, refund, reason.value);
    return ok({ number: refund.number });
  });
}

async function reverse(useCase: UseCase, refund: RefundListRow, reason: string): Promise<void> {
  const { trx, at, actor, booking, business } = useCase;
  const amount = centavos(refund.amount_centavos);
  await updateRefundReversed(trx, refund.id, { reversed_at: at, reverse_reason: reason });
  const posted = {
    kind: "refund_reversed" as const,
    business_on: business.today,
    recorded_at: at,
    bill_id: null,
    source_id: null,
    refund_id: refund.id,
    description: formatCoded(coded("ledger_refund_reversed", { number: refund.number, reason })),
    actor: actor.label,
  };
  const { paid, granted } = legsOfRefundReversed({
    subscriberId: refund.subscriber_id,
    method: refund.method,
    amountCentavos: amount,
  });
  await insertLedgerTransactions(trx, [
    { ...posted, id: uuidv7(at.epochMilliseconds), legs: paid },
    { ...posted, id: uuidv7(at.epochMilliseconds), legs: granted },
  ]);
  await applyIdleCredit(trx, [refund.subscriber_id], booking);
  await settleFees(useCase, refund.subscriber_id);
  await renewOnPosting(useCase, refund.subscriber_id);
  const restored = await restoreService(trx, useCase.tenant, refund.subscriber_id, booking);
  useCase.touchRouters(restored.routerIds);
  await recordAudit(trx, actor, {
    action: "refund.reversed",
    subjectKind: "refund",
    subjectId: refund.id,
    subscriberId: refund.subscriber_id,
    summary: coded("audit_refund_reversed", { number: refund.number, amount, reason }),
    details: { restored: restored.subscriptionIds },
    at,
    businessOn: business.today,
  });
}
