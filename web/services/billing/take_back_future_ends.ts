import { uuidv7 } from "@/shared/ids.ts";
import { coded, formatCoded } from "@/shared/codes/mod.ts";
import {
  type FutureEnd,
  type FutureHandEnd,
  listFutureEnds,
  listFutureHandEnds,
  listMemosOfEnd,
  updateEndRemade,
  updateSubscriptionReopened,
} from "@/web/store/billing/future_ends.ts";
import { findMemo } from "@/web/store/payments/memos.ts";
import { insertServiceEnd, updateServiceEnd } from "@/web/store/subscribers/service_ends.ts";
import { lockSubscribersOf } from "@/web/store/subscribers/subscribers.ts";
import { lockSubscription } from "@/web/store/subscribers/subscriptions.ts";
import { refreshDesired } from "../network/desired_state.ts";
import { takeMemo } from "../payments/void_memo.ts";
import { auditSubscription } from "../subscribers/audit_subscription.ts";
import { settleEnd } from "../subscribers/end_connection.ts";
import type { UseCase } from "../use_case.ts";
import { workOutEnd } from "./review_end.ts";

/**
 * Lets planned ends wait again that a wrong clock has carried out, so many at a time: the connection is on, what was given
 * back with the end is taken, and its last bill is voided with the other bills of these days. Answers how many; none: it
 * is done. An end of which money was paid back stays.
 */
export async function reopenFutureEnds(useCase: UseCase, count: number): Promise<number> {
  const { trx, at } = useCase;
  const seen = (await listFutureEnds(trx, at)).slice(0, count);
  if (seen.length === 0) return 0;
  await lockSubscribersOf(trx, seen.map((end) => end.subscription_id));
  // Read again behind the lock: a person may have paid something back.
  const ends = (await listFutureEnds(trx, at)).filter(({ id }) => seen.some((end) => end.id === id));
  for (const end of ends) await reopen(useCase, end);
  useCase.live(["money", "tonight"]);
  return ends.length;
}

async function reopen(useCase: UseCase, end: FutureEnd): Promise<void> {
  const { trx, business: { today } } = useCase;
  await takeMemosOf(useCase, end);
  await updateServiceEnd(trx, end.id, { state: "planned", made_at: null });
  await updateSubscriptionReopened(trx, end, today);
  await tellReopened(useCase, end);
}

async function tellReopened(
  useCase: UseCase,
  end: Pick<FutureEnd, "subscription_id" | "last_on">,
): Promise<void> {
  const { trx, at } = useCase;
  useCase.touchRouters(await refreshDesired(trx, [end.subscription_id], { now: at }));
  const subscription = await lockSubscription(trx, end.subscription_id);
  if (subscription === null) throw new Error(`Cannot reopen ${end.subscription_id}: it is not there`);
  const summary = coded("audit_end_of_future", { ppp: subscription.ppp_name, last: end.last_on });
  await auditSubscription(useCase, subscription, "end_reopened", summary);
}

/** Takes what was given back together with an end, or with a change of how a connection pays. */
export async function takeMemosOf(
  useCase: UseCase,
  end: Pick<FutureEnd, "subscription_id" | "made_at">,
): Promise<void> {
  for (const id of await listMemosOfEnd(useCase.trx, end)) {
    const memo = await findMemo(useCase.trx, id);
    if (memo !== null) await takeMemo(useCase, memo, formatCoded(coded("run_of_future")));
  }
}

/** Before the bills: what a person gave back with the end of a service is given anew with its last bill. */
export async function takeMemosOfHandEnds(useCase: UseCase): Promise<void> {
  for (const end of await lockHandEnds(useCase)) await takeMemosOf(useCase, end);
}

/**
 * After the bills: a service that a person ended stays ended, since that was meant. Its last bill is made again for the
 * days that were used by the right clock.
 */
export async function remakeHandEnds(useCase: UseCase): Promise<void> {
  for (const end of await lockHandEnds(useCase)) await remake(useCase, end);
}

async function lockHandEnds({ trx, at, business: { today } }: UseCase): Promise<FutureHandEnd[]> {
  const ends = await listFutureHandEnds(trx, { today, now: at });
  if (ends.length > 0) await lockSubscribersOf(trx, ends.map((end) => end.subscription_id));
  return ends;
}

async function remake(useCase: UseCase, end: FutureHandEnd): Promise<void> {
  const { trx, tenant, at, actor, business: { today } } = useCase;
  const connection = await lockSubscription(trx, end.subscription_id);
  if (connection === null) throw new Error(`Cannot end ${end.subscription_id}: it is not there`);
  const input = { lastDay: end.last_on, unused: end.unused };
  const review = await workOutEnd(trx, { tenant, today }, connection, input);
  if (!review.ok) return await planInstead(useCase, end);
  await updateEndRemade(trx, end, at);
  await settleEnd(useCase, connection, { ...input, review: review.value, approvedBy: actor.label });
}

/** A voided bill of before has to be made again first: the end waits for it, as a planned one does. */
async function planInstead(useCase: UseCase, end: FutureHandEnd): Promise<void> {
  const { trx, at, actor, business: { today } } = useCase;
  const going = { ...end, next_plan_id: null, next_plan_on: null };
  if (!await updateSubscriptionReopened(trx, going, today)) return;
  await insertServiceEnd(trx, {
    id: uuidv7(at.epochMilliseconds),
    subscription_id: end.subscription_id,
    last_on: end.last_on,
    unused: end.unused,
    state: "planned",
    asked_at: at,
    asked_by: actor.label,
  });
  await tellReopened(useCase, end);
}
