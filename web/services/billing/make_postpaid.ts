import { isBefore } from "@/shared/calendar/mod.ts";
import { coded } from "@/shared/codes/mod.ts";
import { sum } from "@/shared/money/mod.ts";
import { changeToPostpaid, nextBillOn } from "@/web/domain/billing/mod.ts";
import { updateMode } from "@/web/store/billing/mode_changes.ts";
import { findPlan } from "@/web/store/billing/plans.ts";
import { insertUncovered } from "@/web/store/billing/prepaid.ts";
import type { SubscriptionRow } from "@/web/store/subscribers/subscriptions.ts";
import { restoreService } from "../cuts/restore_service.ts";
import { auditSubscription } from "../subscribers/audit_subscription.ts";
import type { UseCase } from "../use_case.ts";
import { billingRules } from "./billing_rules.ts";
import { rulesOf } from "./rule_levels.ts";

/** The subscriber is locked. Bills begin where coverage ends; days without it were not served and are never billed. */
export async function makePostpaid(
  useCase: UseCase,
  subscription: SubscriptionRow,
  today: Temporal.PlainDate,
): Promise<Temporal.PlainDate> {
  const { trx, tenant, at, booking } = useCase;
  const activatedOn = subscription.activated_on ?? today;
  const until = subscription.billed_through_on;
  const bought = until === null ? [] : [{ start: activatedOn, end: until, amountCentavos: sum([]) }];
  const { chargedFrom } = changeToPostpaid({ today, when: "today", unused: "coverage", purchases: bought });
  const begins = until ?? activatedOn;
  if (isBefore(begins, chargedFrom)) {
    const days = { period_start: begins.toString(), period_end: chargedFrom.toString() };
    await insertUncovered(trx, [{ subscription_id: subscription.id, ...days }], at);
  }
  const plan = await findPlan(trx, subscription.plan_id);
  if (plan === null) throw new Error(`Cannot bill ${subscription.id}: it has no plan`);
  const billedThrough = chargedFrom.equals(activatedOn) ? null : chargedFrom;
  const rules = billingRules(tenant, {
    planName: "",
    priceCentavos: 0n,
    anchorDay: subscription.anchor_day,
    timing: subscription.bill_timing,
    activatedOn,
    inEffect: rulesOf(tenant, plan, subscription),
  });
  const next = nextBillOn({ ...rules, billedThrough });
  await updateMode(
    trx,
    subscription.id,
    { billing_mode: "postpaid", billed_through_on: billedThrough, next_bill_on: next },
    today,
  );
  const restored = await restoreService(trx, tenant, subscription.subscriber_id, booking);
  useCase.touchRouters(restored.routerIds);
  useCase.live(["money", "tonight"]);
  await auditSubscription(
    useCase,
    subscription,
    "made_postpaid",
    coded("audit_made_postpaid", { ppp: subscription.ppp_name, on: chargedFrom }),
  );
  return chargedFrom;
}
