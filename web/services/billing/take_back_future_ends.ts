import { coded, formatCoded } from "@/shared/codes/mod.ts";
import {
  type FutureEnd,
  listFutureEnds,
  listMemosOfEnd,
  updateSubscriptionReopened,
} from "@/web/store/billing/future_ends.ts";
import { findMemo } from "@/web/store/payments/memos.ts";
import { updateServiceEnd } from "@/web/store/subscribers/service_ends.ts";
import { lockSubscribersOf } from "@/web/store/subscribers/subscribers.ts";
import { lockSubscription } from "@/web/store/subscribers/subscriptions.ts";
import { refreshDesired } from "../network/desired_state.ts";
import { takeMemo } from "../payments/void_memo.ts";
import { auditSubscription } from "../subscribers/audit_subscription.ts";
import type { UseCase } from "../use_case.ts";

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
  const { trx, at, business: { today } } = useCase;
  for (const id of await listMemosOfEnd(trx, end)) {
    const memo = await findMemo(trx, id);
    if (memo !== null) await takeMemo(useCase, memo, formatCoded(coded("run_of_future")));
  }
  await updateServiceEnd(trx, end.id, { state: "planned", made_at: null });
  await updateSubscriptionReopened(trx, end, today);
  useCase.touchRouters(await refreshDesired(trx, [end.subscription_id], { now: at }));
  const subscription = await lockSubscription(trx, end.subscription_id);
  if (subscription === null) throw new Error(`Cannot reopen ${end.subscription_id}: it is not there`);
  const summary = coded("audit_end_of_future", { ppp: subscription.ppp_name, last: end.last_on });
  await auditSubscription(useCase, subscription, "end_reopened", summary);
}
