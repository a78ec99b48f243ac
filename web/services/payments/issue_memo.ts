import { coded } from "@/shared/codes/mod.ts";
import { AMOUNT_MAX, type Centavos, centavos, subtract } from "@/shared/money/mod.ts";
import { err, type Failure, ok, type Result } from "@/shared/result.ts";
import { findBill, lockBill } from "@/web/store/billing/bills.ts";
import { findMemoByKey, sumMemosOfBill } from "@/web/store/payments/memos.ts";
import { lockSubscriber } from "@/web/store/subscribers/subscribers.ts";
import { type AboveLimitCode, refuseAbove } from "../access/role_limit.ts";
import { refuseUnasked, type UnaskedCode } from "../approvals/refuse_unasked.ts";
import { recordAudit } from "../audit.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { settleFees } from "../billing/late_fees.ts";
import { renewOnPosting } from "../billing/renew_prepaid.ts";
import { restoreService } from "../cuts/restore_service.ts";
import { checkReason } from "../reason.ts";
import { mailsOfMemos } from "../mail/occasions.ts";
import { queueQuietly } from "../mail/queue_mail.ts";
import { runUseCase, type UseCase } from "../use_case.ts";
import { allocateMemo, hashOfMemo, type MemoInput, writeMemo } from "./give_memo.ts";
import { checkKey } from "./payment_input.ts";
import { runOnce } from "./run_once.ts";

/** A memo that stands in the books. */
export interface IssuedMemo {
  memoId: string;
  number: string;
  /** Subscriptions that it brought back. */
  restored: string[];
  /** The same form was sent before. */
  duplicate: boolean;
}

/** Why a memo is not issued. */
export type IssueMemoCode =
  | AboveLimitCode
  | "subscriber_not_found"
  | "bill_not_found"
  | "bill_is_draft"
  | "already_void"
  | "memo_above_bill"
  | "nothing_to_write_off"
  | "owed_changed"
  | "payment_amount_not_positive"
  | "payment_amount_too_large"
  | "reason_required"
  | "reason_too_long"
  | "idempotency_key_missing"
  | "memo_key_used"
  | "memo_was_voided";

/**
 * Gives up what was billed: a memo pays its bill first, then the oldest due, and the rest is credit (LG-10, LG-11, LG-19);
 * a write-off pays just the rest of its bill. Service comes back at once where nothing past grace is owed any more.
 */
export async function issueMemo(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: MemoInput,
): Promise<Result<IssuedMemo, IssueMemoCode | UnaskedCode>> {
  const kind = input.kind === "write_off" ? "write_off" : "credit_memo";
  return await runOnce(() =>
    runUseCase<IssuedMemo, IssueMemoCode | UnaskedCode>(
      context,
      tenantId,
      actor,
      async (useCase) => await refuseUnasked(useCase, kind, input) ?? await giveByHandIn(useCase, input),
    )
  );
}

/** The same inside of another use case, which has written nothing. */
export async function giveByHandIn(
  useCase: UseCase,
  input: MemoInput,
): Promise<Result<IssuedMemo, IssueMemoCode>> {
  const reason = checkReason(input.reason);
  if (!reason.ok) return reason;
  const above = input.kind === "write_off"
    ? null
    : refuseAbove(useCase.actor, "credit_centavos", input.amountCentavos);
  return above ?? await issueMemoIn(useCase, { ...input, reason: reason.value });
}

/** A memo as a part of another act, with a reason that is checked: no limit is asked for. It may refuse only before that has written. */
export async function issueMemoIn(
  useCase: UseCase,
  memo: MemoInput,
): Promise<Result<IssuedMemo, IssueMemoCode>> {
  return await issue(useCase, memo, await hashOfMemo(memo));
}

async function issue(
  useCase: UseCase,
  input: MemoInput,
  hash: string,
): Promise<Result<IssuedMemo, IssueMemoCode>> {
  const { trx } = useCase;
  if (await lockSubscriber(trx, input.subscriberId) === null) return err("subscriber_not_found");
  const first = await findMemoByKey(trx, input.idempotencyKey);
  if (first !== null) {
    if (first.request_hash !== hash) return err("memo_key_used", { number: first.number });
    if (first.voided_at !== null) return err("memo_was_voided", { number: first.number });
    return ok({ memoId: first.id, number: first.number, restored: [], duplicate: true });
  }
  const refusal = checkKey(input.idempotencyKey) ?? checkAmount(input.amountCentavos) ??
    await refuseForBill(useCase, input);
  if (refusal !== null) return refusal;
  const memo = await writeMemo(useCase, input, hash);
  const allocated = await allocateMemo(useCase, input, memo.id);
  // A correction says that the bill asked for too much: so did the fee for paying it late.
  const isCorrection = input.kind === "correction" && input.billId !== null;
  if (isCorrection) await settleFees(useCase, input.subscriberId);
  await renewOnPosting(useCase, input.subscriberId);
  const open = isCorrection ? undefined : allocated;
  const restored = await restoreService(trx, useCase.tenant, input.subscriberId, useCase.booking, open);
  useCase.touchRouters(restored.routerIds);
  // A write-off ends a debt that nobody pays; it is nothing that is given.
  if (input.kind !== "write_off") {
    await queueQuietly(useCase, mailsOfMemos([{ id: memo.id, subscriberId: input.subscriberId }]));
  }
  await recordAudit(trx, useCase.actor, {
    action: input.kind === "write_off" ? "memo.written_off" : "memo.issued",
    subjectKind: "memo",
    subjectId: memo.id,
    subscriberId: input.subscriberId,
    summary: coded("audit_memo_issued", {
      number: memo.number,
      amount: input.amountCentavos,
      kind: input.kind,
      reason: input.reason,
    }),
    details: { bill_id: input.billId, restored: restored.subscriptionIds },
    at: useCase.at,
    businessOn: useCase.business.today,
  });
  return ok({ memoId: memo.id, number: memo.number, restored: restored.subscriptionIds, duplicate: false });
}

/** Whether an amount is one of a memo. */
export function checkAmount(
  amount: Centavos,
): Failure<"payment_amount_not_positive" | "payment_amount_too_large"> | null {
  if (amount <= 0n) return err("payment_amount_not_positive");
  return amount > AMOUNT_MAX ? err("payment_amount_too_large", { max: AMOUNT_MAX }) : null;
}

/**
 * A bill is not given more back than it asked for, and a write-off is of just what is owed now. A look at what would happen
 * locks nothing.
 */
export async function refuseForBill(
  { trx }: Pick<UseCase, "trx">,
  { billId, subscriberId, kind, amountCentavos }: MemoInput,
  read: typeof lockBill | typeof findBill = lockBill,
): Promise<Failure<IssueMemoCode> | null> {
  if (billId === null) return kind === "write_off" ? err("bill_not_found") : null;
  const bill = await read(trx, billId);
  if (bill === null || bill.subscriber_id !== subscriberId) return err("bill_not_found");
  if (bill.status === "draft") return err("bill_is_draft");
  if (bill.status === "void") return err("already_void", { number: bill.number ?? "" });
  const owed = subtract(centavos(bill.total_centavos), centavos(bill.paid_centavos));
  if (kind === "write_off") {
    if (owed === 0n) return err("nothing_to_write_off", { number: bill.number ?? "" });
    return amountCentavos === owed ? null : err("owed_changed", { number: bill.number ?? "", amount: owed });
  }
  const left = subtract(centavos(bill.total_centavos), centavos(await sumMemosOfBill(trx, billId)));
  return amountCentavos > left ? err("memo_above_bill", { number: bill.number ?? "", max: left }) : null;
}
