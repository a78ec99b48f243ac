import { type Coded, coded, formatCoded } from "@/shared/codes/mod.ts";
import { sha256Hex } from "@/shared/crypto/mod.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { AMOUNT_MAX, type Centavos, centavos, subtract, ZERO } from "@/shared/money/mod.ts";
import { err, type Failure, ok, type Result } from "@/shared/result.ts";
import { vatOfMemo } from "@/web/domain/billing/mod.ts";
import { allocatePayment, legsOfMemo, type MemoKind } from "@/web/domain/payments/mod.ts";
import { listOpenBills, lockBill, type OpenBillRow } from "@/web/store/billing/bills.ts";
import { insertLedgerTransactions } from "@/web/store/billing/ledger.ts";
import { takeNumbers } from "@/web/store/billing/number_series.ts";
import { insertCreditSource } from "@/web/store/payments/credit_sources.ts";
import { findMemoByKey, insertMemo, sumMemosOfBill, sumVatBackOfBill } from "@/web/store/payments/memos.ts";
import { lockSubscriber } from "@/web/store/subscribers/subscribers.ts";
import { recordAudit } from "../audit.ts";
import { type Actor, type ServiceContext, staffIdOf } from "../context.ts";
import { settleFees } from "../billing/late_fees.ts";
import { renewOnPosting } from "../billing/renew_prepaid.ts";
import { restoreService } from "../cuts/restore_service.ts";
import { checkReason } from "../reason.ts";
import { runUseCase, type UseCase } from "../use_case.ts";
import { bookShares, toOpenBalance } from "./apply_credit.ts";
import { checkKey } from "./payment_input.ts";
import { runOnce } from "./run_once.ts";

/** A credit memo or a write-off as a person gives it. */
export interface MemoInput {
  subscriberId: string;
  kind: MemoKind;
  /** In the person's words. */
  reason: string;
  amountCentavos: Centavos;
  /** It pays this bill first; a write-off pays nothing else. Null: the oldest due. */
  billId: string | null;
  /** Made once per form; the same form sent twice is one memo. */
  idempotencyKey: string;
}

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
): Promise<Result<IssuedMemo, IssueMemoCode>> {
  const reason = checkReason(input.reason);
  if (!reason.ok) return reason;
  const memo = { ...input, reason: reason.value };
  return await runOnce(() => runUseCase(context, tenantId, actor, (useCase) => issueMemoIn(useCase, memo)));
}

/** The same inside of another use case, with a reason that is checked. It may refuse only before that has written. */
export async function issueMemoIn(
  useCase: UseCase,
  memo: MemoInput,
): Promise<Result<IssuedMemo, IssueMemoCode>> {
  return await issue(useCase, memo, await hashOf(memo));
}

function hashOf(input: MemoInput): Promise<string> {
  const { subscriberId, kind, reason, amountCentavos, billId } = input;
  return sha256Hex(JSON.stringify([subscriberId, kind, reason, amountCentavos.toString(), billId]));
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
  const memo = await insert(useCase, input, hash);
  const allocated = await allocate(useCase, input, memo.id);
  // A correction says that the bill asked for too much: so did the fee for paying it late.
  const isCorrection = input.kind === "correction" && input.billId !== null;
  if (isCorrection) await settleFees(useCase, input.subscriberId);
  await renewOnPosting(useCase, input.subscriberId);
  const open = isCorrection ? undefined : allocated;
  const restored = await restoreService(trx, useCase.tenant, input.subscriberId, useCase.booking, open);
  useCase.touchRouters(restored.routerIds);
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

function checkAmount(
  amount: Centavos,
): Failure<"payment_amount_not_positive" | "payment_amount_too_large"> | null {
  if (amount <= 0n) return err("payment_amount_not_positive");
  return amount > AMOUNT_MAX ? err("payment_amount_too_large", { max: AMOUNT_MAX }) : null;
}

/** A bill is not given more back than it asked for, and a write-off is of just what is owed now. */
async function refuseForBill(
  { trx }: UseCase,
  { billId, subscriberId, kind, amountCentavos }: MemoInput,
): Promise<Failure<IssueMemoCode> | null> {
  if (billId === null) return kind === "write_off" ? err("bill_not_found") : null;
  const bill = await lockBill(trx, billId);
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

async function insert(
  useCase: UseCase,
  input: MemoInput & Pick<GivenMemo, "subscriptionId">,
  hash: string,
): Promise<{ id: string; number: string }> {
  const { trx, at, actor, business } = useCase;
  const [number] = await takeNumbers(trx, "memo", 1);
  if (number === undefined) throw new Error("Cannot issue memo: its series gave no number");
  const id = uuidv7(at.epochMilliseconds);
  const vatCentavos = await vatOf(useCase, input);
  await insertMemo(trx, {
    id,
    subscriber_id: input.subscriberId,
    number,
    kind: input.kind,
    reason: input.reason,
    amount_centavos: input.amountCentavos,
    vat_centavos: vatCentavos,
    bill_id: input.billId,
    subscription_id: input.subscriptionId ?? null,
    issued_on: business.today,
    recorded_at: at,
    recorded_by: actor.label,
    staff_user_id: staffIdOf(actor),
    idempotency_key: input.idempotencyKey,
    request_hash: hash,
  });
  await insertCreditSource(trx, {
    id,
    subscriber_id: input.subscriberId,
    kind: "memo",
    number,
    amount_centavos: input.amountCentavos,
    received_on: business.today,
    created_at: at,
  });
  await insertLedgerTransactions(trx, [{
    id: uuidv7(at.epochMilliseconds),
    kind: "memo_issued",
    business_on: business.today,
    recorded_at: at,
    bill_id: null,
    source_id: id,
    description: formatCoded(coded("ledger_memo", { number, kind: input.kind, reason: input.reason })),
    actor: actor.label,
    legs: legsOfMemo({ ...input, vatCentavos }),
  }]);
  return { id, number };
}

/** A memo for a bill gives back its share of the VAT of that bill; one for none was no sale. */
async function vatOf({ trx }: UseCase, { billId, amountCentavos }: MemoInput): Promise<Centavos> {
  const bill = billId === null ? null : await lockBill(trx, billId);
  if (bill === null || bill.vat_centavos === 0n) return ZERO;
  const { back, vat } = await sumVatBackOfBill(trx, bill.id);
  return vatOfMemo({
    totalCentavos: centavos(bill.total_centavos),
    vatCentavos: centavos(bill.vat_centavos),
    backCentavos: centavos(back),
    vatBackCentavos: centavos(vat),
  }, amountCentavos);
}

async function allocate(
  { trx, booking }: UseCase,
  input: MemoInput,
  sourceId: string,
): Promise<OpenBillRow[]> {
  const { subscriberId, amountCentavos, billId: targetBillId } = input;
  const open = await listOpenBills(trx, [subscriberId]);
  const { allocations } = allocatePayment({
    amountCentavos,
    targetBillId,
    openBills: open.map(toOpenBalance),
  });
  return await bookShares(
    trx,
    allocations.map((share) => ({ ...share, sourceId, subscriberId })),
    open,
    booking,
  );
}

/** A memo that follows from something else that is done in the same transaction. */
export interface GivenMemo {
  subscriberId: string;
  /** The connection whose days it settles, so that two of one subscriber are told apart. @default none */
  subscriptionId?: string;
  kind: Exclude<MemoKind, "write_off">;
  /** Why, in words of the catalogue. */
  reason: Coded;
  amountCentavos: Centavos;
  /** Whose days it gives back: it pays this bill first. Null: of several bills, or of none. */
  billId: string | null;
}

/** Gives a memo as a part of another use case, which says so in its own audit entry. The subscriber is locked by the caller. */
export async function giveMemo(useCase: UseCase, given: GivenMemo): Promise<{ id: string; number: string }> {
  const reason = formatCoded(given.reason);
  const billId = given.billId !== null && await fitsBill(useCase, given.billId, given) ? given.billId : null;
  const input = { ...given, reason, billId, idempotencyKey: uuidv7(useCase.at.epochMilliseconds) };
  const memo = await insert(useCase, input, await hashOf(input));
  const open = await allocate(useCase, input, memo.id);
  const restored = await restoreService(
    useCase.trx,
    useCase.tenant,
    input.subscriberId,
    useCase.booking,
    open,
  );
  useCase.touchRouters(restored.routerIds);
  return memo;
}

/** A bill is not given more back than it asked for, and to nobody else than who was billed. */
async function fitsBill(
  { trx }: UseCase,
  billId: string,
  { subscriberId, amountCentavos }: GivenMemo,
): Promise<boolean> {
  const bill = await lockBill(trx, billId);
  if (bill === null || bill.status !== "issued" || bill.subscriber_id !== subscriberId) return false;
  return amountCentavos <= bill.total_centavos - await sumMemosOfBill(trx, billId);
}
