import { formatCoded } from "@/shared/codes/mod.ts";
import { AMOUNT_MAX, centavos } from "@/shared/money/mod.ts";
import {
  type BilledLine,
  creditSuspended,
  type DayRange,
  nextBillOn,
  planBills,
  type PlanBillsInput,
  type PlannedBill,
} from "@/web/domain/billing/mod.ts";
import { legsOfBillIssued } from "@/web/domain/payments/mod.ts";
import type { DueSubscription, LivePeriod } from "@/web/store/billing/bill_run.ts";
import type { BillShape, WatermarkShape } from "@/web/store/billing/bill_write.ts";
import type { TenantRow } from "@/web/store/settings/tenants.ts";
import { billingRules } from "./billing_rules.ts";

/** What a run has to write for one subscription. */
export interface SubscriptionPlan {
  subscription: DueSubscription;
  bills: readonly BillShape[];
  watermark: WatermarkShape;
  /** Bills stop with this run: too many are unpaid. */
  isStopped: boolean;
  /** Its place moves over days that none of these bills has: only a note can tell where it was before. */
  isPassedOver: boolean;
}

/** What is known of one subscription beyond its row. Most have nothing of it. */
export interface SubscriptionFacts {
  live: readonly LivePeriod[];
  /** Days that are not charged, in order and apart from each other. */
  suspended: readonly DayRange[];
  /** The service is off now. */
  isOff: boolean;
  unpaidBills: number;
  /** Lines billed in advance whose suspended days come off the next bill. */
  billedLines: readonly BilledLine[];
}

/** A subscription that is left alone because its bills would break a bound. */
export class BoundError extends Error {
  override name = "BoundError";
}

/** More missed periods than this in one run are no downtime but a wrong date. */
const BILLS_MAX = 36;
/** After so many months the day of activation has no say in a period any more. */
const ACTIVATION_MATTERS_MONTHS = 3;

/**
 * Plans the subscriptions of a run. Those that are alike (plan, cycle, watermark) share one plan, so that date
 * arithmetic is done once for hundreds of them. Every plan is checked against bounds that no right bill exceeds: a bug
 * here is parked with its subscription instead of billing thousands.
 */
export class BillPlanner {
  #tenant: TenantRow;
  #asOf: Temporal.PlainDate;
  #known = new Map<string, Omit<SubscriptionPlan, "subscription">>();

  constructor(tenant: TenantRow, asOf: Temporal.PlainDate) {
    this.#tenant = tenant;
    this.#asOf = asOf;
  }

  /** @throws {BoundError} */
  plan(subscription: DueSubscription, facts: SubscriptionFacts | null): SubscriptionPlan {
    if (facts !== null) return { subscription, ...this.#compute(subscription, facts) };
    const key = keyOf(subscription);
    let plan = this.#known.get(key);
    if (plan === undefined) {
      plan = this.#compute(subscription, NOTHING_KNOWN);
      this.#known.set(key, plan);
    }
    return { subscription, ...plan };
  }

  #compute(subscription: DueSubscription, facts: SubscriptionFacts): Omit<SubscriptionPlan, "subscription"> {
    const rules = this.#rulesOf(subscription, facts);
    const planned = planBills(rules);
    if (planned.length > BILLS_MAX) throw new BoundError(`${planned.length} periods are due at once`);
    const wanted = planned.filter((bill) => bill.isWithheld !== true && !isBilled(bill, facts.live));
    const allowed = this.#allowedBills(subscription, facts, wanted);
    const bills = wanted.slice(0, allowed).map((bill) => this.#creditOff(bill, rules, facts));
    assertBounds(bills, rules);
    const stoppedFrom = wanted[allowed]?.periodStart.toString() ?? null;
    const stood = facts.isOff ? subscription.stopped_from_on : null;
    const watermark = { ...this.#watermark(rules, planned, facts), stopped_from_on: stood ?? stoppedFrom };
    return {
      bills: bills.map(toShape),
      watermark,
      isStopped: stood === null && stoppedFrom !== null,
      isPassedOver: watermark.stopped_from_on !== subscription.stopped_from_on ||
        !isCovered(bills, subscription, watermark.billed_through_on),
    };
  }

  #rulesOf(subscription: DueSubscription, facts: SubscriptionFacts): PlanBillsInput {
    const { activated_on, billed_through_on, next_plan_on, next_plan_name, next_price_centavos } =
      subscription;
    if (activated_on === null) throw new BoundError("it has no activation date");
    const nextPlan = next_plan_on === null || next_price_centavos === null ? null : {
      on: Temporal.PlainDate.from(next_plan_on),
      planName: next_plan_name ?? "",
      priceCentavos: centavos(next_price_centavos),
    };
    return {
      ...billingRules(this.#tenant, {
        planName: subscription.plan_name,
        priceCentavos: subscription.price_centavos,
        anchorDay: subscription.anchor_day,
        timing: subscription.bill_timing,
        activatedOn: Temporal.PlainDate.from(activated_on),
      }),
      billedThrough: billed_through_on === null ? null : Temporal.PlainDate.from(billed_through_on),
      asOf: this.#asOf,
      nextPlan,
      suspended: facts.suspended,
    };
  }

  /**
   * How many more bills a connection gets that is off (billing rule 13, `charge`): the cycle of the cut is charged, and
   * after so many unpaid ones no more are made until it is on again.
   */
  #allowedBills(
    subscription: DueSubscription,
    facts: SubscriptionFacts,
    wanted: readonly PlannedBill[],
  ): number {
    const most = this.#tenant.stop_after_unpaid_bills;
    if (!facts.isOff || most === 0 || this.#tenant.suspended_policy === "skip") return wanted.length;
    const { stopped_from_on: stopped } = subscription;
    if (stopped === null) return Math.max(0, most - facts.unpaidBills);
    const before = wanted.filter((bill) => bill.periodStart.toString() < stopped);
    return before.length;
  }

  /** Takes off what was billed in advance for days that were suspended since. */
  #creditOff(bill: PlannedBill, rules: PlanBillsInput, facts: SubscriptionFacts): PlannedBill {
    if (rules.timing !== "advance" || facts.billedLines.length === 0) return bill;
    const off = creditSuspended(facts.billedLines, facts.suspended, this.#asOf, bill.totalCentavos);
    const credit = off.reduce((total, line) => total + line.amountCentavos, 0n);
    return { ...bill, lines: [...bill.lines, ...off], totalCentavos: centavos(bill.totalCentavos + credit) };
  }

  #watermark(
    rules: PlanBillsInput,
    planned: readonly PlannedBill[],
    facts: SubscriptionFacts,
  ): Omit<WatermarkShape, "stopped_from_on"> {
    const ends = [...planned.map((bill) => bill.periodEnd), ...facts.live.map((period) => period.period_end)];
    const billedThrough = ends.reduce<Temporal.PlainDate | null>(later, rules.billedThrough);
    // Nobody knows when a suspended one comes back: it is looked at every day.
    const next = nextBillOn({ ...rules, billedThrough, suspended: rules.suspended ?? [] }) ??
      this.#asOf.add({ days: 1 });
    if (Temporal.PlainDate.compare(next, this.#asOf) <= 0) {
      throw new BoundError(`its next bill date ${next} does not move`);
    }
    return { billed_through_on: billedThrough?.toString() ?? null, next_bill_on: next.toString() };
  }
}

/** Whether bills cover every day from where a subscription stood to where it stands after them. */
function isCovered(bills: readonly PlannedBill[], before: DueSubscription, after: string | null): boolean {
  if (after === before.billed_through_on) return true;
  let place = before.billed_through_on ?? before.activated_on;
  for (const bill of bills) {
    if (bill.periodStart.toString() !== place) return false;
    place = bill.periodEnd.toString();
  }
  return place === after;
}

const NOTHING_KNOWN: SubscriptionFacts = {
  live: [],
  suspended: [],
  isOff: false,
  unpaidBills: 0,
  billedLines: [],
};

/** Two subscriptions with the same key get the same bills. */
function keyOf(row: DueSubscription): string {
  return [
    row.plan_name,
    row.price_centavos,
    row.bill_timing,
    row.anchor_day ?? (activationMatters(row) ? null : row.activated_on?.slice(8)),
    activationMatters(row) ? row.activated_on : null,
    row.billed_through_on,
    row.next_plan_on,
    row.next_plan_name,
    row.next_price_centavos,
  ].join("\n");
}

function activationMatters({ activated_on: activated, billed_through_on: billed }: DueSubscription): boolean {
  if (activated === null || billed === null) return true;
  return monthsOf(billed) - monthsOf(activated) < ACTIVATION_MATTERS_MONTHS;
}

function monthsOf(date: string): number {
  return Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7));
}

function assertBounds(bills: readonly PlannedBill[], rules: PlanBillsInput): void {
  const next = rules.nextPlan?.priceCentavos ?? rules.priceCentavos;
  const most = next > rules.priceCentavos ? next : rules.priceCentavos;
  let before: Temporal.PlainDate | null = null;
  for (const bill of bills) {
    if (bill.totalCentavos < 0n || bill.totalCentavos > AMOUNT_MAX) {
      throw new BoundError(`its bill would be ${bill.totalCentavos} centavos`);
    }
    if (bill.lines.some((line) => line.amountCentavos > most)) {
      throw new BoundError("a line would cost more than the plan");
    }
    const charges = bill.lines.filter((line) => line.amountCentavos >= 0n).length;
    if (charges === 0 || charges > 3) throw new BoundError(`its bill has ${charges} lines`);
    if (before !== null && Temporal.PlainDate.compare(bill.periodStart, before) < 0) {
      throw new BoundError(`its periods overlap at ${bill.periodStart}`);
    }
    before = bill.periodEnd;
  }
}

/** Stands for whoever the bill is for. */
const OWN = "subscriber";

function toShape(bill: PlannedBill): BillShape {
  const legs = legsOfBillIssued({ subscriberId: OWN, lines: bill.lines });
  return {
    period_start: bill.periodStart.toString(),
    period_end: bill.periodEnd.toString(),
    issued_on: bill.issuedOn.toString(),
    due_on: bill.dueOn.toString(),
    total_centavos: bill.totalCentavos.toString(),
    lines: bill.lines.map((line) => ({
      kind: line.kind,
      description: formatCoded(line.description),
      period_start: line.periodStart.toString(),
      period_end: line.periodEnd.toString(),
      amount_centavos: line.amountCentavos.toString(),
    })),
    legs: legs.map((leg) => ({
      account: leg.account,
      is_own: leg.subscriberId !== null,
      amount_centavos: leg.amountCentavos.toString(),
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
