import { isBefore } from "@/shared/calendar/mod.ts";
import { type Centavos, centavos } from "@/shared/money/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import {
  anchorDayFor,
  askedFor,
  compareBills,
  type ComparedBill,
  type ConnectionTerms,
  endOfPeriods,
  type OwnPriceKind,
  placeOwnPrices,
  type PricedPlan,
  termsOf,
  WHOLE_BASIS_POINTS,
} from "@/web/domain/billing/mod.ts";
import { OWN_PRICE_MAX, PLAN_MAX } from "@/web/domain/billing/limits.ts";
import { listOwnPrices, type OwnPriceRow, type PricedConnection } from "@/web/store/billing/own_prices.ts";
import { listPricedPlans } from "@/web/store/billing/plan_prices.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import type { TenantRow } from "@/web/store/settings/tenants.ts";
import type { SubscriptionRow } from "@/web/store/subscribers/subscriptions.ts";
import type { AboveLimitCode } from "../access/role_limit.ts";
import { checkReason } from "../reason.ts";
import { billingRules } from "./billing_rules.ts";
import { nextCycleOf } from "./next_cycle.ts";
import { toOwnPrices } from "./own_prices.ts";
import { toPricedPlan } from "./priced_plans.ts";
import { taxTermsOn } from "./tax_terms.ts";

/** What a person agrees with a subscriber. */
export interface OwnPriceInput {
  kind: OwnPriceKind;
  /** The price, or what comes off. */
  amountCentavos: Centavos;
  /** Hundredths of a percent that come off. */
  basisPoints: number;
  /** A day that a person named; null: from the next period. */
  startOn: Temporal.PlainDate | null;
  /** Neither this nor {@link periods}: no end. */
  lastOn: Temporal.PlainDate | null;
  periods: number | null;
  reason: string;
}

/** Why an own price is not agreed. */
export type OwnPriceCode =
  | AboveLimitCode
  | "subscription_not_found"
  | "price_out_of_range"
  | "own_price_free_of_nothing"
  | "percent_out_of_range"
  | "price_day_billed"
  | "price_day_too_far"
  | "price_ends_before"
  | "periods_out_of_range"
  | "reason_required"
  | "reason_too_long";

/** An own price as it will be noted. */
export type NewOwnPrice = Pick<
  OwnPriceRow,
  | "kind"
  | "amount_centavos"
  | "basis_points"
  | "from_on"
  | "last_on"
  | "periods"
  | "is_by_day"
  | "only_plan_id"
  | "reason"
>;

/** What agreeing it does, before it is done. */
export interface OwnPriceReview {
  price: NewOwnPrice;
  /** What it takes the place of: ends before it begins, */
  ended: readonly { row: OwnPriceRow; lastOn: Temporal.PlainDate }[];
  /** or never begins. */
  takenBack: readonly OwnPriceRow[];
  before: ConnectionTerms;
  after: ConnectionTerms;
  bills: readonly ComparedBill[];
}

/** When it is, and by whose rules. */
export interface OwnPriceMoment {
  tenant: TenantRow;
  today: Temporal.PlainDate;
}

const BILLS_SHOWN = 6;

/** Works out what an own price does: from which day, what it ends, and what the next bills will be. */
export async function reviewOwnPrice(
  trx: TenantTransaction,
  moment: OwnPriceMoment,
  connection: SubscriptionRow,
  input: OwnPriceInput,
): Promise<Result<OwnPriceReview, OwnPriceCode>> {
  const asked = priceOf(moment, connection, input);
  if (!asked.ok) return asked;
  const price = asked.value;
  const rows = await listOwnPrices(trx, [connection.id]);
  const plans = await readPlans(trx);
  const place = placeOf(moment, connection);
  const overlapping = rows.filter((row) => overlaps(row, price));
  const isEarlier = (row: OwnPriceRow) => isBefore(row.from_on, price.from_on);
  const ended = overlapping.filter(isEarlier).map((row) => {
    const [placed] = placeOwnPrices(toOwnPrices([row], connection), place);
    const own = placed?.end?.subtract({ days: 1 }) ?? null;
    const before = price.from_on.subtract({ days: 1 });
    const lastOn = own !== null && row.periods !== null && isBefore(own, before) ? own : before;
    return { row, lastOn };
  });
  const takenBack = overlapping.filter((row) => !isEarlier(row));
  const left = rows.filter((row) => !takenBack.includes(row)).map((row): OwnPriceRow => {
    const end = ended.find((one) => one.row === row);
    return end === undefined ? row : { ...row, last_on: end.lastOn, periods: null };
  });
  const noted: OwnPriceRow = { ...NOT_NOTED, ...price, subscription_id: connection.id };
  const before = termsNow(moment, connection, plans, rows);
  const after = termsNow(moment, connection, plans, [...left, noted]);
  const bills = compareBills(
    rulesFor(moment, connection, before),
    rulesFor(moment, connection, after),
    BILLS_SHOWN,
  );
  const taxed = bills.map((bill) => {
    const tax = taxTermsOn(moment.tenant, bill.issueOn);
    return {
      ...bill,
      beforeCentavos: askedFor(tax, bill.beforeCentavos),
      afterCentavos: askedFor(tax, bill.afterCentavos),
    };
  });
  return ok({ price, ended, takenBack, before, after, bills: taxed });
}

/** The plans by id, with all their prices. */
export async function readPlans(trx: TenantTransaction): Promise<ReadonlyMap<string, PricedPlan>> {
  return new Map((await listPricedPlans(trx)).map((plan) => [plan.id, toPricedPlan(plan)]));
}

/** What a connection pays by its days. One that has not begun counts as beginning today. */
export function termsNow(
  moment: OwnPriceMoment,
  connection: PricedConnection,
  plans: ReadonlyMap<string, PricedPlan>,
  rows: readonly OwnPriceRow[],
): ConnectionTerms {
  const plan = plans.get(connection.plan_id);
  const following = connection.next_plan_id === null ? undefined : plans.get(connection.next_plan_id);
  if (plan === undefined) throw new Error(`Cannot price connection ${connection.id}: its plan is not there`);
  const next = following === undefined || connection.next_plan_on === null
    ? null
    : { plan: following, on: connection.next_plan_on };
  return termsOf({ plan, next, ...placeOf(moment, connection), own: toOwnPrices(rows, connection) });
}

function rulesFor({ tenant, today }: OwnPriceMoment, connection: SubscriptionRow, terms: ConnectionTerms) {
  const activatedOn = connection.activated_on ?? today;
  const rules = billingRules(tenant, {
    ...terms,
    anchorDay: connection.anchor_day,
    timing: connection.bill_timing,
    activatedOn,
  });
  return { ...rules, changes: terms.changes, billedThrough: connection.billed_through_on };
}

function placeOf({ tenant, today }: OwnPriceMoment, connection: PricedConnection) {
  const activatedOn = connection.activated_on ?? today;
  return {
    activatedOn,
    anchorDay: connection.anchor_day ?? anchorDayFor(tenant, activatedOn),
    nextPlanOn: connection.next_plan_on,
  };
}

/** The price with its days, or what is wrong with it. */
function priceOf(
  moment: OwnPriceMoment,
  connection: SubscriptionRow,
  input: OwnPriceInput,
): Result<NewOwnPrice, OwnPriceCode> {
  const reason = checkReason(input.reason);
  if (!reason.ok) return reason;
  const rate = rateOf(input);
  if (!rate.ok) return rate;
  const from = firstDayOf(moment, connection, input);
  if (!from.ok) return from;
  const { periods } = input;
  if (input.lastOn !== null && isBefore(input.lastOn, from.value)) {
    return err("price_ends_before", { from: from.value });
  }
  if (periods !== null && (!Number.isInteger(periods) || periods < 1 || periods > OWN_PRICE_MAX.periods)) {
    return err("periods_out_of_range", { max: OWN_PRICE_MAX.periods });
  }
  const isKnown = periods !== null && connection.activated_on !== null;
  const { anchorDay } = placeOf(moment, connection);
  const { next_plan_on: nextOn } = connection;
  return ok({
    ...rate.value,
    from_on: from.value,
    last_on: isKnown ? endOfPeriods(from.value, periods, anchorDay).subtract({ days: 1 }) : input.lastOn,
    periods: isKnown ? null : periods,
    is_by_day: input.startOn !== null,
    only_plan_id: nextOn !== null && !isBefore(from.value, nextOn)
      ? connection.next_plan_id
      : connection.plan_id,
    reason: reason.value,
  });
}

function rateOf(
  { kind, amountCentavos, basisPoints }: OwnPriceInput,
): Result<Pick<NewOwnPrice, "kind" | "amount_centavos" | "basis_points">, OwnPriceCode> {
  if (kind === "percent_off") {
    if (!Number.isInteger(basisPoints) || basisPoints < 1 || basisPoints > WHOLE_BASIS_POINTS) {
      return err("percent_out_of_range");
    }
    return ok({ kind, amount_centavos: 0n, basis_points: basisPoints });
  }
  if (amountCentavos < 0n || amountCentavos > PLAN_MAX.priceCentavos) {
    return err("price_out_of_range", { max: PLAN_MAX.priceCentavos });
  }
  if (kind === "amount_off" && amountCentavos === 0n) return err("own_price_free_of_nothing");
  return ok({ kind, amount_centavos: amountCentavos, basis_points: 0 });
}

/** Nothing that is billed changes: from the next period, or from a day that is not billed yet. */
function firstDayOf(
  { tenant, today }: OwnPriceMoment,
  connection: SubscriptionRow,
  { startOn }: OwnPriceInput,
): Result<Temporal.PlainDate, OwnPriceCode> {
  const { activated_on: activatedOn, billed_through_on: billed } = connection;
  if (startOn === null) return ok(nextPeriodOf({ tenant, today }, connection));
  const first = billed ?? activatedOn ?? today;
  if (isBefore(startOn, first)) return err("price_day_billed", { from: first });
  const last = today.add({ days: OWN_PRICE_MAX.daysAhead });
  return isBefore(last, startOn) ? err("price_day_too_far", { last }) : ok(startOn);
}

/** First day of the period that begins next; the first of all where service begins today or later. */
export function nextPeriodOf(
  { tenant, today }: OwnPriceMoment,
  connection: SubscriptionRow,
): Temporal.PlainDate {
  const { activated_on: activatedOn, billed_through_on: billed } = connection;
  if (activatedOn === null) return today;
  if (billed === null && !isBefore(activatedOn, today)) return activatedOn;
  return nextCycleOf({ tenant, business: { today } }, connection, activatedOn);
}

function overlaps(row: OwnPriceRow, price: NewOwnPrice): boolean {
  const isOver = row.last_on !== null && isBefore(row.last_on, price.from_on);
  const isLater = price.last_on !== null && isBefore(price.last_on, row.from_on);
  return !isOver && !isLater;
}

/** A row before it is one. */
const NOT_NOTED: OwnPriceRow = {
  tenant_id: "",
  subscription_id: "",
  id: "",
  kind: "price",
  amount_centavos: centavos(0),
  basis_points: 0,
  from_on: Temporal.PlainDate.from("2000-01-01"),
  last_on: null,
  periods: null,
  is_by_day: false,
  only_plan_id: null,
  reason: "",
  agreed_on: Temporal.PlainDate.from("2000-01-01"),
  agreed_at: Temporal.Instant.fromEpochMilliseconds(0),
  agreed_by: "",
  taken_back_at: null,
  taken_back_by: null,
};
