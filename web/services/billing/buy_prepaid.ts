import { ZERO } from "@/shared/money/mod.ts";
import { err, type Failure, ok, type Result } from "@/shared/result.ts";
import type { PlannedPurchase, PrepaidPlan } from "@/web/domain/billing/mod.ts";
import { deleteFirstPurchase } from "@/web/store/billing/first_purchases.ts";
import { findPlannedModeChange } from "@/web/store/billing/mode_changes.ts";
import { findPurchase, type FirstPurchase } from "@/web/store/billing/prepaid.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { sqlState } from "@/web/store/db/unavailable.ts";
import { getReminders } from "@/web/store/mail/reminder_settings.ts";
import { findPaymentByKey } from "@/web/store/payments/payments.ts";
import { lockSubscribersOf } from "@/web/store/subscribers/subscribers.ts";
import { lockSubscription, type SubscriptionRow } from "@/web/store/subscribers/subscriptions.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { restoreService } from "../cuts/restore_service.ts";
import { applyIdleCredit } from "../payments/apply_credit.ts";
import { hashPaymentInput, type PaymentInput } from "../payments/payment_input.ts";
import { postPayment, type RecordPaymentCode } from "../payments/record_payment.ts";
import { beginService } from "../subscribers/begin_service.ts";
import { refuseBehindEnd } from "../subscribers/plan_end.ts";
import { runUseCase, type UseCase } from "../use_case.ts";
import { chooseUnit, type ChooseUnitCode, refuseShort } from "./choose_unit.ts";
import { type PrepaidOffer, readOffer } from "./prepaid_offer.ts";
import { renewOnPosting } from "./renew_prepaid.ts";
import { writePurchase, type WrittenPurchase } from "./write_purchase.ts";

/** What is bought, as the form says it. */
export interface PurchaseRequest {
  subscriptionId: string;
  unit: PrepaidPlan["unit"];
  count: number;
  quantity: number;
  /** Made once per form; the same form sent twice is one purchase. */
  once: string;
  /** First day, as the form showed it: when it is another one by now, it is shown again. */
  fromShown?: Temporal.PlainDate;
  /** A connection that is not installed yet begins today, in the same step. @default false */
  activates?: boolean;
  /** Money received with it; left out: it is bought from credit. */
  payment?: Omit<PaymentInput, "subscriberId" | "idempotencyKey" | "targetBillId">;
}

/** A purchase that was made. */
export interface Purchase extends Pick<WrittenPurchase, "billId" | "number" | "fromOn" | "untilOn"> {
  paymentId: string | null;
  /** Connections that it brought back. */
  restored: string[];
  /** The same form was sent before; this is its first result. */
  duplicate: boolean;
}

/** Why nothing is bought. */
export type BuyPrepaidCode =
  | RecordPaymentCode
  | ChooseUnitCode
  | "subscription_not_found"
  | "prepaid_not_up_front"
  | "prepaid_from_later"
  | "secret_wanted"
  | "prepaid_not_active"
  | "prepaid_short"
  | "prepaid_moved"
  | "prepaid_form_used"
  | "behind_planned_end"
  | "charge_was_voided";

/**
 * Sells days up front and switches the connection on, in one transaction (billing rule 10). The bill is issued when it
 * is paid in full, from credit and from the money that comes with it: less than the price buys nothing, and an open
 * purchase never stands beside idle credit. What it activates begins with it: a refusal leaves it as it was.
 */
export async function buyPrepaid(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  request: PurchaseRequest,
): Promise<Result<Purchase, BuyPrepaidCode>> {
  const run = () => runUseCase(context, tenantId, actor, (useCase) => buy(useCase, request));
  try {
    return await run();
  } catch (error) {
    // Two forms with one id or one reference, sent at the same time: the second finds the first now.
    if (sqlState(error) !== "23505") throw error;
    return await run();
  }
}

async function buy(useCase: UseCase, request: PurchaseRequest): Promise<Result<Purchase, BuyPrepaidCode>> {
  const { trx, tenant, business } = useCase;
  await lockSubscribersOf(trx, [request.subscriptionId]);
  const subscription = await lockSubscription(trx, request.subscriptionId);
  if (subscription === null) return err("subscription_not_found");
  const first = await findPurchase(trx, request.once);
  if (first !== null) {
    return await repeat(useCase, { ...request, subscriberId: subscription.subscriber_id }, first);
  }
  const unready = await refuseUnready(useCase, subscription, request);
  if (unready !== null) return unready;
  const offer = await readOffer(trx, tenant, subscription, business.today);
  const chosen = choose(offer, request);
  if (!chosen.ok) return chosen;
  const { unit, planned } = chosen.value;
  const begins = planned.coverage[0]?.start ?? business.today;
  const behind = await refuseBehindEnd(trx, subscription.id, begins);
  if (behind !== null) return behind;
  const { quantity, once: id } = request;
  const made: WrittenPurchase[] = [];
  // Credit that idles stands beside no open bill, so it pays this one.
  const write = async () => {
    if (subscription.status === "pending") {
      await deleteFirstPurchase(trx, subscription.id);
      await beginService(useCase, subscription, business.today);
    }
    const isConfirmed = moneyOf(request.payment) !== null && await areConfirmed(trx);
    const bought = { id, unit, quantity, planned, isRenewal: false, isConfirmed };
    const purchase = await writePurchase(useCase, offer, bought);
    await applyIdleCredit(trx, [subscription.subscriber_id], useCase.booking);
    made.push(purchase);
    return purchase.billId;
  };
  const paid = await pay(useCase, request, subscription.subscriber_id, write);
  if (!paid.ok) return paid;
  const [purchase] = made;
  if (purchase === undefined) throw new Error(`Cannot buy ${id}: nothing was written`);
  const { billId, number, fromOn, untilOn } = purchase;
  return ok({ billId, number, fromOn, untilOn, ...paid.value, duplicate: false });
}

/** Whether the company confirms payments: the bill of one that nothing else tells of is mailed. */
async function areConfirmed(trx: TenantTransaction): Promise<boolean> {
  return !(await getReminders(trx)).silentOccasions.includes("payment_received");
}

/** Why nothing is sold to a connection as it stands. */
async function refuseUnready(
  { trx, business }: UseCase,
  { id, billing_mode: mode, status, secret }: SubscriptionRow,
  { activates = false }: PurchaseRequest,
): Promise<Failure<BuyPrepaidCode> | null> {
  if (mode !== "prepaid") {
    const planned = await findPlannedModeChange(trx, id);
    const on = planned?.effective_on ?? business.today;
    // One whose day has come and that waits for a bill has no day that could be named.
    const isToCome = Temporal.PlainDate.compare(business.today, on) < 0;
    return isToCome ? err("prepaid_from_later", { on }) : err("prepaid_not_up_front");
  }
  if (status === "active" || status === "disconnected") return null;
  if (status !== "pending" || !activates) return err("prepaid_not_active");
  // What is paid for before its secret is there waits for it: `orderFirstPurchase`.
  return secret === "wanted" ? err("secret_wanted") : null;
}

/** Takes the money, makes the bill that it pays, and switches on. */
async function pay(
  useCase: UseCase,
  { payment: sent, once }: PurchaseRequest,
  subscriberId: string,
  write: () => Promise<string>,
): Promise<Result<Pick<Purchase, "paymentId" | "restored">, RecordPaymentCode>> {
  const payment = moneyOf(sent);
  if (payment === null) {
    await write();
    await renewOnPosting(useCase, subscriberId);
    const restored = await restoreService(useCase.trx, useCase.tenant, subscriberId, useCase.booking);
    useCase.touchRouters(restored.routerIds);
    return ok({ paymentId: null, restored: restored.subscriptionIds });
  }
  const input: PaymentInput = { ...payment, subscriberId, idempotencyKey: once };
  const posted = await postPayment(useCase, input, await hashPaymentInput(input), write);
  return posted.ok ? ok({ paymentId: posted.value.paymentId, restored: posted.value.restored }) : posted;
}

/** The money that comes with a purchase; null where there is none. */
function moneyOf(payment: PurchaseRequest["payment"]): NonNullable<PurchaseRequest["payment"]> | null {
  return payment === undefined || payment.amountCentavos === 0n ? null : payment;
}

/** What is bought and its days; or why it is not. */
function choose(
  offer: PrepaidOffer,
  request: PurchaseRequest,
): Result<{ unit: PrepaidPlan; planned: PlannedPurchase }, BuyPrepaidCode> {
  const { quantity, fromShown } = request;
  const chosen = chooseUnit(offer, request);
  if (!chosen.ok) return chosen;
  const unit = chosen.value;
  const planned = offer.purchase(unit, quantity);
  const [first] = planned.coverage;
  const end = planned.coverage.at(-1)?.end;
  if (first !== undefined && end !== undefined && fromShown?.equals(first.start) === false) {
    return err("prepaid_moved", { from: first.start, until: end.subtract({ days: 1 }) });
  }
  const short = refuseShort(offer, { unit, quantity }, request.payment?.amountCentavos ?? ZERO);
  return short ?? ok({ unit, planned });
}

/** The same form was sent before: its first result, where it is the same form and that result still stands. */
async function repeat(
  useCase: UseCase,
  request: PurchaseRequest & { subscriberId: string },
  first: FirstPurchase,
): Promise<Result<Purchase, BuyPrepaidCode>> {
  const { number, bill_id: billId, from_on: fromOn, until_on: untilOn } = first;
  const isSame = first.subscription_id === request.subscriptionId && first.unit === request.unit &&
    first.count === request.count && first.quantity === request.quantity;
  if (!isSame) return err("prepaid_form_used", { number });
  const paid = await repeatPayment(useCase, request, number);
  if (!paid.ok) return paid;
  if (first.status === "void") return err("charge_was_voided", { number });
  return ok({ billId, number, fromOn, untilOn, ...paid.value, duplicate: true });
}

/** The payment that came with it, if one did: known by its key, so that nothing is posted. */
async function repeatPayment(
  useCase: UseCase,
  { payment, once, subscriberId }: PurchaseRequest & { subscriberId: string },
  number: string,
): Promise<Result<Pick<Purchase, "paymentId" | "restored">, BuyPrepaidCode>> {
  const sent = moneyOf(payment);
  const hadOne = await findPaymentByKey(useCase.trx, once) !== null;
  if (hadOne !== (sent !== null)) return err("prepaid_form_used", { number });
  if (sent === null) return ok({ paymentId: null, restored: [] });
  const input: PaymentInput = { ...sent, subscriberId, idempotencyKey: once };
  const posted = await postPayment(useCase, input, await hashPaymentInput(input));
  return posted.ok ? ok({ paymentId: posted.value.paymentId, restored: posted.value.restored }) : posted;
}
