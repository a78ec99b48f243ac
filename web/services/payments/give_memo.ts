import { type Coded, coded, formatCoded } from "@/shared/codes/mod.ts";
import { sha256Hex } from "@/shared/crypto/mod.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { type Centavos, centavos, ZERO } from "@/shared/money/mod.ts";
import { vatOfMemo } from "@/web/domain/billing/mod.ts";
import { allocatePayment, legsOfMemo, type MemoKind } from "@/web/domain/payments/mod.ts";
import { listOpenBills, lockBill, type OpenBillRow } from "@/web/store/billing/bills.ts";
import { insertLedgerTransactions } from "@/web/store/billing/ledger.ts";
import { takeNumbers } from "@/web/store/billing/number_series.ts";
import { insertCreditSource } from "@/web/store/payments/credit_sources.ts";
import { insertMemo, sumMemosOfBill, sumVatBackOfBill } from "@/web/store/payments/memos.ts";
import { staffIdOf } from "../context.ts";
import { restoreService } from "../cuts/restore_service.ts";
import type { UseCase } from "../use_case.ts";
import { bookShares, toOpenBalance } from "./apply_credit.ts";

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

/** What makes two forms the same memo. */
export function hashOfMemo(input: MemoInput): Promise<string> {
  const { subscriberId, kind, reason, amountCentavos, billId } = input;
  return sha256Hex(JSON.stringify([subscriberId, kind, reason, amountCentavos.toString(), billId]));
}

/** Writes a memo with its number, its source of credit and its books. */
export async function writeMemo(
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

/** Spends a memo that was written: on its bill first, then on the oldest due. */
export async function allocateMemo(
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
  const memo = await writeMemo(useCase, input, await hashOfMemo(input));
  const open = await allocateMemo(useCase, input, memo.id);
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
