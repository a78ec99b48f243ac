import { coded, formatCoded } from "@/shared/codes/mod.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { type Centavos, centavos, sum } from "@/shared/money/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import {
  allocatePayment,
  type BillShare,
  legsOfPaymentPosted,
  readReference,
} from "@/web/domain/payments/mod.ts";
import { listOpenBills, type OpenBillRow } from "@/web/store/billing/bills.ts";
import { insertLedgerTransactions } from "@/web/store/billing/ledger.ts";
import { takeNumbers } from "@/web/store/billing/number_series.ts";
import { insertCreditSource } from "@/web/store/payments/credit_sources.ts";
import { findFirstResult } from "@/web/store/payments/payment_results.ts";
import { findPaymentByKey, insertPayment, type PaymentRow } from "@/web/store/payments/payments.ts";
import { getReminders } from "@/web/store/mail/reminder_settings.ts";
import { lockSubscriber } from "@/web/store/subscribers/subscribers.ts";
import { refuseDaysAbove } from "../access/role_limit.ts";
import { bookShares, toOpenBalance } from "./apply_credit.ts";
import { recordAudit } from "../audit.ts";
import { type Actor, type ServiceContext, staffIdOf } from "../context.ts";
import { hashPaymentInput, type PaymentInput } from "./payment_input.ts";
import { mailOfPayment, mailsOfRestored } from "../mail/occasions.ts";
import { queueingOf, queueMail } from "../mail/queue_mail.ts";
import { runOnce } from "./run_once.ts";
import { settleFees } from "../billing/late_fees.ts";
import { renewOnPosting } from "../billing/renew_prepaid.ts";
import { restoreService } from "../cuts/restore_service.ts";
import { runUseCase, type UseCase } from "../use_case.ts";
import { type RecordPaymentCode, refuseCertificate, refusePayment, refuseTwin } from "./payment_refusals.ts";

export type { PaymentInput } from "./payment_input.ts";
export type { RecordPaymentCode } from "./payment_refusals.ts";

/** A payment that stands in the books. */
export interface RecordedPayment {
  paymentId: string;
  number: string;
  /** Where the money went when it was posted. */
  allocations: BillShare[];
  creditCentavos: Centavos;
  /** To hand back, when more cash was tendered. */
  changeDueCentavos: Centavos;
  /** Subscriptions that this payment brought back. */
  restored: string[];
  /** The same form was sent before; this is its first result. */
  duplicate: boolean;
}

/**
 * Posts money of a subscriber: the target bill first, then the oldest due, the rest is credit; restores service at
 * once where nothing past grace is owed any more (billing rules 7 and 8). The same idempotency key is one payment.
 */
export async function recordPayment(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: PaymentInput,
): Promise<Result<RecordedPayment, RecordPaymentCode>> {
  const hash = await hashPaymentInput(input);
  // Two forms with one key or one reference may be sent at the same time for different people.
  return await runOnce(() =>
    runUseCase(context, tenantId, actor, (useCase) => postPayment(useCase, input, hash))
  );
}

/**
 * Posts one payment in a transaction that is open, with the subscriber locked by it.
 *
 * @param aim makes the bill that the payment is for, once nothing refuses the payment any more; gives its id
 */
export async function postPayment(
  within: UseCase,
  input: PaymentInput,
  hash: string,
  aim?: () => Promise<string>,
): Promise<Result<RecordedPayment, RecordPaymentCode>> {
  // Whatever comes back by it is told in its confirmation.
  const told: string[] = [];
  const useCase = { ...within, booking: { ...within.booking, restored: told } };
  const { trx } = useCase;
  const subscriber = await lockSubscriber(trx, input.subscriberId);
  if (subscriber === null) return err("subscriber_not_found");
  const first = await findPaymentByKey(trx, input.idempotencyKey);
  if (first !== null) return await repeat(useCase, first, hash);
  const refusal =
    refuseDaysAbove(useCase.actor, "backdating_days", input.receivedOn, useCase.business.today) ??
      await refusePayment(useCase, input) ?? await refuseCertificate(useCase, input, subscriber);
  if (refusal !== null) return refusal;
  const targetBillId = await aim?.() ?? input.targetBillId;
  const payment = await insert(useCase, input, hash);
  const { open, ...allocated } = await allocate(useCase, input, { id: payment.id, targetBillId });
  // Only money from before today can have been in time for a fee that was charged already.
  const isEarlier = Temporal.PlainDate.compare(input.receivedOn, useCase.business.today) < 0;
  if (isEarlier) await settleFees(useCase, input.subscriberId);
  await renewOnPosting(useCase, input.subscriberId);
  const left = isEarlier ? undefined : open;
  const restored = await restoreService(trx, useCase.tenant, input.subscriberId, useCase.booking, left);
  useCase.touchRouters(restored.routerIds);
  await confirm(useCase, { id: payment.id, subscriberId: input.subscriberId, restored: told });
  await recordAudit(trx, useCase.actor, {
    action: "payment.recorded",
    subjectKind: "payment",
    subjectId: payment.id,
    subscriberId: input.subscriberId,
    summary: coded("audit_payment_recorded", {
      number: payment.number,
      amount: input.amountCentavos,
      method: input.method,
    }),
    details: {
      amount_centavos: input.amountCentavos.toString(),
      received_on: input.receivedOn.toString(),
      restored: restored.subscriptionIds,
    },
    at: useCase.at,
    businessOn: useCase.business.today,
  });
  return ok({
    paymentId: payment.id,
    number: payment.number,
    ...allocated,
    changeDueCentavos: changeDue(input.tenderedCentavos ?? null, input.amountCentavos),
    restored: restored.subscriptionIds,
    duplicate: false,
  });
}

/** Where the company confirms no payments, what came back is told by itself. */
async function confirm(
  { trx, booking }: UseCase,
  payment: { id: string; subscriberId: string; restored: string[] },
): Promise<void> {
  const mails = [mailOfPayment(payment)];
  if (payment.restored.length > 0 && (await getReminders(trx)).silentOccasions.includes("payment_received")) {
    mails.push(...mailsOfRestored(payment.subscriberId, payment.restored, booking.at));
  }
  await queueMail(trx, mails, queueingOf(booking));
}

async function insert(
  useCase: UseCase,
  input: PaymentInput,
  hash: string,
): Promise<{ id: string; number: string }> {
  const { trx, at, actor, business } = useCase;
  const [number] = await takeNumbers(trx, "payment", 1);
  if (number === undefined) throw new Error("Cannot record payment: its series gave no number");
  const id = uuidv7(at.epochMilliseconds);
  await insertPayment(trx, {
    id,
    subscriber_id: input.subscriberId,
    number,
    method: input.method,
    amount_centavos: input.amountCentavos,
    tendered_centavos: input.tenderedCentavos ?? null,
    received_on: input.receivedOn,
    recorded_at: at,
    recorded_on: business.today,
    recorded_by: actor.label,
    staff_user_id: staffIdOf(actor),
    reference: readReference(input.reference ?? "") || null,
    note: input.note?.trim() || null,
    // Who confirms it sees that it is on another payment; without one it is nobody else's.
    is_reference_shared: input.confirmDuplicateReference === true &&
      await refuseTwin(useCase, input) !== null,
    status: "posted",
    reversed_at: null,
    reverse_reason: null,
    idempotency_key: input.idempotencyKey,
    request_hash: hash,
  });
  await insertCreditSource(trx, {
    id,
    subscriber_id: input.subscriberId,
    kind: "payment",
    number,
    amount_centavos: input.amountCentavos,
    received_on: input.receivedOn,
    created_at: at,
  });
  await insertLedgerTransactions(trx, [{
    id: uuidv7(at.epochMilliseconds),
    kind: "payment_posted",
    business_on: business.today,
    recorded_at: at,
    bill_id: null,
    source_id: id,
    description: formatCoded(coded("ledger_payment", { number })),
    actor: actor.label,
    legs: legsOfPaymentPosted(input),
  }]);
  return { id, number };
}

async function allocate(
  { trx, booking }: UseCase,
  input: PaymentInput,
  payment: { id: string; targetBillId: string | undefined },
): Promise<{ allocations: BillShare[]; creditCentavos: Centavos; open: OpenBillRow[] }> {
  const open = await listOpenBills(trx, [input.subscriberId]);
  const allocated = allocatePayment({
    amountCentavos: input.amountCentavos,
    targetBillId: payment.targetBillId ?? null,
    openBills: open.map(toOpenBalance),
  });
  const { subscriberId } = input;
  const shares = allocated.allocations.map((share) => ({ ...share, sourceId: payment.id, subscriberId }));
  const left = await bookShares(trx, shares, open, booking);
  return { ...allocated, open: left };
}

async function repeat(
  { trx }: UseCase,
  first: PaymentRow,
  hash: string,
): Promise<Result<RecordedPayment, RecordPaymentCode>> {
  if (first.request_hash !== hash) {
    return err("idempotency_mismatch", { number: first.number });
  }
  if (first.status === "reversed") {
    return err("payment_was_reversed", {
      number: first.number,
      amount: centavos(first.amount_centavos),
      reason: first.reverse_reason ?? "",
    });
  }
  const { shares, restored } = await findFirstResult(trx, first);
  const allocations = shares.map((share) => ({
    billId: share.bill_id,
    amountCentavos: centavos(share.amount_centavos),
  }));
  const allocated = sum(allocations.map((share) => share.amountCentavos));
  return ok({
    paymentId: first.id,
    number: first.number,
    allocations,
    creditCentavos: centavos(first.amount_centavos - allocated),
    changeDueCentavos: changeDue(first.tendered_centavos, first.amount_centavos),
    restored,
    duplicate: true,
  });
}

function changeDue(tendered: bigint | null, amount: bigint): Centavos {
  return centavos(tendered === null ? 0n : tendered - amount);
}
