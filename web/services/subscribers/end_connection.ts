import { coded } from "@/shared/codes/mod.ts";
import { type Centavos, ZERO } from "@/shared/money/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import type { PlannedBillLine } from "@/web/domain/billing/mod.ts";
import { insertBilledPeriods, insertNeverBilled } from "@/web/store/billing/charged_periods.ts";
import { findPlan, type PlanRow } from "@/web/store/billing/plans.ts";
import { updateSubscriptionEnded } from "@/web/store/subscribers/new_subscribers.ts";
import { lockSubscribersOf } from "@/web/store/subscribers/subscribers.ts";
import { lockSubscription, type SubscriptionRow } from "@/web/store/subscribers/subscriptions.ts";
import { issueBill, type IssuedLine } from "../billing/issue_bill.ts";
import {
  type EndInput,
  type EndRefusal,
  type EndReview,
  lockInLine,
  reviewEnd,
  unusedWords,
} from "../billing/review_end.ts";
import { rulesOf } from "../billing/rule_levels.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { refreshDesired } from "../network/desired_state.ts";
import { applyIdleCredit } from "../payments/apply_credit.ts";
import { giveMemo } from "../payments/issue_memo.ts";
import { runUseCase, type UseCase } from "../use_case.ts";
import { auditSubscription } from "./audit_subscription.ts";

/** Why a service is not ended. */
export type EndConnectionCode = EndRefusal | "subscription_not_found" | "end_moved";

/** What was done. */
export interface EndedConnection {
  /** Number of the last bill; null where nothing was left to bill. */
  billNumber: string | null;
  /** Credit that remains, to be paid back. */
  refundableCentavos: Centavos;
}

/**
 * Ends a service for good (billing rule 12): the last bill, credit for what is not used, the fee of the lock-in, and the
 * connection goes off at once. Bills that are open stay owed.
 */
export async function endConnection(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: EndInput & {
    subscriptionId: string;
    /** What the person saw that it comes to. */
    netCentavos: Centavos;
  },
): Promise<Result<EndedConnection, EndConnectionCode>> {
  return await runUseCase<EndedConnection, EndConnectionCode>(context, tenantId, actor, async (useCase) => {
    const { trx, tenant, business: { today } } = useCase;
    await lockSubscribersOf(trx, [input.subscriptionId]);
    const connection = await lockSubscription(trx, input.subscriptionId);
    if (connection === null || connection.status === "cancelled" || connection.status === "pending") {
      return err("subscription_not_found");
    }
    const review = await reviewEnd(trx, { tenant, today }, connection, input);
    if (!review.ok) return review;
    if (review.value.netCentavos !== input.netCentavos) return err("end_moved");
    const plan = await findPlan(trx, connection.plan_id);
    if (plan === null) throw new Error(`Cannot end ${connection.id}: it has no plan`);
    const billNumber = await settle(useCase, {
      connection,
      plan,
      review: review.value,
      lastDay: input.lastDay,
    });
    await takeOff(useCase, connection, input.lastDay, review.value);
    return ok({ billNumber, refundableCentavos: review.value.refundableCentavos });
  });
}

interface Settled {
  connection: SubscriptionRow;
  plan: PlanRow;
  review: EndReview;
  lastDay: Temporal.PlainDate;
}

async function settle(useCase: UseCase, settled: Settled): Promise<string | null> {
  const { trx, booking } = useCase;
  const { connection, plan, review, lastDay } = settled;
  const billNumber = await billLastDays(useCase, settled);
  await noteNever(useCase, settled);
  if (billNumber !== null) await applyIdleCredit(trx, [connection.subscriber_id], booking);
  if (review.creditCentavos > ZERO) {
    await giveMemo(useCase, {
      subscriberId: connection.subscriber_id,
      kind: "correction",
      reason: unusedWords(connection, plan.name, lastDay),
      amountCentavos: review.creditCentavos,
      billId: review.unusedBillId,
    });
  }
  return billNumber;
}

/** Days that cost something; whole periods that were suspended have no line. */
function charged({ lines }: EndReview): PlannedBillLine[] {
  return lines.filter((line) => line.days > 0);
}

async function billLastDays(
  useCase: UseCase,
  { connection, plan, review, lastDay }: Settled,
): Promise<string | null> {
  const { trx, at, tenant, business: { today } } = useCase;
  const used = charged(review);
  const lines: IssuedLine[] = used.map(({ kind, description, periodStart, periodEnd, amountCentavos }) => ({
    kind,
    description,
    periodStart,
    periodEnd,
    amountCentavos,
    subscriptionId: connection.id,
  }));
  if (review.lockInFeeCentavos > ZERO) {
    lines.push({
      kind: "lock_in_fee",
      description: lockInLine(connection),
      periodStart: lastDay,
      periodEnd: lastDay.add({ days: 1 }),
      amountCentavos: review.lockInFeeCentavos,
      // Nobody is cut for a fee alone.
      subscriptionId: null,
    });
  }
  if (lines.length === 0) return null;
  const { termsDays, graceDays } = rulesOf(tenant, plan, connection);
  const bill = await issueBill(useCase, {
    kind: "final",
    subscriberId: connection.subscriber_id,
    subscriptionId: connection.id,
    dueOn: today.add({ days: termsDays.value }),
    graceDays: graceDays.value,
    lines,
  });
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
        suspended_policy: tenant.suspended_policy,
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

/** Days that no bill will have: bills had stopped, or every day was suspended. */
async function noteNever({ trx, at }: UseCase, { connection, review, lastDay }: Settled): Promise<void> {
  const until = lastDay.add({ days: 1 });
  const stopped = review.neverFrom !== null && Temporal.PlainDate.compare(review.neverFrom, until) < 0
    ? [{
      periodStart: review.neverFrom,
      periodEnd: until,
      why: "stopped" as const,
      stoppedAt: connection.stopped_at,
    }]
    : [];
  const suspended = review.lines.filter((line) => line.days === 0)
    .map(({ periodStart, periodEnd }) => ({
      periodStart,
      periodEnd,
      why: "suspended" as const,
      stoppedAt: null,
    }));
  await insertNeverBilled(
    trx,
    [...stopped, ...suspended].map(({ periodStart, periodEnd, why, stoppedAt }) => ({
      subscription_id: connection.id,
      period_start: periodStart.toString(),
      period_end: periodEnd.toString(),
      why,
      stopped_at: stoppedAt,
    })),
    at,
  );
}

async function takeOff(
  useCase: UseCase,
  connection: SubscriptionRow,
  lastDay: Temporal.PlainDate,
  review: EndReview,
): Promise<void> {
  const { trx, at, actor } = useCase;
  const until = lastDay.add({ days: 1 });
  const isNoted = review.lines.length > 0 ||
    (review.neverFrom !== null && Temporal.PlainDate.compare(review.neverFrom, until) < 0);
  await updateSubscriptionEnded(trx, connection.id, {
    endedOn: lastDay,
    billedThrough: isNoted ? until : connection.billed_through_on,
  });
  const authorisation = { kind: "manual" as const, runId: null, approvedBy: actor.label };
  useCase.touchRouters(await refreshDesired(trx, [connection.id], { now: at, authorisation }));
  useCase.live(["money"]);
  await auditSubscription(
    useCase,
    connection,
    "ended",
    coded("audit_connection_ended", { ppp: connection.ppp_name, last: lastDay, amount: review.billCentavos }),
    {
      credit_centavos: review.creditCentavos.toString(),
      lock_in_fee_centavos: review.lockInFeeCentavos.toString(),
    },
  );
}
