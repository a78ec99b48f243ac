import { localTime } from "@/shared/calendar/mod.ts";
import { centavos, sum } from "@/shared/money/mod.ts";
import { err, type Failure } from "@/shared/result.ts";
import { readReference } from "@/web/domain/payments/mod.ts";
import { listOpenBills, lockBill } from "@/web/store/billing/bills.ts";
import { countPayments, findLatestPayment, findPaymentByReference } from "@/web/store/payments/payments.ts";
import { type SubscriberRow } from "@/web/store/subscribers/subscribers.ts";
import type { AboveLimitCode } from "../access/role_limit.ts";
import { checkPaymentInput, type PaymentInput, type PaymentInputProblem } from "./payment_input.ts";
import { refuseClosedTarget } from "./closed_target.ts";
import { type UseCase } from "../use_case.ts";

/** Why a payment is not recorded. */
export type RecordPaymentCode =
  | AboveLimitCode
  | PaymentInputProblem
  | "subscriber_not_found"
  | "bill_not_found"
  | "idempotency_mismatch"
  | "payment_was_reversed"
  | "target_not_open"
  | "paid_meanwhile"
  | "not_withholding"
  | "certificate_above_owed"
  | "duplicate_reference";

/** Why a payment cannot be posted, asked in the order in which a person would mend it; null when nothing speaks against it. */
export async function refusePayment(
  useCase: UseCase,
  input: PaymentInput,
): Promise<Failure<RecordPaymentCode> | null> {
  const { trx, business } = useCase;
  const checked = checkPaymentInput(input, business.today);
  if (!checked.ok) return checked;
  if (input.targetBillId !== undefined) {
    const bill = await lockBill(trx, input.targetBillId);
    if (bill === null || bill.subscriber_id !== input.subscriberId) {
      return err("bill_not_found");
    }
  }
  const paid = await refusePaidMeanwhile(useCase, input);
  if (paid !== null) return paid;
  const closed = await refuseClosedTarget(trx, input);
  if (closed !== null) return closed;
  return input.confirmDuplicateReference === true ? null : await refuseTwin(useCase, input);
}

/** A certificate settles what is owed by who withholds; there is no money that could be credit. */
export async function refuseCertificate(
  { trx }: UseCase,
  { method, amountCentavos, targetBillId, subscriberId }: PaymentInput,
  subscriber: SubscriberRow,
): Promise<Failure<"not_withholding" | "certificate_above_owed"> | null> {
  if (method !== "withholding_2307") return null;
  if (subscriber.withholding_rate_bp === null) return err("not_withholding", { subscriber: subscriber.name });
  const open = (await listOpenBills(trx, [subscriberId]))
    .filter((bill) => targetBillId === undefined || bill.id === targetBillId);
  const max = sum(open.map((bill) => centavos(bill.balance_centavos)));
  return amountCentavos > max ? err("certificate_above_owed", { max }) : null;
}

/** Another live payment of the method has the reference: said with whose it is and who posted it when. */
export async function refuseTwin(
  { trx }: UseCase,
  input: PaymentInput,
): Promise<Failure<"duplicate_reference"> | null> {
  const reference = readReference(input.reference ?? "");
  const twin = await findPaymentByReference(trx, input.method, reference);
  if (twin === null) return null;
  return err("duplicate_reference", {
    reference,
    number: twin.number,
    subscriber: twin.subscriber_name,
    account: twin.account_number,
    day: twin.recorded_on,
    by: twin.recorded_by,
  });
}

/** Until then the question counts the minutes; later it names day and time. */
const JUST_NOW_MINUTES = 60;

/**
 * Somebody has posted a payment since the form was opened: asked under the lock, so that of two forms sent at once the
 * second knows of the first. By the payments themselves: what is owed may be as before, when a bill came as well. A
 * person who means a second payment says so, and the rest of it is credit.
 */
async function refusePaidMeanwhile(
  { trx, at, tenant }: UseCase,
  input: PaymentInput,
): Promise<Failure<"paid_meanwhile"> | null> {
  if (input.paymentsShown === undefined) return null;
  const later = await countPayments(trx, input.subscriberId) - input.paymentsShown;
  if (later <= 0) return null;
  const last = await findLatestPayment(trx, input.subscriberId, later);
  if (last === null || last.number === input.confirmPaidMeanwhile) return null;
  const minutes = Math.max(0, Math.floor(at.since(last.recorded_at).total("minutes")));
  return err("paid_meanwhile", {
    number: last.number,
    by: last.recorded_by,
    amount: centavos(last.amount_centavos),
    when: minutes < JUST_NOW_MINUTES ? "just_now" : "earlier",
    minutes,
    day: last.recorded_on,
    time: localTime(last.recorded_at, tenant.time_zone),
  });
}
