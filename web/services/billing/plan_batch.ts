import { type Coded, coded, formatCoded } from "@/shared/codes/mod.ts";
import { nextBoundaryAfter } from "@/shared/calendar/mod.ts";
import { AMOUNT_MAX, centavos } from "@/shared/money/mod.ts";
import {
  anchorDayFor,
  type BilledLine,
  creditSuspended,
  type DayRange,
  type FreedPeriod,
  nextBillOn,
  NO_OWN_RULES,
  type OwnPrice,
  planAgain,
  planBills,
  type PlanBillsInput,
  type PlannedBill,
  type PricedPlan,
  type RulesInEffect,
  rulesInEffect,
  termsOf,
} from "@/web/domain/billing/mod.ts";
import type { DueSubscription } from "@/web/store/billing/bill_run.ts";
import type { BillShape, WatermarkShape } from "@/web/store/billing/bill_write.ts";
import type { NeverBilled } from "@/web/store/billing/charged_periods.ts";
import { toRecordset } from "@/web/store/db/recordset.ts";
import type { TenantRow } from "@/web/store/settings/tenants.ts";
import { toBillShape } from "./bill_shape.ts";
import { billingRules } from "./billing_rules.ts";
import { companyRules, toOwnRules } from "./rule_levels.ts";

/** What a run has to write for one subscription. */
export interface SubscriptionPlan {
  subscription: DueSubscription;
  bills: readonly BillShape[];
  /** Whose those of its bills are that are of another subscriber than has it now. */
  otherPayers: ReadonlyMap<BillShape, string>;
  watermark: WatermarkShape;
  /** Bills stop with this run: too many are unpaid. */
  isStopped: boolean;
  /** Days that it passes over for good. */
  never: readonly Omit<NeverBilled, "subscription_id">[];
  /** First days of freed periods that will not be billed after all: they were suspended all the time. */
  dropped: readonly string[];
}

/** What is known of one subscription beyond its row. Most have nothing of it. */
export interface SubscriptionFacts {
  /** It has periods beyond the day up to which it counts as billed. */
  isAheadOfItself: boolean;
  /** Periods whose bills were voided. */
  freed: readonly FreedPeriod[];
  /** Days that are not charged, in order and apart from each other. */
  suspended: readonly DayRange[];
  /** The service is off now. */
  isOff: boolean;
  unpaidBills: number;
  /** Lines billed in advance whose suspended days come off the next bill. */
  billedLines: readonly BilledLine[];
  /** What it pays in place of the plan's price. */
  own: readonly OwnPrice[];
}

/** A subscription that is left alone because its bills would break a bound: the reason is a code with its values. */
export class BoundError extends Error {
  override name = "BoundError";

  constructor(readonly why: Coded) {
    super(formatCoded(why));
  }
}

/** More missed periods than this in one run are no downtime but a wrong date. */
const BILLS_MAX = 36;
/** A stub with the month after it, and changes of plan and price within. More is no bill of ours. */
const LINES_MAX = 6;
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
  #at: Temporal.Instant;
  #plans: ReadonlyMap<string, PricedPlan>;
  #known = new Map<string, Omit<SubscriptionPlan, "subscription">>();

  /**
   * @param moment the business day of the run, and the real time that a stop is noted with
   * @param plans by id, with all their prices
   */
  constructor(
    tenant: TenantRow,
    moment: { asOf: Temporal.PlainDate; at: Temporal.Instant },
    plans: ReadonlyMap<string, PricedPlan>,
  ) {
    this.#tenant = tenant;
    this.#asOf = moment.asOf;
    this.#at = moment.at;
    this.#plans = plans;
  }

  /** @throws {BoundError} */
  plan(subscription: DueSubscription, facts: SubscriptionFacts | null): SubscriptionPlan {
    if (facts !== null && !isPricedOnly(facts)) {
      return { subscription, ...this.#compute(subscription, facts) };
    }
    const key = facts === null ? keyOf(subscription) : pricedKeyOf(subscription, facts.own);
    let plan = this.#known.get(key);
    if (plan === undefined) {
      plan = this.#compute(subscription, facts ?? NOTHING_KNOWN);
      this.#known.set(key, plan);
    }
    return { subscription, ...plan };
  }

  #compute(subscription: DueSubscription, facts: SubscriptionFacts): Omit<SubscriptionPlan, "subscription"> {
    if (facts.isAheadOfItself) throw new BoundError(coded("parked_ahead"));
    const inEffect = this.#rulesInEffect(subscription);
    const rules = this.#rulesOf(subscription, facts, inEffect);
    const issued = { policy: this.#tenant.suspended_policy, graceDays: inEffect.graceDays.value };
    const again = planAgain(facts.freed, rules);
    const asked = again.filter((bill) => bill.isWithheld !== true);
    // While it is off and its bills have stopped, only what was to be billed before is billed.
    const isResting = facts.isOff && subscription.stopped_from_on !== null;
    // Who pays up front gets bills only for what was to be billed again from before.
    const isUpFront = isResting || subscription.billing_mode === "prepaid";
    const due = isUpFront ? [] : planBills(rules).filter((bill) => isBilled(subscription, bill.periodStart));
    if (due.length > BILLS_MAX) throw new BoundError(coded("parked_too_many", { count: due.length }));
    const own = asked.filter((bill) => bill.payerId === undefined);
    const planned = this.#untilStopped(due, facts, own.length);
    const bills = this.#creditOff(planned.filter(isAsked), rules, facts);
    assertBounds(bills, rules);
    const stoppedFrom = due[planned.length]?.periodStart ?? null;
    const shapes = asked.map((bill) => ({ bill, shape: toBillShape(bill, { ...issued, isAgain: true }) }));
    return {
      bills: [
        ...shapes.map(({ shape }) => shape),
        ...bills.map((bill) => toBillShape(bill, { ...issued, isAgain: false })),
      ],
      otherPayers: new Map(
        shapes.flatMap(({ bill, shape }) => bill.payerId === undefined ? [] : [[shape, bill.payerId]]),
      ),
      watermark: this.#watermark(subscription, rules, planned, stoppedFrom),
      isStopped: stoppedFrom !== null,
      never: passedOver(rules, planned),
      dropped: again.filter((bill) => bill.isWithheld === true)
        .flatMap((bill) => bill.lines.map((line) => line.periodStart.toString())),
    };
  }

  /** By the plan that is billed: in arrears the one that it leaves has its say on the last of its bills. */
  #rulesInEffect(subscription: DueSubscription): RulesInEffect {
    const { bill_timing: timing, next_plan_on: on, next_plan_id: next, plan_id } = subscription;
    const billed = this.#asOf.add({ days: this.#tenant.lead_days }).toString();
    const hasCome = timing === "advance" && on !== null && next !== null && on <= billed;
    const plan = this.#planOf(hasCome ? next : plan_id);
    return rulesInEffect(companyRules(this.#tenant), plan.rules ?? NO_OWN_RULES, toOwnRules(subscription));
  }

  #rulesOf(
    subscription: DueSubscription,
    facts: SubscriptionFacts,
    inEffect: RulesInEffect,
  ): PlanBillsInput {
    const { activated_on, billed_through_on, next_plan_on, next_plan_id, plan_id } = subscription;
    if (activated_on === null) throw new BoundError(coded("parked_not_activated"));
    const activatedOn = Temporal.PlainDate.from(activated_on);
    const anchorDay = subscription.anchor_day ?? anchorDayFor(this.#tenant, activatedOn);
    const next = next_plan_on === null || next_plan_id === null
      ? null
      : { on: Temporal.PlainDate.from(next_plan_on), plan: this.#planOf(next_plan_id) };
    const terms = termsOf({ plan: this.#planOf(plan_id), next, anchorDay, activatedOn, own: facts.own });
    return {
      ...billingRules(this.#tenant, {
        ...terms,
        anchorDay,
        timing: subscription.bill_timing,
        activatedOn,
        inEffect,
      }),
      billedThrough: billed_through_on === null ? null : Temporal.PlainDate.from(billed_through_on),
      asOf: this.#asOf,
      changes: terms.changes,
      suspended: facts.suspended,
    };
  }

  #planOf(id: string): PricedPlan {
    const plan = this.#plans.get(id);
    if (plan === undefined) throw new BoundError(coded("parked_plan_missing"));
    return plan;
  }

  /**
   * Of the bills that are due those that a connection gets that is off (billing rule 13, `charge`): the cycle of the cut is
   * charged, and after so many unpaid ones no more are made until it is on again.
   */
  #untilStopped(
    due: readonly PlannedBill[],
    facts: SubscriptionFacts,
    again: number,
  ): readonly PlannedBill[] {
    const { stop_after_unpaid_bills: most, suspended_policy: policy } = this.#tenant;
    if (!facts.isOff || most === 0 || policy === "skip") return due;
    let left = most - facts.unpaidBills - again;
    const end = due.findIndex((bill) => isAsked(bill) && left-- <= 0);
    return end < 0 ? due : due.slice(0, end);
  }

  /** Takes off what was billed in advance for days that were suspended since: once, from the first bill that can bear it. */
  #creditOff(
    bills: readonly PlannedBill[],
    rules: PlanBillsInput,
    facts: SubscriptionFacts,
  ): PlannedBill[] {
    if (rules.timing !== "advance" || facts.billedLines.length === 0) return [...bills];
    let billed = facts.billedLines;
    return bills.map((bill) => {
      const off = creditSuspended(billed, facts.suspended, this.#asOf, bill.totalCentavos);
      billed = billed.map((line) => {
        const taken = off.filter((one) => one.periodStart.equals(line.periodStart))
          .reduce((total, one) => total - one.amountCentavos, 0n);
        return { ...line, creditedCentavos: centavos(line.creditedCentavos + taken) };
      });
      const credit = off.reduce((total, line) => total + line.amountCentavos, 0n);
      return {
        ...bill,
        lines: [...bill.lines, ...off],
        totalCentavos: centavos(bill.totalCentavos + credit),
      };
    });
  }

  #watermark(
    subscription: DueSubscription,
    rules: PlanBillsInput,
    planned: readonly PlannedBill[],
    stoppedFrom: Temporal.PlainDate | null,
  ): WatermarkShape {
    if (subscription.billing_mode === "prepaid") {
      const { billed_through_on } = subscription;
      return { billed_through_on, next_bill_on: null, stopped_from_on: null, stopped_at: null };
    }
    const billedThrough = stoppedFrom ?? planned.at(-1)?.periodEnd ?? rules.billedThrough;
    const stoodFrom = planned.length === 0 && stoppedFrom === null ? subscription.stopped_from_on : null;
    const isAtRest = stoppedFrom !== null || stoodFrom !== null;
    // Nobody knows when a suspended one comes back: it is looked at every day. One that has stopped, every cycle.
    const tomorrow = this.#asOf.add({ days: 1 });
    // What a planned change leaves out is looked at every day, for the case that it is cancelled.
    const next = isAtRest
      ? nextBoundaryAfter(this.#asOf, rules.anchorDay)
      : isBilled(subscription, billedThrough ?? rules.activatedOn)
      ? nextBillOn({ ...rules, billedThrough, suspended: rules.suspended ?? [] }) ?? tomorrow
      : tomorrow;
    if (Temporal.PlainDate.compare(next, this.#asOf) <= 0) {
      throw new BoundError(coded("parked_stands_still", { day: next }));
    }
    return {
      billed_through_on: billedThrough?.toString() ?? null,
      next_bill_on: next.toString(),
      stopped_from_on: stoppedFrom?.toString() ?? stoodFrom,
      stopped_at: stoppedFrom === null
        ? (stoodFrom === null ? null : subscription.stopped_at)
        : this.#at.toString(),
    };
  }
}

/** A subscription that is left alone, and why. */
export interface ParkedSubscription<Due extends DueSubscription = DueSubscription> {
  subscription: Due;
  why: Coded;
}

/** Plans all of a batch; whoever cannot be planned stops nobody else. */
export function planEach<Due extends DueSubscription>(
  planner: BillPlanner,
  due: readonly Due[],
  facts: ReadonlyMap<string, SubscriptionFacts>,
): { plans: SubscriptionPlan[]; parked: ParkedSubscription<Due>[] } {
  const plans: SubscriptionPlan[] = [];
  const parked: ParkedSubscription<Due>[] = [];
  for (const subscription of due) {
    try {
      plans.push(planner.plan(subscription, facts.get(subscription.id) ?? null));
    } catch (error) {
      if (!(error instanceof BoundError || error instanceof RangeError)) throw error;
      const why = error instanceof BoundError
        ? error.why
        : coded("parked_cannot_count", { details: error.message });
      parked.push({ subscription, why });
    }
  }
  return { plans, parked };
}

/** Days from a planned change to payment up front on are sold, not billed. */
function isBilled({ prepaid_from_on: from }: DueSubscription, periodStart: Temporal.PlainDate): boolean {
  return from === null || Temporal.PlainDate.compare(periodStart, Temporal.PlainDate.from(from)) < 0;
}

function isAsked(bill: PlannedBill): boolean {
  return bill.isWithheld !== true;
}

/** Days that no bill will ever have: a free first stub, and periods of which every day was suspended. */
function passedOver(rules: PlanBillsInput, planned: readonly PlannedBill[]): SubscriptionPlan["never"] {
  const never: SubscriptionPlan["never"][number][] = [];
  const add = (start: Temporal.PlainDate, end: Temporal.PlainDate, why: NeverBilled["why"]) =>
    never.push({ period_start: start.toString(), period_end: end.toString(), why, stopped_at: null });
  const [first] = planned;
  if (rules.billedThrough === null && first !== undefined && !first.periodStart.equals(rules.activatedOn)) {
    add(rules.activatedOn, first.periodStart, "free");
  }
  for (const bill of planned) if (!isAsked(bill)) add(bill.periodStart, bill.periodEnd, "suspended");
  return never;
}

/** A subscription like most. */
export const NOTHING_KNOWN: SubscriptionFacts = {
  isAheadOfItself: false,
  freed: [],
  suspended: [],
  isOff: false,
  unpaidBills: 0,
  billedLines: [],
  own: [],
};

/** It is unlike others only by its own prices: those who pay the same share a plan. */
function isPricedOnly(facts: SubscriptionFacts): boolean {
  return !facts.isAheadOfItself && facts.freed.length === 0 && facts.suspended.length === 0 && !facts.isOff &&
    facts.billedLines.length === 0;
}

/** A promo of so many periods begins with the service: then its first day has a say for as long as it runs. */
function pricedKeyOf(row: DueSubscription, own: readonly OwnPrice[]): string {
  const isFromActivation = own.some((price) => price.periods !== null);
  return `${keyOf(row)}\n${isFromActivation ? row.activated_on : ""}\n${toRecordset(own)}`;
}

/** Two subscriptions with the same key get the same bills. */
function keyOf(row: DueSubscription): string {
  return [
    row.plan_id,
    row.billing_mode,
    row.bill_timing,
    row.anchor_day ?? (activationMatters(row) ? null : row.activated_on?.slice(8)),
    activationMatters(row) ? row.activated_on : null,
    row.billed_through_on,
    row.next_plan_on,
    row.next_plan_id,
    row.prepaid_from_on,
    row.stopped_from_on,
    row.stopped_at,
    row.own_terms_days,
    row.own_grace_days,
    row.own_first_bill,
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
  const prices = [rules.priceCentavos, ...(rules.changes ?? []).map((change) => change.priceCentavos)];
  const most = prices.reduce((a, b) => a > b ? a : b);
  let before: Temporal.PlainDate | null = null;
  for (const bill of bills) {
    if (bill.totalCentavos < 0n || bill.totalCentavos > AMOUNT_MAX) {
      throw new BoundError(coded("parked_amount", { amount: bill.totalCentavos }));
    }
    if (bill.lines.some((line) => line.amountCentavos > most)) {
      throw new BoundError(coded("parked_line_price"));
    }
    const charges = bill.lines.filter((line) => line.amountCentavos >= 0n).length;
    if (charges === 0 || charges > LINES_MAX) throw new BoundError(coded("parked_lines", { count: charges }));
    if (before !== null && Temporal.PlainDate.compare(bill.periodStart, before) < 0) {
      throw new BoundError(coded("parked_overlap", { day: bill.periodStart }));
    }
    before = bill.periodEnd;
  }
}
