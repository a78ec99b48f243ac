import { coded } from "@/shared/codes/mod.ts";
import { nextBoundaryAfter } from "@/shared/calendar/mod.ts";
import { centavos, ZERO } from "@/shared/money/mod.ts";
import {
  anchorDayFor,
  creditSuspended,
  nextBillOn,
  NO_OWN_RULES,
  planAgain,
  planBills,
  type PlanBillsInput,
  type PlannedBill,
  type PricedPlan,
  type RulesInEffect,
  rulesInEffect,
  type TaxTerms,
  termsOf,
} from "@/web/domain/billing/mod.ts";
import type { DueSubscription } from "@/web/store/billing/bill_run.ts";
import type { WatermarkShape } from "@/web/store/billing/bill_write.ts";
import type { NeverBilled } from "@/web/store/billing/charged_periods.ts";
import type { TenantRow } from "@/web/store/settings/tenants.ts";
import { toBillShape } from "./bill_shape.ts";
import { billingRules } from "./billing_rules.ts";
import { assertBillCount, assertBounds, BoundError } from "./plan_bounds.ts";
import { isPricedOnly, keyOf, pricedKeyOf } from "./plan_keys.ts";
import { withReconnections } from "./reconnection_fees.ts";
import { companyRules, toOwnRules } from "./rule_levels.ts";
import { taxTermsOn } from "./tax_terms.ts";
import { NOTHING_KNOWN, type SubscriptionFacts, type SubscriptionPlan } from "./subscription_plan.ts";

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
  #tax: TaxTerms;
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
    this.#tax = taxTermsOn(tenant, moment.asOf);
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
    const issued = {
      policy: inEffect.suspendedPolicy.value,
      graceDays: inEffect.graceDays.value,
      tax: this.#tax,
      late: { lateFee: inEffect.lateFee.value, lateAfterDays: inEffect.lateAfterDays.value },
    };
    const again = planAgain(facts.freed, rules);
    const asked = again.filter((bill) => bill.isWithheld !== true);
    // While it is off and its bills have stopped, only what was to be billed before is billed.
    const isResting = facts.isOff && subscription.stopped_from_on !== null;
    // Who pays up front gets bills only for what was to be billed again from before.
    const isUpFront = isResting || subscription.billing_mode === "prepaid";
    const due = isUpFront ? [] : planBills(rules).filter((bill) => isBilled(subscription, bill.periodStart));
    assertBillCount(due.length);
    const own = asked.filter((bill) => bill.payerId === undefined);
    const planned = untilStopped(due, facts, own.length, inEffect);
    // A bill that is made again bears what the void one had taken off for periods before it.
    const isGivenBack = subscription.billing_mode === "prepaid";
    const bearing = [...asked, ...planned.filter(isAsked)];
    const all = (isGivenBack ? bearing : this.#creditOff(bearing, rules, facts))
      .map((bill, i) => ({ bill, isAgain: i < asked.length }));
    assertBounds(all.filter(({ isAgain }) => !isAgain).map(({ bill }) => bill), rules);
    const stoppedFrom = due[planned.length]?.periodStart ?? null;
    // A fee is for who pays now: a period that is billed again may be of who paid before.
    // No other bill follows of who pays up front: a fee that its void last bill has left gets one of its own.
    const asksFee = subscription.billing_mode === "prepaid" && own.length === 0 &&
      facts.reconnections.length > 0;
    if (asksFee) all.push({ bill: this.#ofFees(inEffect), isAgain: false });
    const ofPayer = all.findIndex(({ bill }) => bill.payerId === undefined);
    const shapes = all.map(({ bill, isAgain }, i) => ({
      bill,
      shape: toBillShape(i === ofPayer ? withReconnections(bill, facts.reconnections) : bill, {
        ...issued,
        isAgain,
      }),
    }));
    return {
      bills: shapes.map(({ shape }) => shape),
      reconnections: ofPayer < 0 ? [] : facts.reconnections.map(({ id }) => id),
      otherPayers: new Map(
        shapes.flatMap(({ bill, shape }) => bill.payerId === undefined ? [] : [[shape, bill.payerId]]),
      ),
      watermark: this.#watermark(subscription, rules, planned, stoppedFrom),
      isStopped: stoppedFrom !== null,
      stopAfter: inEffect.stopAfterUnpaidBills.value,
      never: passedOver(rules, planned),
      dropped: again.filter((bill) => bill.isWithheld === true)
        .flatMap((bill) => bill.lines.map((line) => line.periodStart.toString())),
    };
  }

  /** A bill of today without days. */
  #ofFees({ termsDays }: RulesInEffect): PlannedBill {
    const today = this.#asOf;
    return {
      periodStart: today,
      periodEnd: today.add({ days: 1 }),
      lines: [],
      totalCentavos: ZERO,
      issuedOn: today,
      dueOn: today.add({ days: termsDays.value }),
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
      ...(subscription.ends_on !== null && { endsOn: Temporal.PlainDate.from(subscription.ends_on) }),
    };
  }

  #planOf(id: string): PricedPlan {
    const plan = this.#plans.get(id);
    if (plan === undefined) throw new BoundError(coded("parked_plan_missing"));
    return plan;
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
      // Of who paid before: what they are owed was given back when the connection went to another.
      if (bill.payerId !== undefined) return bill;
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

/** Days from a planned change to payment up front on are sold, not billed; those behind a planned end are neither. */
function isBilled(
  { prepaid_from_on: prepaidFrom, ends_on: endsOn }: DueSubscription,
  periodStart: Temporal.PlainDate,
): boolean {
  return [prepaidFrom, endsOn].every((from) =>
    from === null || Temporal.PlainDate.compare(periodStart, Temporal.PlainDate.from(from)) < 0
  );
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

/**
 * Of the bills that are due those that a connection gets that is off (billing rule 13, `charge`): the cycle of the cut is
 * charged, and after so many unpaid ones no more are made until it is on again.
 */
function untilStopped(
  due: readonly PlannedBill[],
  facts: SubscriptionFacts,
  again: number,
  { suspendedPolicy: policy, stopAfterUnpaidBills: most }: RulesInEffect,
): readonly PlannedBill[] {
  if (!facts.isOff || most.value === 0 || policy.value === "skip") return due;
  let left = most.value - facts.unpaidBills - again;
  const end = due.findIndex((bill) => isAsked(bill) && left-- <= 0);
  return end < 0 ? due : due.slice(0, end);
}
