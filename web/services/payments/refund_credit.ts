import { coded, formatCoded } from "@/shared/codes/mod.ts";
import { sha256Hex } from "@/shared/crypto/mod.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { type Centavos, centavos, sum } from "@/shared/money/mod.ts";
import { err, type Failure, ok, type Result } from "@/shared/result.ts";
import { PAYMENT_MAX } from "@/web/domain/payments/limits.ts";
import {
  drawRefund,
  legsOfRefund,
  legsOfRefundPaid,
  readReference,
  type RefundShare,
} from "@/web/domain/payments/mod.ts";
import { insertLedgerTransactions } from "@/web/store/billing/ledger.ts";
import { takeNumbers } from "@/web/store/billing/number_series.ts";
import { listRefundableSources } from "@/web/store/payments/credit_sources.ts";
import { findRefundByKey, insertRefund, type RefundRow } from "@/web/store/payments/refunds.ts";
import { lockSubscriber } from "@/web/store/subscribers/subscribers.ts";
import { type AboveLimitCode, refuseAbove } from "../access/role_limit.ts";
import { refuseUnasked, type UnaskedCode } from "../approvals/refuse_unasked.ts";
import { recordAudit } from "../audit.ts";
import { type Actor, type ServiceContext, staffIdOf } from "../context.ts";
import { checkReason } from "../reason.ts";
import { runUseCase, type UseCase } from "../use_case.ts";
import { checkKey } from "./payment_input.ts";
import { runOnce } from "./run_once.ts";

/** A refund as a person pays it out. */
export interface RefundInput {
  subscriberId: string;
  amountCentavos: Centavos;
  method: RefundRow["method"];
  /** Required for everything but cash. */
  reference: string;
  reason: string;
  /** Made once per form; the same form sent twice is one refund. */
  idempotencyKey: string;
}

/** A refund that stands in the books. */
export interface Refunded {
  refundId: string;
  number: string;
  /** The same form was sent before. */
  duplicate: boolean;
}

/** Why nothing is refunded. */
export type RefundCode =
  | AboveLimitCode
  | "subscriber_not_found"
  | "payment_amount_not_positive"
  | "refund_above_credit"
  | "reference_required"
  | "text_too_long"
  | "reason_required"
  | "reason_too_long"
  | "idempotency_key_missing"
  | "refund_key_used"
  | "refund_was_reversed";

/** Pays credit back to the subscriber, drawn from the oldest source first; never more than there is (LG-12). */
export async function refundCredit(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: RefundInput,
): Promise<Result<Refunded, RefundCode | UnaskedCode>> {
  return await runOnce(() =>
    runUseCase<Refunded, RefundCode | UnaskedCode>(
      context,
      tenantId,
      actor,
      async (useCase) => await refuseUnasked(useCase, "refund", input) ?? await refundIn(useCase, input),
    )
  );
}

/** The same inside of another use case, which has written nothing. */
export async function refundIn(
  useCase: UseCase,
  input: RefundInput,
): Promise<Result<Refunded, RefundCode>> {
  const reason = checkReason(input.reason);
  if (!reason.ok) return reason;
  const above = refuseAbove(useCase.actor, "refund_centavos", input.amountCentavos);
  if (above !== null) return above;
  const refund = { ...input, reason: reason.value, reference: readReference(input.reference) };
  return await pay(useCase, refund, await hashOf(refund));
}

function hashOf({ subscriberId, amountCentavos, method, reference, reason }: RefundInput): Promise<string> {
  return sha256Hex(JSON.stringify([subscriberId, amountCentavos.toString(), method, reference, reason]));
}

async function pay(
  useCase: UseCase,
  input: RefundInput,
  hash: string,
): Promise<Result<Refunded, RefundCode>> {
  const { trx } = useCase;
  if (await lockSubscriber(trx, input.subscriberId) === null) return err("subscriber_not_found");
  const first = await findRefundByKey(trx, input.idempotencyKey);
  if (first !== null) {
    if (first.request_hash !== hash) return err("refund_key_used", { number: first.number });
    if (first.reversed_at !== null) return err("refund_was_reversed", { number: first.number });
    return ok({ refundId: first.id, number: first.number, duplicate: true });
  }
  const refusal = checkKey(input.idempotencyKey) ?? checkRefund(input);
  if (refusal !== null) return refusal;
  const sources = await listRefundableSources(trx, input.subscriberId);
  const shares = drawRefund(
    input.amountCentavos,
    sources.map((source) => ({
      sourceId: source.source_id,
      availableCentavos: centavos(source.available_centavos),
    })),
  );
  if (shares === null) {
    const credit = sum(sources.map((source) => centavos(source.available_centavos)));
    return err("refund_above_credit", { credit });
  }
  return ok({ ...await insert(useCase, input, { shares, hash }), duplicate: false });
}

/** What is wrong with a refund by itself. */
export function checkRefund(
  { amountCentavos, method, reference }: RefundInput,
): Failure<"payment_amount_not_positive" | "reference_required" | "text_too_long"> | null {
  if (amountCentavos <= 0n) return err("payment_amount_not_positive");
  if (method !== "cash" && reference === "") return err("reference_required");
  return reference.length > PAYMENT_MAX.reference
    ? err("text_too_long", { max: PAYMENT_MAX.reference })
    : null;
}

async function insert(
  useCase: UseCase,
  input: RefundInput,
  { shares, hash }: { shares: readonly RefundShare[]; hash: string },
): Promise<{ refundId: string; number: string }> {
  const { trx, at, actor, business } = useCase;
  const [number] = await takeNumbers(trx, "refund", 1);
  if (number === undefined) throw new Error("Cannot refund: its series gave no number");
  const id = uuidv7(at.epochMilliseconds);
  await insertRefund(
    trx,
    {
      id,
      subscriber_id: input.subscriberId,
      number,
      method: input.method,
      reference: input.reference || null,
      amount_centavos: input.amountCentavos,
      reason: input.reason,
      paid_on: business.today,
      recorded_at: at,
      recorded_by: actor.label,
      staff_user_id: staffIdOf(actor),
      idempotency_key: input.idempotencyKey,
      request_hash: hash,
    },
    shares.map((share) => ({ source_id: share.sourceId, amount_centavos: share.amountCentavos })),
  );
  const posted = {
    business_on: business.today,
    recorded_at: at,
    bill_id: null,
    source_id: null,
    refund_id: id,
    description: formatCoded(coded("ledger_refund", { number, reason: input.reason })),
    actor: actor.label,
  };
  await insertLedgerTransactions(trx, [
    { ...posted, id: uuidv7(at.epochMilliseconds), kind: "refund_granted", legs: legsOfRefund(input) },
    { ...posted, id: uuidv7(at.epochMilliseconds), kind: "refund_paid", legs: legsOfRefundPaid(input) },
  ]);
  await recordAudit(trx, actor, {
    action: "refund.posted",
    subjectKind: "refund",
    subjectId: id,
    subscriberId: input.subscriberId,
    summary: coded("audit_refund_posted", {
      number,
      amount: input.amountCentavos,
      method: input.method,
      reason: input.reason,
    }),
    details: { sources: shares.map((share) => share.sourceId) },
    at,
    businessOn: business.today,
  });
  return { refundId: id, number };
}
