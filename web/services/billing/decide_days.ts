import { coded } from "@/shared/codes/mod.ts";
import { type Centavos, centavos, sum } from "@/shared/money/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import {
  anchorDayFor,
  chargePeriod,
  type CycleDays,
  type DayRange,
  type PlannedBillLine,
  splitByCycle,
  type SuspendedPolicy,
  termsOf,
} from "@/web/domain/billing/mod.ts";
import { listSuspensions } from "@/web/store/billing/bill_run.ts";
import {
  countDecided,
  type DaysKey,
  type DaysToBill,
  replaceDaysToBill,
  updateDaysNever,
  updateDaysUnexplained,
} from "@/web/store/billing/decided_days.ts";
import { type DecisionRow, listDecisions } from "@/web/store/billing/parked_bills.ts";
import { listPricedPlans } from "@/web/store/billing/plan_prices.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import type { TenantRow } from "@/web/store/settings/tenants.ts";
import { lockSubscribersOf } from "@/web/store/subscribers/subscribers.ts";
import { lockSubscription, type SubscriptionRow } from "@/web/store/subscribers/subscriptions.ts";
import { auditSubscription } from "../subscribers/audit_subscription.ts";
import { uncharged } from "./bill_facts.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { suspendedPolicyOf } from "./rule_levels.ts";
import { toPricedPlan } from "./priced_plans.ts";
import { runUseCase, type UseCase } from "../use_case.ts";

/** Why nothing is decided. */
export type DecideDaysCode = "subscription_not_found" | "plan_not_found" | "days_decided";

/** What days are charged by; left out, the plan of the connection and its price of then. */
export interface ChosenTerms {
  planId?: string | undefined;
  priceCentavos?: Centavos | undefined;
}

/** What the days that nothing explains would cost. */
export interface DaysOffer {
  planId: string;
  planName: string;
  /** The price that a person named; null: what the plan cost on the first day of each part. */
  chosenCentavos: Centavos | null;
  lines: PlannedBillLine[];
  totalCentavos: Centavos;
  /** What it pays for days that are off. */
  suspendedPolicy: SuspendedPolicy;
}

type Connection = Pick<
  SubscriptionRow,
  "id" | "plan_id" | "anchor_day" | "activated_on" | "own_suspended_policy" | "own_suspended_policy_on"
>;

/** Prices the days of a connection that nothing explains; null when there are none, or the plan is not there. */
export async function offerDays(
  trx: TenantTransaction,
  tenant: TenantRow,
  connection: Connection,
  { unexplained }: Pick<DecisionRow, "unexplained">,
  chosen: ChosenTerms = {},
): Promise<DaysOffer | null> {
  const [first] = unexplained;
  const plans = await listPricedPlans(trx);
  const plan = plans.find(({ id }) => id === (chosen.planId ?? connection.plan_id));
  if (first === undefined || plan === undefined || connection.activated_on === null) return null;
  const anchorDay = connection.anchor_day ?? anchorDayFor(tenant, connection.activated_on);
  const start = Temporal.PlainDate.from(first.start);
  const policy = suspendedPolicyOf(
    tenant,
    plans.find(({ id }) => id === connection.plan_id) ?? plan,
    connection,
  );
  const suspended = uncharged(await listSuspensions(trx, [connection.id], start), policy);
  const agreed = termsOf({
    plan: toPricedPlan(plan),
    next: null,
    anchorDay,
    activatedOn: connection.activated_on,
  });
  const priceOn = (date: Temporal.PlainDate) =>
    (agreed.changes.findLast(({ on }) => Temporal.PlainDate.compare(on, date) <= 0) ?? agreed).priceCentavos;
  const terms = { planName: plan.name, anchorDay, proration: tenant.proration };
  const lines = unexplained.flatMap((days) =>
    splitByCycle(rangeOf(days), anchorDay).map((part) =>
      toLine(part, suspended, {
        ...terms,
        priceCentavos: chosen.priceCentavos ?? priceOn(part.start),
      })
    )
  );
  return {
    planId: plan.id,
    planName: plan.name,
    chosenCentavos: chosen.priceCentavos ?? null,
    lines,
    totalCentavos: sum(lines.map((line) => line.amountCentavos)),
    suspendedPolicy: policy.suspended_policy,
  };
}

function toLine(
  { start, end }: CycleDays,
  suspended: readonly DayRange[],
  terms: { planName: string; anchorDay: number; proration: TenantRow["proration"]; priceCentavos: Centavos },
): PlannedBillLine {
  return chargePeriod({ ...terms, periodStart: start, periodEnd: end, suspended });
}

function rangeOf({ start, end }: { start: string; end: string }): CycleDays {
  return { start: Temporal.PlainDate.from(start), end: Temporal.PlainDate.from(end) };
}

/** What of a connection was shown when it was decided about: another one is another decision. */
export function daysSeen(unexplained: DecisionRow["unexplained"]): string {
  return unexplained.map(({ start, end }) => `${start}/${end}`).join(" ");
}

/** Decides that the days of a connection that nothing explains are never billed. */
export async function neverBillDays(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: { subscriptionId: string; seen: string },
): Promise<Result<null, DecideDaysCode>> {
  return await runUseCase(context, tenantId, actor, async (useCase) => {
    const found = await find(useCase, input);
    if (!found.ok) return found;
    const { connection, row } = found.value;
    await updateDaysNever(useCase.trx, keysOf(row));
    await auditSubscription(
      useCase,
      connection,
      "days_never",
      coded("audit_days_never", { count: row.unexplained.length }),
      { starts: startsOf(keysOf(row)) },
    );
    return ok(null);
  });
}

/**
 * Decides that the days of a connection that nothing explains are billed, at the plan and price that were shown: one bill
 * for each cycle, by the next run.
 */
export async function billDays(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: ChosenTerms & { subscriptionId: string; seen: string; totalCentavos: Centavos },
): Promise<Result<{ totalCentavos: Centavos }, DecideDaysCode>> {
  return await runUseCase(context, tenantId, actor, async (useCase) => {
    const { trx, tenant } = useCase;
    const found = await find(useCase, input);
    if (!found.ok) return found;
    const { connection, row } = found.value;
    const offer = await offerDays(trx, tenant, connection, row, input);
    if (offer === null) return err("plan_not_found");
    // A price that was agreed meanwhile would make another bill than the one that was shown.
    if (offer.totalCentavos !== input.totalCentavos) return err("days_decided");
    const parts = partsOf(useCase, row, offer);
    await replaceDaysToBill(trx, parts, useCase.business.today);
    await auditSubscription(
      useCase,
      connection,
      "days_to_bill",
      coded("audit_days_to_bill", { count: parts.length, amount: offer.totalCentavos }),
      { starts: startsOf(parts) },
    );
    return ok({ totalCentavos: offer.totalCentavos });
  });
}

/** Takes a decision back while nothing has come of it; for undo. */
export async function reopenDays(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: { subscriptionId: string; starts: string; was: "never" | "to_bill_again" },
): Promise<Result<null, DecideDaysCode>> {
  return await runUseCase(context, tenantId, actor, async (useCase) => {
    await lockSubscribersOf(useCase.trx, [input.subscriptionId]);
    const connection = await lockSubscription(useCase.trx, input.subscriptionId);
    if (connection === null) return err("subscription_not_found");
    const keys = keysFrom(connection.id, input.starts);
    if (await countDecided(useCase.trx, keys, input.was) !== keys.length) return err("days_decided");
    await updateDaysUnexplained(useCase.trx, keys);
    await auditSubscription(useCase, connection, "days_open_again", coded("audit_days_open_again"));
    return ok(null);
  });
}

/** Behind the locks of everybody who writes to the connection. */
async function find(
  { trx }: UseCase,
  { subscriptionId, seen }: { subscriptionId: string; seen: string },
): Promise<Result<{ connection: SubscriptionRow; row: DecisionRow }, DecideDaysCode>> {
  await lockSubscribersOf(trx, [subscriptionId]);
  const connection = await lockSubscription(trx, subscriptionId);
  if (connection === null) return err("subscription_not_found");
  const [row] = await listDecisions(trx, [subscriptionId]);
  if (row === undefined || row.unexplained.length === 0 || daysSeen(row.unexplained) !== seen) {
    return err("days_decided");
  }
  return ok({ connection, row });
}

/** The days of a connection by their first ones. */
export function keysOf({ subscription_id, unexplained }: DecisionRow): DaysKey[] {
  return unexplained.map(({ start }) => ({ subscription_id, period_start: start }));
}

/** First days as an entry of the audit log keeps them. */
export function startsOf(keys: readonly DaysKey[]): string {
  return keys.map((key) => key.period_start).join(" ");
}

/** {@linkcode startsOf}, read back. */
export function keysFrom(subscriptionId: string, starts: string): DaysKey[] {
  return starts.split(" ").filter((start) => start !== "")
    .map((period_start) => ({ subscription_id: subscriptionId, period_start }));
}

/** What a run bills, part by part, as it is stored. */
export function partsOf(
  { business }: Pick<UseCase, "business">,
  { subscription_id }: Pick<DecisionRow, "subscription_id">,
  { lines, suspendedPolicy }: DaysOffer,
): DaysToBill[] {
  return lines.flatMap(({ terms, periodStart, periodEnd }) =>
    terms === null ? [] : [{
      subscription_id,
      period_start: periodStart.toString(),
      period_end: periodEnd.toString(),
      plan_name: terms.planName,
      price_centavos: centavos(terms.priceCentavos).toString(),
      anchor_day: terms.anchorDay,
      proration: terms.proration,
      suspended_policy: suspendedPolicy,
      // All days that were suspended are known: they come off at once.
      first_billed_on: business.today.toString(),
    }]
  );
}
