import { coded, parseCoded } from "@/shared/codes/mod.ts";
import { centavos } from "@/shared/money/mod.ts";
import { err, type Failure, ok, type Result } from "@/shared/result.ts";
import { legsOfMemoVoided } from "@/web/domain/payments/mod.ts";
import { findMemo, type MemoListRow, updateMemoVoided } from "@/web/store/payments/memos.ts";
import { lockSubscriber } from "@/web/store/subscribers/subscribers.ts";
import { recordAudit } from "../audit.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { settlementOfMemo, takeBackSettlement } from "../billing/take_back_settlement.ts";
import { checkReason } from "../reason.ts";
import { runUseCase, type UseCase } from "../use_case.ts";
import { endSource } from "./end_source.ts";
import { refuseRefunded } from "./refuse_refunded.ts";

/** Why a memo is not voided. */
export type VoidMemoCode =
  | "memo_not_found"
  | "memo_was_voided"
  | "source_refunded"
  | "plan_settled_since"
  | "memo_of_mode"
  | "memo_of_late_fee"
  | "payer_settled"
  | "reason_required"
  | "reason_too_long";

/**
 * Takes a memo or a write-off back: its shares leave the bills wherever they went, and other credit pays those where there
 * is any. What was refunded of it cannot be taken back. Nobody is disconnected by this; the next cut run decides.
 */
export async function voidMemo(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: { memoId: string; reason: string },
): Promise<Result<{ number: string }, VoidMemoCode>> {
  const reason = checkReason(input.reason);
  if (!reason.ok) return reason;
  return await runUseCase(context, tenantId, actor, async (useCase) => {
    const { trx } = useCase;
    const seen = await findMemo(trx, input.memoId);
    if (seen === null) return err("memo_not_found");
    await lockSubscriber(trx, seen.subscriber_id);
    const memo = await findMemo(trx, input.memoId);
    if (memo === null || memo.voided_at !== null) return err("memo_was_voided", { number: seen.number });
    const refunded = await refuseRefunded(trx, memo);
    if (refunded !== null) return refunded;
    const follows = refuseFollowed(memo);
    if (follows !== null) return follows;
    const settled = await takeBackSettlement(trx, settlementOfMemo(memo), memo.number);
    if (settled !== null) return settled;
    await takeMemo(useCase, memo, reason.value);
    return ok({ number: memo.number });
  });
}

/** A memo that the engine gave stands with what it followed from. */
function refuseFollowed(
  { number, reason }: MemoListRow,
): Failure<"memo_of_mode" | "payer_settled" | "memo_of_late_fee"> | null {
  switch (parseCoded(reason)?.code) {
    // Its days are free again: they may have been sold since.
    case "memo_mode_changed":
      return err("memo_of_mode", { number });
    // Its days are the new payer's: taken back, they would be paid twice.
    case "memo_payer_changed":
      return err("payer_settled", { number });
    // The fee that it gave back is over: owed again, the late bill could get a second one.
    case "fee_back_in_time":
    case "fee_back_void":
      return err("memo_of_late_fee", { number });
    default:
      return null;
  }
}

/** Takes a memo out of the books. The subscriber is locked, and that it may be was asked before. */
export async function takeMemo(useCase: UseCase, memo: MemoListRow, reason: string): Promise<void> {
  const { trx, at, actor, business } = useCase;
  const amount = centavos(memo.amount_centavos);
  await updateMemoVoided(trx, memo.id, { voided_at: at, void_reason: reason });
  const shares = await endSource(useCase, {
    id: memo.id,
    subscriberId: memo.subscriber_id,
    posting: {
      kind: "memo_voided",
      description: coded("ledger_memo_voided", { number: memo.number, reason }),
      legs: legsOfMemoVoided({
        kind: memo.kind,
        subscriberId: memo.subscriber_id,
        amountCentavos: amount,
        vatCentavos: centavos(memo.vat_centavos),
      }),
    },
  });
  await recordAudit(trx, actor, {
    action: "memo.voided",
    subjectKind: "memo",
    subjectId: memo.id,
    subscriberId: memo.subscriber_id,
    summary: coded("audit_memo_voided", { number: memo.number, amount, reason }),
    details: { released: [...new Set(shares.map((share) => share.bill_number))] },
    at,
    businessOn: business.today,
  });
}
