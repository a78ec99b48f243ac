import type { Coded } from "@/shared/codes/mod.ts";
import { type Centavos, centavos } from "@/shared/money/mod.ts";
import {
  anomaliesOf,
  BILL_ANOMALIES,
  type BillAnomaly,
  compareWithUsual,
  isUnusual,
  type PricedPlan,
  sameDaysBefore,
  USUAL_MONTHS,
  type UsualBills,
} from "@/web/domain/billing/mod.ts";
import {
  type DueDay,
  type DueWithName,
  type EndToCome,
  type LastBillRow,
  listDueDays,
  listDueForPreview,
  listEndsForPreview,
  listLastBills,
  listPayerNames,
  type PayerName,
  sumBillsOfDays,
} from "@/web/store/billing/bill_preview.ts";
import type { BillShape, WatermarkShape } from "@/web/store/billing/bill_write.ts";
import { listPricedPlans } from "@/web/store/billing/plan_prices.ts";
import { findScheduledRun } from "@/web/store/billing/runs.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import type { TenantRow } from "@/web/store/settings/tenants.ts";
import { readFacts } from "./bill_facts.ts";
import { BillPlanner } from "./bill_planner.ts";
import { planEach } from "./plan_batch.ts";
import { endRows, ownerOf } from "./preview_ends.ts";
import type { SubscriptionPlan } from "./subscription_plan.ts";
import { toPricedPlan } from "./priced_plans.ts";

/** A bill that a run would issue, or a connection that it would leave alone. */
export interface PreviewRow {
  /** Connection and number of its bill within the run. */
  key: string;
  subscriptionId: string;
  subscriberId: string;
  name: string;
  accountNumber: string;
  pppName: string;
  /** Empty for a connection that is parked. */
  planName: string;
  /** Null for a connection that is parked. */
  period: { start: Temporal.PlainDate; end: Temporal.PlainDate } | null;
  dueOn: Temporal.PlainDate | null;
  totalCentavos: Centavos;
  /** Of the bill before it; null when there is none. */
  lastCentavos: Centavos | null;
  anomalies: readonly BillAnomaly[];
  /** Why it is parked. */
  why: Coded | null;
}

/** Bills of one plan. */
export interface PlanTotal {
  planName: string;
  bills: number;
  amountCentavos: Centavos;
}

/** What a bill run of a day would issue, written nowhere. */
export interface BillPreview extends UsualBills {
  businessOn: Temporal.PlainDate;
  bills: number;
  amountCentavos: Centavos;
  plans: PlanTotal[];
  counts: Record<BillAnomaly, number>;
  /** Bills and parked connections with something wrong about them. */
  unusual: number;
  rows: PreviewRow[];
}

const BATCH = 2000;

/**
 * Plans the bills of a day as the run does, with the same planner and the same facts, and writes nothing. Before its day
 * it tells what would be issued if nothing changes until then.
 */
export async function previewBills(
  trx: TenantTransaction,
  tenant: TenantRow,
  { businessOn, today, at }: {
    businessOn: Temporal.PlainDate;
    today: Temporal.PlainDate;
    at: Temporal.Instant;
  },
): Promise<BillPreview> {
  // As the run: late bills are made as of the day on which they are made.
  const asOf = Temporal.PlainDate.compare(businessOn, today) > 0 ? businessOn : today;
  const priced = await listPricedPlans(trx);
  const plans = new Map(priced.map((plan) => [plan.id, toPricedPlan(plan)]));
  const planner = new BillPlanner(tenant, { asOf, at }, plans);
  const before = await planOfDayBefore(trx, tenant, { businessOn, today, at }, plans);
  const rows: PreviewRow[] = [];
  const ends = new Map((await listEndsForPreview(trx, businessOn)).map((end) => [end.id, end]));
  const places = new Map<string, WatermarkShape>();
  let afterId: string | null = null;
  while (true) {
    const page = { leadDays: tenant.lead_days, afterId, limit: BATCH };
    const due: DueWithName[] = await listDueForPreview(trx, businessOn, page);
    const facts = await readFacts(trx, due, tenant, asOf);
    const all = planEach(planner, due.filter(({ id }) => !ends.has(id)), facts);
    const earlier = before === null ? [] : planEach(before, due.filter(isDueBefore(businessOn)), facts).plans;
    for (const { subscription: { id }, watermark } of earlier) if (ends.has(id)) places.set(id, watermark);
    const planned = before === null ? all : { ...all, plans: withoutEarlier(all.plans, earlier) };
    const last = new Map(
      (await listLastBills(trx, planned.plans.filter(hasBills).map(({ subscription }) => subscription.id)))
        .map((row) => [row.subscription_id, row]),
    );
    const known = new Map(due.map((one) => [one.id, one]));
    const others = await listPayerNames(trx, planned.plans.flatMap((plan) => [...plan.otherPayers.values()]));
    for (const plan of planned.plans) {
      const owner = known.get(plan.subscription.id);
      if (owner !== undefined) rows.push(...rowsOf(plan, owner, last.get(owner.id), others));
    }
    rows.push(...planned.parked.map(({ subscription, why }) => parkedRow(subscription, why)));
    afterId = due.at(-1)?.id ?? null;
    if (due.length < BATCH) break;
  }
  // Earlier nights have made what ends before; the next one makes all whose day is over.
  const isMadeNow = ({ last_on: last }: EndToCome) =>
    before === null || last.add({ days: 1 }).equals(businessOn);
  rows.push(...await endRows(trx, { tenant, asOf }, [...ends.values()].filter(isMadeNow), places));
  return { businessOn, ...summary(rows), ...await usualOf(trx, businessOn, rows) };
}

/** The days of the runs to come with how many connections are due, the next run first. */
export async function listRunsToCome(
  trx: TenantTransaction,
  today: Temporal.PlainDate,
  limit: number,
): Promise<DueDay[]> {
  return await listDueDays(trx, await firstDayToRun(trx, today), limit);
}

async function firstDayToRun(trx: TenantTransaction, today: Temporal.PlainDate): Promise<Temporal.PlainDate> {
  const run = await findScheduledRun(trx, "bill", today);
  return run?.status === "done" ? today.add({ days: 1 }) : today;
}

/** The planner of the day before, for a day that other runs come before; null for the next run. */
async function planOfDayBefore(
  trx: TenantTransaction,
  tenant: TenantRow,
  { businessOn, today, at }: {
    businessOn: Temporal.PlainDate;
    today: Temporal.PlainDate;
    at: Temporal.Instant;
  },
  plans: ReadonlyMap<string, PricedPlan>,
): Promise<BillPlanner | null> {
  if (Temporal.PlainDate.compare(businessOn, await firstDayToRun(trx, today)) <= 0) return null;
  return new BillPlanner(tenant, { asOf: businessOn.subtract({ days: 1 }), at }, plans);
}

function isDueBefore(day: Temporal.PlainDate): (row: DueWithName) => boolean {
  const text = day.toString();
  return (row) => row.next_bill_on < text;
}

/** What the runs before it will have billed is not of this run. */
function withoutEarlier(
  plans: readonly SubscriptionPlan[],
  earlier: readonly SubscriptionPlan[],
): SubscriptionPlan[] {
  const done = new Map(
    earlier.map(({ subscription, bills }) => [
      subscription.id,
      new Set(bills.map((bill) => bill.period_start)),
    ]),
  );
  return plans.map((plan) => {
    const billed = done.get(plan.subscription.id);
    if (billed === undefined) return plan;
    return { ...plan, bills: plan.bills.filter((bill) => !billed.has(bill.period_start)) };
  });
}

function hasBills({ bills }: SubscriptionPlan): boolean {
  return bills.length > 0;
}

function rowsOf(
  plan: SubscriptionPlan,
  owner: DueWithName,
  last: LastBillRow | undefined,
  others: ReadonlyMap<string, PayerName>,
): PreviewRow[] {
  let before = last === undefined ? null : {
    totalCentavos: centavos(last.total_centavos),
    priceCentavos: centavos(last.price_centavos),
  };
  return plan.bills.map((bill, i): PreviewRow => {
    const totalCentavos = centavos(bill.total_centavos);
    const anomalies = anomaliesOf({
      totalCentavos,
      isFirst: i === 0 && owner.billed_through_on === null,
      inThisRun: plan.bills.length,
      last: before,
    });
    const row = {
      ...ownerOf(owner, i),
      ...others.get(plan.otherPayers.get(bill) ?? ""),
      planName: planNameOf(bill),
      period: {
        start: Temporal.PlainDate.from(bill.period_start),
        end: Temporal.PlainDate.from(bill.period_end),
      },
      dueOn: Temporal.PlainDate.from(bill.due_on),
      totalCentavos,
      lastCentavos: before?.totalCentavos ?? null,
      anomalies,
      why: null,
    };
    before = { totalCentavos, priceCentavos: priceOf(bill) };
    return row;
  });
}

function parkedRow(owner: DueWithName, why: Coded): PreviewRow {
  return {
    ...ownerOf(owner, 0),
    planName: "",
    period: null,
    dueOn: null,
    totalCentavos: centavos(0),
    lastCentavos: null,
    anomalies: ["parked"],
    why,
  };
}

/** The plan that it ends on. */
function planNameOf({ lines }: BillShape): string {
  return lines.findLast(({ terms }) => terms !== null)?.terms?.plan_name ?? "";
}

function priceOf({ lines }: BillShape): Centavos {
  const prices = lines.flatMap(({ terms }) => terms === null ? [] : [BigInt(terms.price_centavos)]);
  return centavos(prices.reduce((most, price) => price > most ? price : most, 0n));
}

function summary(rows: readonly PreviewRow[]) {
  const counts = Object.fromEntries(BILL_ANOMALIES.map((one) => [one, 0])) as Record<BillAnomaly, number>;
  const plans = new Map<string, PlanTotal>();
  let [bills, amount, unusual] = [0, 0n, 0];
  for (const row of rows) {
    for (const one of row.anomalies) counts[one]++;
    if (isUnusual(row.anomalies)) unusual++;
    if (row.period === null) continue;
    bills++;
    amount += row.totalCentavos;
    const plan = plans.get(row.planName) ??
      { planName: row.planName, bills: 0, amountCentavos: centavos(0) };
    plan.bills++;
    plan.amountCentavos = centavos(plan.amountCentavos + row.totalCentavos);
    plans.set(row.planName, plan);
  }
  return {
    bills,
    amountCentavos: centavos(amount),
    plans: [...plans.values()].sort((a, b) => b.bills - a.bills || (a.planName < b.planName ? -1 : 1)),
    counts,
    unusual,
    rows: [...rows],
  };
}

async function usualOf(
  trx: TenantTransaction,
  businessOn: Temporal.PlainDate,
  rows: readonly PreviewRow[],
): Promise<UsualBills> {
  const earlier: number[] = [];
  for (let months = 1; months <= USUAL_MONTHS; months++) {
    const bills = await sumBillsOfDays(trx, sameDaysBefore(businessOn, months));
    if (bills !== null) earlier.push(bills);
  }
  return compareWithUsual(rows.filter(isOfRun).length, earlier);
}

/** Last bills are made in the night before, and are none of the run's. */
function isOfRun({ period, anomalies }: PreviewRow): boolean {
  return period !== null && !anomalies.includes("final");
}
