import { coded } from "@/shared/codes/mod.ts";
import type { Centavos } from "@/shared/money/mod.ts";
import type { PlannedPurchase, PrepaidPlan } from "@/web/domain/billing/mod.ts";
import { insertCoverage, insertPurchase, updatePrepaid } from "@/web/store/billing/prepaid.ts";
import { auditSubscription } from "../subscribers/audit_subscription.ts";
import { issueBill } from "./issue_bill.ts";
import type { PrepaidOffer } from "./prepaid_offer.ts";
import { rulesOf } from "./rule_levels.ts";
import type { UseCase } from "../use_case.ts";

/** A purchase that is paid in this transaction. */
export interface PaidPurchase {
  /** Id of its form. */
  id: string;
  unit: PrepaidPlan;
  quantity: number;
  planned: PlannedPurchase;
  isRenewal: boolean;
  /** Money comes with it, whose confirmation tells it. @default false */
  isConfirmed?: boolean;
}

/** A purchase as it stands in the books. */
export interface WrittenPurchase {
  billId: string;
  number: string;
  totalCentavos: Centavos;
  fromOn: Temporal.PlainDate;
  /** First day that it does not cover. */
  untilOn: Temporal.PlainDate;
}

/**
 * Writes a purchase: its bill, the days that it charges and where the connection stands after it. The caller has the
 * subscriber locked and pays the bill in the same transaction: a bill of a purchase is never left open.
 */
export async function writePurchase(
  useCase: UseCase,
  offer: PrepaidOffer,
  { id, unit, quantity, planned, isRenewal, isConfirmed = false }: PaidPurchase,
): Promise<WrittenPurchase> {
  const { trx, tenant, at, business, actor } = useCase;
  const { subscription, plan } = offer;
  const [first] = planned.coverage;
  const last = planned.coverage.at(-1);
  if (first === undefined || last === undefined) {
    throw new RangeError(`Cannot sell to ${subscription.id}: the purchase has no days`);
  }
  const bill = await issueBill(useCase, {
    kind: "prepaid",
    subscriberId: subscription.subscriber_id,
    subscriptionId: subscription.id,
    dueOn: business.today,
    graceDays: 0,
    isConfirmed,
    lines: planned.coverage.map(({ start, end }) => ({
      kind: "recurring",
      description: coded("line_prepaid", {
        plan: plan.name,
        unit: unit.unit,
        count: unit.count,
        period: `${start}/${end}`,
      }),
      periodStart: start,
      periodEnd: end,
      amountCentavos: unit.priceCentavos,
      subscriptionId: subscription.id,
    })),
  });
  const begins = offer.coveredUntil ?? subscription.activated_on ?? first.start;
  await insertCoverage(trx, {
    subscription_id: subscription.id,
    bill_id: bill.id,
    plan_name: plan.name,
    price_centavos: unit.priceCentavos,
    anchor_day: planned.anchorDay,
    proration: tenant.proration,
    is_in_full: true,
    suspended_policy: rulesOf(tenant, plan, subscription).suspendedPolicy.value,
    first_billed_on: business.today,
    created_at: at,
  }, {
    covered: planned.coverage,
    uncovered: Temporal.PlainDate.compare(begins, first.start) < 0
      ? { start: begins, end: first.start }
      : null,
  });
  await updatePrepaid(trx, subscription.id, {
    billed_through_on: last.end,
    prepaid_unit: unit.unit,
    prepaid_count: unit.count,
  });
  await insertPurchase(trx, {
    id,
    subscription_id: subscription.id,
    bill_id: bill.id,
    unit: unit.unit,
    count: unit.count,
    quantity,
    price_centavos: unit.priceCentavos,
    from_on: first.start,
    until_on: last.end,
    is_renewal: isRenewal,
    made_at: at,
    made_by: actor.label,
  });
  useCase.live(["money", "tonight"]);
  const { totalCentavos } = bill;
  const values = {
    ppp: subscription.ppp_name,
    number: bill.number,
    amount: totalCentavos,
    from: first.start,
    until: last.end.subtract({ days: 1 }),
  };
  await auditSubscription(
    useCase,
    subscription,
    isRenewal ? "prepaid_renewed" : "prepaid_bought",
    isRenewal ? coded("audit_prepaid_renewed", values) : coded("audit_prepaid_bought", values),
    { bill_id: bill.id },
  );
  return { billId: bill.id, number: bill.number, totalCentavos, fromOn: first.start, untilOn: last.end };
}
