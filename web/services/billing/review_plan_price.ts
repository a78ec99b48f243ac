import { isBefore, later, nextBoundaryAfter } from "@/shared/calendar/mod.ts";
import { type Centavos, centavos, sum } from "@/shared/money/mod.ts";
import { anchorDayFor, billDayOf, payOn, type PricedPlan } from "@/web/domain/billing/mod.ts";
import { listOwnPrices, type OwnPriceRow } from "@/web/store/billing/own_prices.ts";
import { listPlanConnections, type PlanConnectionRow } from "@/web/store/billing/plan_connections.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { type OwnPriceMoment, readPlans, termsNow } from "./review_own_price.ts";

/** What a new price of its plan does to one connection. */
export interface PriceEffect {
  /** Of a whole period, on {@link on}. */
  beforeCentavos: Centavos;
  afterCentavos: Centavos;
  /** The first day that is charged by it. */
  on: Temporal.PlainDate;
  /** The bill in which it is seen; null while nothing is billed. */
  billOn: Temporal.PlainDate | null;
  /** A price of its own or a discount counts on that day. */
  hasOwn: boolean;
}

/** A connection with what happens to it. */
export interface PricedConnection extends PriceEffect {
  connectionId: string;
  subscriberId: string;
  name: string;
  accountNumber: string;
  pppName: string;
}

/** What a new price of a plan does. */
export interface PlanPriceReview {
  rows: readonly PricedConnection[];
  /** Connections that pay another price by it. */
  changed: number;
  /** Connections whose own price it does not touch. */
  untouched: number;
  /** All of them together, for a whole period each. */
  beforeCentavos: Centavos;
  afterCentavos: Centavos;
}

/** Works out what a new price of a plan does to each of its connections, before it is saved. */
export async function reviewPlanPrice(
  trx: TenantTransaction,
  moment: OwnPriceMoment,
  input: { planId: string; priceCentavos: Centavos; fromOn: Temporal.PlainDate | null },
): Promise<PlanPriceReview> {
  const connections = await listPlanConnections(trx, input.planId);
  const own = Map.groupBy(
    await listOwnPrices(trx, connections.map(({ id }) => id)),
    (row) => row.subscription_id,
  );
  const plans = await readPlans(trx);
  const after = withPrice(plans, moment, input);
  // Most are alike, as in a bill run.
  const known = new Map<string, PriceEffect>();
  const rows = connections.map((connection): PricedConnection => {
    const prices = own.get(connection.id) ?? [];
    const key = prices.length > 0 ? connection.id : keyOf(connection);
    const effect = known.get(key) ?? effectOn(moment, connection, prices, { before: plans, after, ...input });
    known.set(key, effect);
    return {
      ...effect,
      connectionId: connection.id,
      subscriberId: connection.subscriber_id,
      name: connection.subscriber_name,
      accountNumber: connection.account_number,
      pppName: connection.ppp_name,
    };
  });
  const isChanged = (row: PriceEffect) => row.beforeCentavos !== row.afterCentavos;
  return {
    rows,
    changed: rows.filter(isChanged).length,
    untouched: rows.filter((row) => row.hasOwn && !isChanged(row)).length,
    beforeCentavos: sum(rows.map((row) => row.beforeCentavos)),
    afterCentavos: sum(rows.map((row) => row.afterCentavos)),
  };
}

function withPrice(
  plans: ReadonlyMap<string, PricedPlan>,
  { today }: OwnPriceMoment,
  { planId, priceCentavos, fromOn }: {
    planId: string;
    priceCentavos: Centavos;
    fromOn: Temporal.PlainDate | null;
  },
): ReadonlyMap<string, PricedPlan> {
  const plan = plans.get(planId);
  if (plan === undefined) throw new Error(`Cannot review a price: there is no plan ${planId}`);
  const price = { agreedOn: today, fromOn, priceCentavos: centavos(priceCentavos) };
  return new Map(plans).set(planId, { ...plan, prices: [...plan.prices, price] });
}

interface Change {
  planId: string;
  fromOn: Temporal.PlainDate | null;
  before: ReadonlyMap<string, PricedPlan>;
  after: ReadonlyMap<string, PricedPlan>;
}

function effectOn(
  moment: OwnPriceMoment,
  connection: PlanConnectionRow,
  own: readonly OwnPriceRow[],
  { planId, fromOn, before, after }: Change,
): PriceEffect {
  const { tenant, today } = moment;
  const { activated_on: activatedOn, billed_through_on: billed } = connection;
  const anchorDay = connection.anchor_day ?? anchorDayFor(tenant, activatedOn ?? today);
  const begun = activatedOn ?? today;
  const joined = connection.plan_id === planId ? begun : later(begun, connection.next_plan_on ?? begun);
  const asked = fromOn ?? (isBefore(joined, today) ? nextBoundaryAfter(today, anchorDay) : joined);
  const first = later(asked, joined);
  const on = later(first, billed ?? first);
  const paid = payOn(termsNow(moment, connection, after, own), on);
  const isBilled = activatedOn !== null && connection.next_bill_on !== null &&
    connection.stopped_from_on === null;
  const cycle = { timing: connection.bill_timing, anchorDay, leadDays: tenant.lead_days, today };
  return {
    beforeCentavos: payOn(termsNow(moment, connection, before, own), on).priceCentavos,
    afterCentavos: paid.priceCentavos,
    on,
    billOn: isBilled ? billDayOf(on, cycle) : null,
    hasOwn: paid.own !== undefined,
  };
}

/** Two connections without own prices and with the same key see the same. */
function keyOf(row: PlanConnectionRow): string {
  return [
    row.plan_id,
    row.next_plan_id,
    row.next_plan_on,
    row.anchor_day,
    row.bill_timing,
    row.activated_on,
    row.billed_through_on,
    row.next_bill_on === null,
    row.stopped_from_on === null,
  ].join(" ");
}
