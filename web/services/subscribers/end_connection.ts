import { coded } from "@/shared/codes/mod.ts";
import { type Centavos, ZERO } from "@/shared/money/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { insertNeverBilled } from "@/web/store/billing/charged_periods.ts";
import { findPlan, type PlanRow } from "@/web/store/billing/plans.ts";
import { updateSubscriptionEnded } from "@/web/store/subscribers/new_subscribers.ts";
import { findOpenEnd, updateServiceEnd } from "@/web/store/subscribers/service_ends.ts";
import type { SubscriptionRow } from "@/web/store/subscribers/subscriptions.ts";
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
import { refreshDesired } from "../network/desired_state.ts";
import { applyIdleCredit } from "../payments/apply_credit.ts";
import { giveMemo } from "../payments/give_memo.ts";
import type { UseCase } from "../use_case.ts";
import { auditSubscription } from "./audit_subscription.ts";

/** Why a service is not ended. */
export type EndConnectionCode = EndRefusal | "subscription_not_found" | "end_day_to_come" | "end_moved";

/** What was done. */
export interface EndedConnection {
  /** Number of the last bill; null where nothing was left to bill. */
  billNumber: string | null;
  /** Credit that remains, to be paid back. */
  refundableCentavos: Centavos;
}

/** How a person ends a service now. */
export interface EndNow extends EndInput {
  /** What the person saw that it comes to. */
  netCentavos: Centavos;
}

/**
 * Ends a service for good (billing rule 12): the last bill, credit for what is not used, the fee of the lock-in, and the
 * connection goes off at once. Bills that are open stay owed. An end that was planned or asked for is this one. The
 * connection is locked by the caller, who has written nothing.
 */
export async function endNow(
  useCase: UseCase,
  connection: SubscriptionRow,
  input: EndNow,
): Promise<Result<EndedConnection, EndConnectionCode>> {
  const { trx, tenant, actor, business: { today } } = useCase;
  if (Temporal.PlainDate.compare(input.lastDay, today) > 0) return err("end_day_to_come");
  const review = await reviewEnd(trx, { tenant, today }, connection, input);
  if (!review.ok) return review;
  if (review.value.netCentavos !== input.netCentavos) return err("end_moved");
  const { lastDay, unused, why } = input;
  const settled = { review: review.value, lastDay, unused, why, approvedBy: actor.label };
  const billNumber = await settleEnd(useCase, connection, settled);
  return ok({ billNumber, refundableCentavos: review.value.refundableCentavos });
}

/** An end that was worked out. */
interface WorkedOutEnd extends EndInput {
  review: EndReview;
  approvedBy: string;
}

/** Writes the end of a service that was worked out: money first, then it goes off. Answers the number of the last bill. */
export async function settleEnd(
  useCase: UseCase,
  connection: SubscriptionRow,
  end: WorkedOutEnd,
): Promise<string | null> {
  const { trx, at, actor } = useCase;
  const plan = await findPlan(trx, connection.plan_id);
  if (plan === null) throw new Error(`Cannot end ${connection.id}: it has no plan`);
  const billNumber = await settle(useCase, { connection, plan, ...end });
  const open = await findOpenEnd(trx, connection.id);
  if (open !== null) {
    await updateServiceEnd(trx, open.id, {
      state: "made",
      last_on: end.lastDay,
      made_at: at,
      ...(open.state === "asked" && { decided_at: at, decided_by: actor.label }),
    });
  }
  await takeOff(useCase, connection, end);
  return billNumber;
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
  for (const part of review.creditCentavos > ZERO ? review.unusedBack : []) {
    await giveMemo(useCase, {
      subscriberId: connection.subscriber_id,
      subscriptionId: connection.id,
      kind: "correction",
      reason: unusedWords(connection, plan.name, lastDay),
      ...part,
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
  return await issueLastBill(useCase, {
    connection,
    plan,
    lines: review.lines,
    fees,
    reconnections: review.reconnections,
  });
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
  { lastDay, unused, why, review, approvedBy }: WorkedOutEnd,
): Promise<void> {
  const { trx, at } = useCase;
  const until = lastDay.add({ days: 1 });
  const isNoted = review.lines.length > 0 ||
    (review.neverFrom !== null && Temporal.PlainDate.compare(review.neverFrom, until) < 0);
  await updateSubscriptionEnded(trx, connection.id, {
    endedOn: lastDay,
    billedThrough: isNoted ? until : connection.billed_through_on,
  });
  const authorisation = { kind: "manual" as const, runId: null, approvedBy };
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
      ...(why !== undefined && why !== null && { why }),
      // For a clock that was wrong: how it was ended, and what waited behind it.
      unused,
      next_plan_id: connection.next_plan_id,
      next_plan_on: connection.next_plan_on?.toString() ?? null,
    },
  );
}
