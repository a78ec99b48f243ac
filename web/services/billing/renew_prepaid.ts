import { uuidv7 } from "@/shared/ids.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { type Coded, coded, formatCoded } from "@/shared/codes/mod.ts";
import { findPlannedModeChange } from "@/web/store/billing/mode_changes.ts";
import { listRenewing, updatePrepaid } from "@/web/store/billing/prepaid.ts";
import { hasSystemLogSince, insertSystemLog } from "@/web/store/access/system_log.ts";
import { withTenant } from "@/web/store/db/tenant_transaction.ts";
import { lockSubscribersOf } from "@/web/store/subscribers/subscribers.ts";
import { lockSubscription } from "@/web/store/subscribers/subscriptions.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { restoreService } from "../cuts/restore_service.ts";
import { applyIdleCredit } from "../payments/apply_credit.ts";
import { auditSubscription } from "../subscribers/audit_subscription.ts";
import { runUseCase, type UseCase } from "../use_case.ts";
import { eachApart } from "./each_apart.ts";
import { readOffer, renewalUnit } from "./prepaid_offer.ts";
import { writePurchase } from "./write_purchase.ts";

/**
 * Buys again, from credit, for connections that renew themselves and whose coverage has ended by a day: before the cut
 * list of that day is made. A late run gives the same coverage as one on the day. May be killed and repeated; one that
 * cannot be written stops nobody else.
 */
export async function renewPrepaidOf(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: { businessOn: Temporal.PlainDate },
): Promise<Result<{ renewed: number }, "clock_doubted">> {
  const due = await withTenant(context.db, tenantId, (trx) => listRenewing(trx, input.businessOn));
  const counts = await eachApart(context, tenantId, actor, {
    ids: due.map((row) => row.id),
    work: async (useCase, id) => {
      await lockSubscribersOf(useCase.trx, [id]);
      const { count, missed } = await renewOne(useCase, id, input.businessOn);
      if (missed !== null) await noteMissed(useCase, id, input.businessOn, missed);
      const owner = due.find((row) => row.id === id);
      if (count > 0 && owner !== undefined) await restoreRenewed(useCase, owner.subscriber_id);
      return count;
    },
    event: "prepaid_not_renewed",
    why: (error) => coded("prepaid_not_renewed", { details: error.message }),
  });
  return counts.ok ? ok({ renewed: counts.value.reduce((all, one) => all + one, 0) }) : counts;
}

/**
 * A posting renews what had run out, so that it is on at once. The subscriber is locked by the caller, who removes the
 * block reason afterwards.
 */
export async function renewOnPosting(useCase: UseCase, subscriberId: string): Promise<void> {
  const { today } = useCase.business;
  for (const { id } of await listRenewing(useCase.trx, today, subscriberId)) {
    await renewOne(useCase, id, today);
  }
}

/** What a renewal did. */
interface Renewed {
  /** Times that it bought. */
  count: number;
  /** Why a day that is not paid for was not bought. Null: the day is paid for, or nothing was to be bought. */
  missed: Coded | null;
}

/** Buys what it bought last, once more for each one that has ended by the day, as far as the credit goes. */
async function renewOne(useCase: UseCase, subscriptionId: string, on: Temporal.PlainDate): Promise<Renewed> {
  const { trx, tenant, at, booking } = useCase;
  let count = 0;
  while (true) {
    const subscription = await lockSubscription(trx, subscriptionId);
    const until = subscription?.billed_through_on ?? null;
    if (subscription === null || until === null || !subscription.renews_itself) {
      return { count, missed: null };
    }
    if (subscription.billing_mode !== "prepaid" || Temporal.PlainDate.compare(on, until) < 0) {
      return { count, missed: null };
    }
    const offer = await readOffer(trx, tenant, subscription, on);
    const unit = renewalUnit(offer);
    if (unit === undefined || unit.priceCentavos === 0n) return { count, missed: coded("renewal_not_sold") };
    if (offer.openBill !== null) return { count, missed: coded("renewal_bill_open") };
    const price = offer.total(unit, 1).totalCentavos;
    if (offer.creditCentavos < price) {
      return { count, missed: coded("renewal_credit_short", { credit: offer.creditCentavos, price }) };
    }
    const planned = offer.purchase(unit, 1);
    await writePurchase(useCase, offer, {
      id: uuidv7(at.epochMilliseconds),
      unit,
      quantity: 1,
      planned,
      isRenewal: true,
    });
    await applyIdleCredit(trx, [subscription.subscriber_id], booking);
    count++;
  }
}

/**
 * Somebody counts on it: on the day on which the paid days end, the timeline and the system log say why they were not
 * bought again. A day that is run again says it once.
 */
async function noteMissed(useCase: UseCase, id: string, on: Temporal.PlainDate, why: Coded): Promise<void> {
  const { trx, at } = useCase;
  const subscription = await lockSubscription(trx, id);
  if (subscription === null || !subscription.billed_through_on?.equals(on)) return;
  const event = "prepaid_renewal_missed";
  const since = at.subtract({ hours: 20 });
  if (await hasSystemLogSince(trx, { event, subscriptionId: id, since })) return;
  await insertSystemLog(trx, { at, level: "warn", event, message: formatCoded(why), subscriptionId: id });
  await auditSubscription(useCase, subscription, "renewal_missed", why);
}

async function restoreRenewed(useCase: UseCase, subscriberId: string): Promise<void> {
  const restored = await restoreService(useCase.trx, useCase.tenant, subscriberId, useCase.booking);
  useCase.touchRouters(restored.routerIds);
}

/** Why renewal is not switched. */
export type SwitchRenewalCode = "subscription_not_found" | "prepaid_not_up_front";

/**
 * Switches on or off that a connection buys from credit when its coverage ends, or on the day from which it is prepaid.
 */
export async function switchRenewal(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: { subscriptionId: string; renewsItself: boolean },
): Promise<Result<null, SwitchRenewalCode>> {
  return await runUseCase(context, tenantId, actor, async (useCase) => {
    await lockSubscribersOf(useCase.trx, [input.subscriptionId]);
    const subscription = await lockSubscription(useCase.trx, input.subscriptionId);
    if (subscription === null) return err("subscription_not_found");
    // One that will be prepaid may be told beforehand to buy from credit on that day.
    const isComing = await findPlannedModeChange(useCase.trx, subscription.id) !== null;
    if (subscription.billing_mode !== "prepaid" && !isComing) return err("prepaid_not_up_front");
    if (subscription.renews_itself === input.renewsItself) return ok(null);
    await updatePrepaid(useCase.trx, subscription.id, { renews_itself: input.renewsItself });
    const values = { ppp: subscription.ppp_name };
    const summary = input.renewsItself
      ? coded("audit_renewal_on", values)
      : coded("audit_renewal_off", values);
    await auditSubscription(useCase, subscription, "renewal_switched", summary);
    return ok(null);
  });
}
