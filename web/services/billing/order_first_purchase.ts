import { coded } from "@/shared/codes/mod.ts";
import { type Centavos, centavos, sum, ZERO } from "@/shared/money/mod.ts";
import { err, type Failure, ok, type Result } from "@/shared/result.ts";
import type { PrepaidPlan } from "@/web/domain/billing/mod.ts";
import { findFirstPurchase, replaceFirstPurchase } from "@/web/store/billing/first_purchases.ts";
import { listOpenBills } from "@/web/store/billing/bills.ts";
import { findPurchase } from "@/web/store/billing/prepaid.ts";
import { updateSubscriptionActivation } from "@/web/store/subscribers/new_subscribers.ts";
import { lockSubscribersOf } from "@/web/store/subscribers/subscribers.ts";
import { lockSubscription, type SubscriptionRow } from "@/web/store/subscribers/subscriptions.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { refreshDesired } from "../network/desired_state.ts";
import { hashPaymentInput, type PaymentInput } from "../payments/payment_input.ts";
import { postPayment, type RecordPaymentCode } from "../payments/record_payment.ts";
import { runOnce } from "../payments/run_once.ts";
import { auditSubscription } from "../subscribers/audit_subscription.ts";
import { beginWithPurchase } from "../subscribers/begin_prepaid.ts";
import { runUseCase, type UseCase } from "../use_case.ts";
import type { PurchaseRequest } from "./buy_prepaid.ts";
import { chooseUnit, type ChooseUnitCode, refuseShort } from "./choose_unit.ts";
import { type PrepaidOffer, readOffer } from "./prepaid_offer.ts";

/** The first purchase of a connection that waits, as the form says it. */
export interface FirstPurchaseRequest
  extends Pick<PurchaseRequest, "subscriptionId" | "unit" | "count" | "quantity" | "once" | "payment"> {
  /** Its days begin as soon as its secret is on the router, or with the first session after that. */
  begins: "day" | "first_session";
}

/** Why it is not taken. */
export type OrderFirstPurchaseCode =
  | RecordPaymentCode
  | ChooseUnitCode
  | "subscription_not_found"
  | "not_pending"
  | "prepaid_short"
  | "prepaid_not_up_front"
  | "prepaid_owes_first";

/**
 * Takes the money for the first days of a connection before they begin: nobody pays for days on which nothing can work.
 * The money is credit until then, so it can be paid back, and what it buys is kept with the price of today. Another one
 * takes the place of the one before.
 */
export async function orderFirstPurchase(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  request: FirstPurchaseRequest,
): Promise<Result<{ hasBegun: boolean }, OrderFirstPurchaseCode>> {
  return await runOnce(() => runUseCase(context, tenantId, actor, (useCase) => order(useCase, request)));
}

async function order(
  useCase: UseCase,
  request: FirstPurchaseRequest,
): Promise<Result<{ hasBegun: boolean }, OrderFirstPurchaseCode>> {
  const { trx, tenant, at, actor, business } = useCase;
  await lockSubscribersOf(trx, [request.subscriptionId]);
  const subscription = await lockSubscription(trx, request.subscriptionId);
  if (subscription === null) return err("subscription_not_found");
  if (await isSentBefore(useCase, request)) return ok({ hasBegun: subscription.status !== "pending" });
  if (subscription.billing_mode !== "prepaid") return err("prepaid_not_up_front");
  if (subscription.status !== "pending") return err("not_pending");
  const offer = await readOffer(trx, tenant, subscription, business.today);
  const chosen = chooseUnit(offer, request);
  if (!chosen.ok) return chosen;
  const received = request.payment?.amountCentavos ?? ZERO;
  const bought = { unit: chosen.value, quantity: request.quantity };
  const unpaid = refuseShort(offer, bought, received) ??
    await refuseOwing(useCase, offer, { ...bought, received });
  if (unpaid !== null) return unpaid;
  const paid = await takeMoney(useCase, request, subscription.subscriber_id);
  if (!paid.ok) return paid;
  const { unit, count, priceCentavos } = chosen.value;
  const { quantity, once: id, begins } = request;
  await replaceFirstPurchase(trx, {
    id,
    subscription_id: subscription.id,
    plan_id: offer.plan.id,
    unit,
    count,
    quantity,
    price_centavos: priceCentavos,
    made_at: at,
    made_by: actor.label,
  });
  await updateSubscriptionActivation(trx, subscription.id, begins);
  const authorisation = { kind: "manual" as const, runId: null, approvedBy: actor.label };
  useCase.touchRouters(await refreshDesired(trx, [subscription.id], { now: at, authorisation }));
  useCase.live([`subscriber:${subscription.subscriber_id}`, "money"]);
  const values = { ppp: subscription.ppp_name, unit, count, quantity };
  await auditSubscription(useCase, subscription, "first_purchase", coded("audit_first_purchase", values));
  return ok({ hasBegun: await beginIfReady(useCase, { ...subscription, activation: begins }) });
}

/** The same form again: what it took stands, waits, or has begun meanwhile. */
async function isSentBefore(
  { trx }: UseCase,
  { once, subscriptionId }: FirstPurchaseRequest,
): Promise<boolean> {
  const waiting = await findFirstPurchase(trx, subscriptionId);
  return waiting?.id === once || await findPurchase(trx, once) !== null;
}

/** Money that waits pays open bills first, and would be gone when the days begin. */
async function refuseOwing(
  { trx }: UseCase,
  { subscription, creditCentavos, total }: PrepaidOffer,
  { unit, quantity, received }: { unit: PrepaidPlan; quantity: number; received: Centavos },
): Promise<Failure<"prepaid_owes_first"> | null> {
  const open = await listOpenBills(trx, [subscription.subscriber_id]);
  const owed = sum(open.map((bill) => centavos(bill.balance_centavos)));
  const missing = total(unit, quantity).totalCentavos + owed - creditCentavos - received;
  return owed === ZERO || missing <= 0n
    ? null
    : err("prepaid_owes_first", { owed, missing: centavos(missing) });
}

async function takeMoney(
  useCase: UseCase,
  { payment, once }: FirstPurchaseRequest,
  subscriberId: string,
): Promise<Result<null, RecordPaymentCode>> {
  if (payment === undefined || payment.amountCentavos === 0n) return ok(null);
  const input: PaymentInput = { ...payment, subscriberId, idempotencyKey: once };
  const posted = await postPayment(useCase, input, await hashPaymentInput(input));
  return posted.ok ? ok(null) : posted;
}

/** The secret may have come while the form was open. */
async function beginIfReady(useCase: UseCase, subscription: SubscriptionRow): Promise<boolean> {
  if (subscription.secret === "wanted" || subscription.activation !== "day") return false;
  return (await beginWithPurchase(useCase, subscription)).ok;
}
