import type { OwnPrice } from "@/web/domain/billing/mod.ts";
import type { DueSubscription } from "@/web/store/billing/bill_run.ts";
import { OWN_RULES_COLUMNS } from "@/web/store/billing/own_rules.ts";
import { toRecordset } from "@/web/store/db/recordset.ts";
import type { SubscriptionFacts } from "./subscription_plan.ts";

/** After so many months the day of activation has no say in a period any more. */
const ACTIVATION_MATTERS_MONTHS = 3;

/** It is unlike others only by its own prices: those who pay the same share a plan. */
export function isPricedOnly(facts: SubscriptionFacts): boolean {
  return !facts.isAheadOfItself && facts.freed.length === 0 && facts.suspended.length === 0 && !facts.isOff &&
    facts.billedLines.length === 0 && facts.reconnections.length === 0;
}

/** A promo of so many periods begins with the service: then its first day has a say for as long as it runs. */
export function pricedKeyOf(row: DueSubscription, own: readonly OwnPrice[]): string {
  const isFromActivation = own.some((price) => price.periods !== null);
  return `${keyOf(row)}\n${isFromActivation ? row.activated_on : ""}\n${toRecordset(own)}`;
}

/** Two subscriptions with the same key get the same bills. */
export function keyOf(row: DueSubscription): string {
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
    row.ends_on,
    row.stopped_from_on,
    row.stopped_at,
    ...OWN_RULES_COLUMNS.map((name) => row[name]),
  ].join("\n");
}

function activationMatters({ activated_on: activated, billed_through_on: billed }: DueSubscription): boolean {
  if (activated === null || billed === null) return true;
  return monthsOf(billed) - monthsOf(activated) < ACTIVATION_MATTERS_MONTHS;
}

function monthsOf(date: string): number {
  return Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7));
}
