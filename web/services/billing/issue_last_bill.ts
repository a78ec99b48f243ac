import type { PlannedBillLine } from "@/web/domain/billing/mod.ts";
import { insertBilledPeriods, insertNeverBilled } from "@/web/store/billing/charged_periods.ts";
import type { PlanRow } from "@/web/store/billing/plans.ts";
import { updateReconnectionsBilled } from "@/web/store/billing/reconnection_fees.ts";
import type { SubscriptionRow } from "@/web/store/subscribers/subscriptions.ts";
import type { UseCase } from "../use_case.ts";
import { issueBill, type IssuedLine } from "./issue_bill.ts";
import { reconnectionLines, type WaitingReconnection } from "./reconnection_fees.ts";
import { rulesOf } from "./rule_levels.ts";

/** The bill of a connection that is billed no more. */
export interface LastBill {
  connection: SubscriptionRow;
  plan: PlanRow;
  /** Of every day that is not billed yet. */
  lines: readonly PlannedBillLine[];
  /** What is asked for beside its days. */
  fees: readonly IssuedLine[];
  /** Cuts that were lifted and that no bill has asked for: this one does. */
  reconnections: readonly WaitingReconnection[];
}

/**
 * Issues the last bill of a connection, with the periods that it charges. Stretches that were suspended from end to end
 * are noted as never billed. Returns its number; null where nothing is asked for. The subscriber is locked by the caller.
 */
export async function issueLastBill(
  useCase: UseCase,
  { connection, plan, lines, fees, reconnections }: LastBill,
): Promise<string | null> {
  const { trx, at, tenant, business: { today } } = useCase;
  await noteSuspended(useCase, connection.id, lines.filter((line) => line.days === 0));
  const used = lines.filter((line) => line.days > 0);
  if (used.length + fees.length + reconnections.length === 0) return null;
  const { termsDays, graceDays, suspendedPolicy } = rulesOf(tenant, plan, connection);
  const bill = await issueBill(useCase, {
    kind: "final",
    subscriberId: connection.subscriber_id,
    subscriptionId: connection.id,
    dueOn: today.add({ days: termsDays.value }),
    graceDays: graceDays.value,
    lines: [
      ...used.map(({ kind, description, periodStart, periodEnd, amountCentavos }) => ({
        kind,
        description,
        periodStart,
        periodEnd,
        amountCentavos,
        subscriptionId: connection.id,
      })),
      ...reconnectionLines(reconnections, used, today),
      ...fees,
    ],
  });
  await updateReconnectionsBilled(trx, reconnections.map(({ id }) => ({ id, billId: bill.id })));
  await insertBilledPeriods(
    trx,
    used.map(({ terms, periodStart, periodEnd }) => {
      if (terms === null) throw new Error(`Cannot note the days from ${periodStart}: they have no terms`);
      return {
        subscription_id: connection.id,
        period_start: periodStart,
        period_end: periodEnd,
        bill_id: bill.id,
        plan_name: terms.planName,
        price_centavos: terms.priceCentavos,
        anchor_day: terms.anchorDay,
        proration: terms.proration,
        is_in_full: terms.isChargedInFull,
        suspended_policy: suspendedPolicy.value,
        first_billed_on: today,
        created_at: at,
        own_kind: terms.own?.kind ?? null,
        own_amount_centavos: terms.own?.amountCentavos ?? null,
        own_basis_points: terms.own?.basisPoints ?? null,
        own_until_on: terms.own?.untilOn ?? null,
        list_price_centavos: terms.own?.listPriceCentavos ?? null,
      };
    }),
  );
  return bill.number;
}

async function noteSuspended(
  { trx, at }: UseCase,
  subscriptionId: string,
  lines: readonly PlannedBillLine[],
): Promise<void> {
  const never = lines.map(({ periodStart, periodEnd }) => ({
    subscription_id: subscriptionId,
    period_start: periodStart.toString(),
    period_end: periodEnd.toString(),
    why: "suspended" as const,
    stopped_at: null,
  }));
  await insertNeverBilled(trx, never, at);
}
