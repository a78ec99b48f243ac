import { type Centavos, centavos, subtract, sum, ZERO } from "@/shared/money/mod.ts";
import {
  anchorDayFor,
  type PlannedPurchase,
  planPurchase,
  prepaidMonthPrice,
  type PrepaidPlan,
  priceOfUnit,
  type TaxedSum,
  taxedSum,
} from "@/web/domain/billing/mod.ts";
import { listFirstPurchasesBeside } from "@/web/store/billing/first_purchases.ts";
import { listOwnPrices } from "@/web/store/billing/own_prices.ts";
import { findPlan, type PlanRow } from "@/web/store/billing/plans.ts";
import { findLastPeriod, findOpenPurchaseBill, listPrepaidUnits } from "@/web/store/billing/prepaid.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { listCreditSources } from "@/web/store/payments/credit_sources.ts";
import type { TenantRow } from "@/web/store/settings/tenants.ts";
import type { SubscriptionRow } from "@/web/store/subscribers/subscriptions.ts";
import { toOwnPrices } from "./own_prices.ts";
import { taxTermsOn } from "./tax_terms.ts";

/** What a connection may buy up front today, and from what. */
export interface PrepaidOffer {
  subscription: SubscriptionRow;
  plan: PlanRow;
  /** What its plan sells, with the prices of today. */
  units: PrepaidPlan[];
  /** First day that nothing was bought for; null: nothing yet. */
  coveredUntil: Temporal.PlainDate | null;
  /** Money that has bought nothing, and that no other connection of the payer waits with for its first day. */
  creditCentavos: Centavos;
  /** A purchase that is not paid any more; until it is settled nothing is sold. */
  openBill: { id: string; number: string } | null;
  /** What a purchase of today asks for, with its VAT. */
  total(unit: PrepaidPlan, quantity: number): TaxedSum;
  /** The days that a purchase of today covers. */
  purchase(unit: PrepaidPlan, quantity: number): PlannedPurchase;
}

type Selected = Pick<
  SubscriptionRow,
  | "id"
  | "subscriber_id"
  | "plan_id"
  | "next_plan_id"
  | "next_plan_on"
  | "anchor_day"
  | "activated_on"
  | "billed_through_on"
>;

/** Reads what a connection may buy, by the plan of the first day of it. A plan that was archived goes on selling to those who are on it. */
export async function readOffer<Row extends Selected>(
  trx: TenantTransaction,
  tenant: TenantRow,
  subscription: Row,
  today: Temporal.PlainDate,
): Promise<Omit<PrepaidOffer, "subscription"> & { subscription: Row }> {
  const last = await findLastPeriod(trx, subscription.id);
  const purchase = (unit: PrepaidPlan, quantity: number) =>
    planPurchase({
      last: last === null ? null : {
        start: last.period_start,
        end: last.period_end,
        anchorDay: last.anchor_day ?? last.period_end.day,
      },
      today,
      plan: unit,
      quantity,
      lapse: tenant.prepaid_lapse,
    });
  const from = purchase(ANY_DAY, 1).coverage[0]?.start ?? today;
  const isNext = hasChanged(subscription, from);
  const planId = isNext ? subscription.next_plan_id ?? subscription.plan_id : subscription.plan_id;
  const plan = await findPlan(trx, planId);
  if (plan === null) throw new Error(`Cannot sell to ${subscription.id}: it has no plan`);
  const own = await listOwnPrices(trx, [subscription.id]);
  const activatedOn = subscription.activated_on ?? today;
  const month = prepaidMonthPrice(
    centavos(plan.price_centavos),
    toOwnPrices(own, { ...subscription, plan_id: planId }),
    {
      on: isNext ? from : today,
      anchorDay: subscription.anchor_day ?? anchorDayFor(tenant, activatedOn),
      activatedOn,
    },
  );
  const units = (await listPrepaidUnits(trx, plan.id)).map((unit): PrepaidPlan => {
    const priceCentavos = unit.price_centavos === null ? null : centavos(unit.price_centavos);
    return {
      unit: unit.unit,
      count: unit.count,
      priceCentavos: priceOfUnit({ ...unit, priceCentavos }, month),
    };
  });
  const tax = taxTermsOn(tenant, today);
  const total = (unit: Pick<PrepaidPlan, "priceCentavos">, quantity: number) =>
    taxedSum(tax, centavos(unit.priceCentavos * BigInt(quantity)));
  const { id: subscriptionId, subscriber_id: subscriberId } = subscription;
  const sources = await listCreditSources(trx, [subscriberId]);
  const waiting = await listFirstPurchasesBeside(trx, { subscriberId, subscriptionId });
  const credit = sum(sources.map((source) => centavos(source.available_centavos)));
  const spoken = sum(
    waiting.map((row) => total({ priceCentavos: centavos(row.price_centavos) }, row.quantity).totalCentavos),
  );
  return {
    subscription,
    plan,
    units,
    coveredUntil: subscription.billed_through_on,
    creditCentavos: spoken < credit ? subtract(credit, spoken) : ZERO,
    openBill: await findOpenPurchaseBill(trx, subscription.id),
    total,
    purchase,
  };
}

/** Whatever is bought begins on the same day. */
const ANY_DAY: PrepaidPlan = { unit: "days", count: 1, priceCentavos: centavos(1) };

/** Whether a day is one of the plan that comes next. */
function hasChanged({ next_plan_on: on }: Selected, day: Temporal.PlainDate): boolean {
  return on !== null && Temporal.PlainDate.compare(on, day) <= 0;
}

/**
 * What a connection that renews itself buys: what it bought last. One that comes from bills has bought nothing yet, and
 * buys a month, where its plan sells one.
 */
export function renewalUnit(
  { units, subscription }: Pick<PrepaidOffer, "units"> & {
    subscription: Pick<SubscriptionRow, "prepaid_unit" | "prepaid_count">;
  },
): PrepaidPlan | undefined {
  const { prepaid_unit: unit, prepaid_count: count } = subscription;
  const wanted = unit === null ? { unit: "months", count: 1 } : { unit, count };
  return units.find((one) => one.unit === wanted.unit && one.count === wanted.count);
}
