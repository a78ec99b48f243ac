import { coded } from "@/shared/codes/mod.ts";
import { type Centavos, ZERO } from "@/shared/money/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { insertNeverBilled } from "@/web/store/billing/charged_periods.ts";
import { findPlan, type PlanRow } from "@/web/store/billing/plans.ts";
import { updateSubscriptionEnded } from "@/web/store/subscribers/new_subscribers.ts";
import { lockSubscribersOf } from "@/web/store/subscribers/subscribers.ts";
import { lockSubscription, type SubscriptionRow } from "@/web/store/subscribers/subscriptions.ts";
import type { IssuedLine } from "../billing/issue_bill.ts";
import { issueLastBill } from "../billing/issue_last_bill.ts";
import {
  type EndInput,
  type EndRefusal,
  type EndReview,
  lockInLine,
  reviewEnd,
  unusedWords,
} from "../billing/review_end.ts";
import { giveSuspendedBack } from "../billing/suspended_back.ts";
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
  await giveSuspendedBack(useCase, connection, review.suspendedBack);
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

async function billLastDays(
  useCase: UseCase,
  { connection, plan, review, lastDay }: Settled,
): Promise<string | null> {
  const fees: IssuedLine[] = review.lockInFeeCentavos === ZERO ? [] : [{
    kind: "lock_in_fee",
    description: lockInLine(connection),
    periodStart: lastDay,
    periodEnd: lastDay.add({ days: 1 }),
    amountCentavos: review.lockInFeeCentavos,
    // Nobody is cut for a fee alone.
    subscriptionId: null,
  }];
  return await issueLastBill(useCase, { connection, plan, lines: review.lines, fees });
}

/** Days that no bill will have: bills had stopped. */
async function noteNever({ trx, at }: UseCase, { connection, review, lastDay }: Settled): Promise<void> {
  const until = lastDay.add({ days: 1 });
  const { neverFrom } = review;
  if (neverFrom === null || Temporal.PlainDate.compare(neverFrom, until) >= 0) return;
  await insertNeverBilled(trx, [{
    subscription_id: connection.id,
    period_start: neverFrom.toString(),
    period_end: until.toString(),
    why: "stopped",
    stopped_at: connection.stopped_at,
  }], at);
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
