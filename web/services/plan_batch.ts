import { uuidv7 } from "@/shared/ids.ts";
import { AMOUNT_MAX, centavos } from "@/shared/money/mod.ts";
import { nextBillOn, planBills, type PlanBillsInput, type PlannedBill } from "@/web/domain/billing/mod.ts";
import type { DueSubscription, NewBill } from "@/web/store/bill_run.ts";
import type { TenantRow } from "@/web/store/tenants.ts";

/** A half-open period that has a live bill. */
export interface LivePeriod {
  period_start: Temporal.PlainDate;
  period_end: Temporal.PlainDate;
}

/** What a run has to write for one subscription. */
export interface SubscriptionPlan {
  subscription: DueSubscription;
  bills: PlannedBill[];
  billedThrough: Temporal.PlainDate | null;
  nextBillOn: Temporal.PlainDate;
}

/** A subscription that is left alone because its bills would break a bound. */
export class BoundError extends Error {
  override name = "BoundError";
}

/** More missed periods than this in one run are no downtime but a wrong date. */
const BILLS_MAX = 36;

/**
 * Plans one subscription and checks the result against bounds that no right bill exceeds: a bug here is parked with
 * its subscription instead of billing thousands.
 *
 * @throws {BoundError}
 */
export function planSubscription(
  subscription: DueSubscription,
  live: readonly LivePeriod[],
  tenant: TenantRow,
  asOf: Temporal.PlainDate,
): SubscriptionPlan {
  const { activated_on: activatedOn } = subscription;
  if (activatedOn === null) throw new BoundError("it has no activation date");
  const rules: PlanBillsInput = {
    planName: subscription.plan_name,
    timing: "arrears",
    anchorDay: subscription.anchor_day ?? tenant.cycle_day,
    priceCentavos: centavos(subscription.price_centavos),
    activatedOn,
    billedThrough: subscription.billed_through_on,
    asOf,
    termsDays: tenant.terms_days,
    minNoticeDays: tenant.min_notice_days,
    firstBill: tenant.first_bill,
    mergeStubLtDays: tenant.merge_stub_lt_days,
    proration: tenant.proration,
  };
  const planned = planBills(rules);
  if (planned.length > BILLS_MAX) throw new BoundError(`${planned.length} periods are due at once`);
  const bills = planned.filter((bill) => !isBilled(bill, live));
  assertBounds(bills, subscription);
  const ends = [...planned.map((bill) => bill.periodEnd), ...live.map((period) => period.period_end)];
  const billedThrough = ends.reduce<Temporal.PlainDate | null>(later, subscription.billed_through_on);
  const next = nextBillOn({ ...rules, billedThrough });
  if (Temporal.PlainDate.compare(next, asOf) <= 0) {
    throw new BoundError(`its next bill date ${next} does not move`);
  }
  return { subscription, bills, billedThrough, nextBillOn: next };
}

function assertBounds(bills: readonly PlannedBill[], subscription: DueSubscription): void {
  let before: Temporal.PlainDate | null = null;
  for (const bill of bills) {
    if (bill.totalCentavos < 0n || bill.totalCentavos > AMOUNT_MAX) {
      throw new BoundError(`its bill would be ${bill.totalCentavos} centavos`);
    }
    if (bill.lines.some((line) => line.amountCentavos > subscription.price_centavos)) {
      throw new BoundError("a line would cost more than the plan");
    }
    if (bill.lines.length === 0 || bill.lines.length > 2) {
      throw new BoundError(`its bill has ${bill.lines.length} lines`);
    }
    if (before !== null && Temporal.PlainDate.compare(bill.periodStart, before) < 0) {
      throw new BoundError(`its periods overlap at ${bill.periodStart}`);
    }
    before = bill.periodEnd;
  }
}

/** The row of a planned bill. */
export function toNewBill(
  bill: PlannedBill,
  subscription: DueSubscription,
  row: { number: string; graceDays: number; runId: string; at: Temporal.Instant },
): NewBill {
  return {
    id: uuidv7(row.at.epochMilliseconds),
    subscriber_id: subscription.subscriber_id,
    subscription_id: subscription.id,
    number: row.number,
    period_start: bill.periodStart,
    period_end: bill.periodEnd,
    issued_on: bill.issuedOn,
    due_on: bill.dueOn,
    grace_days: row.graceDays,
    total_centavos: bill.totalCentavos,
    run_id: row.runId,
    created_at: row.at,
    lines: bill.lines.map((line) => ({
      kind: line.kind,
      description: line.description,
      period_start: line.periodStart,
      period_end: line.periodEnd,
      amount_centavos: line.amountCentavos,
    })),
  };
}

/** Whether live bills cover a planned one. Half covered means that the cycle moved: a person has to look at it. */
function isBilled(bill: PlannedBill, live: readonly LivePeriod[]): boolean {
  const covered = live.reduce((days, period) => days + sharedDays(bill, period), 0);
  if (covered === 0) return false;
  if (covered === daysFrom(bill.periodStart, bill.periodEnd)) return true;
  throw new BoundError(`its period ${bill.periodStart} to ${bill.periodEnd} is billed in part`);
}

function sharedDays(bill: PlannedBill, period: LivePeriod): number {
  const start = later(bill.periodStart, period.period_start);
  const end = later(bill.periodEnd, period.period_end).equals(bill.periodEnd)
    ? period.period_end
    : bill.periodEnd;
  return Math.max(0, daysFrom(start, end));
}

function daysFrom(start: Temporal.PlainDate, end: Temporal.PlainDate): number {
  return start.until(end, { largestUnit: "day" }).days;
}

function later(a: Temporal.PlainDate | null, b: Temporal.PlainDate): Temporal.PlainDate {
  return a !== null && Temporal.PlainDate.compare(a, b) > 0 ? a : b;
}
