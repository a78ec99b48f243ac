import { coded, formatCoded } from "@/shared/codes/mod.ts";
import { sum } from "@/shared/money/mod.ts";
import {
  findOutageReview,
  listFutureOutageMemos,
  upsertOutageReview,
} from "@/web/store/billing/outage_credits.ts";
import { findMemo } from "@/web/store/payments/memos.ts";
import { lockSubscribersOf } from "@/web/store/subscribers/subscribers.ts";
import { takeMemo } from "../payments/void_memo.ts";
import type { UseCase } from "../use_case.ts";
import { listDueOutageCredits } from "./due_outage_credits.ts";
import { isGiven } from "./give_outage_credits.ts";

/**
 * Takes back the outage credit that a wrong clock has given to so many subscribers: minutes that have not been, and periods
 * that are not over. What is really due of it is given again when its day is run. Answers how many memos; none: it is done.
 * What was paid back in money stays, and counts as given.
 */
export async function takeFutureCredits(useCase: UseCase, subscribers: number): Promise<number> {
  const { trx, at, business } = useCase;
  const moment = { today: business.today, now: at };
  const subscriberIds = [
    ...new Set((await listFutureOutageMemos(trx, moment, { subscribers })).map((memo) => memo.subscriber_id)),
  ];
  if (subscriberIds.length === 0) return 0;
  await lockSubscribersOf(trx, [], subscriberIds);
  // Read again behind the lock: a person may have taken one back.
  const memos = await listFutureOutageMemos(trx, moment, { subscriberIds });
  for (const { id } of memos) {
    const memo = await findMemo(trx, id);
    if (memo !== null) await takeMemo(useCase, memo, formatCoded(coded("run_of_future")));
  }
  return memos.length;
}

/** The day before was the last that was looked at, and what waits is as of now. */
export async function reviewOutagesAgain({ trx, tenant, business }: UseCase): Promise<void> {
  const { today, instant: now } = business;
  if (await findOutageReview(trx) === null) return;
  const due = tenant.outage_credit === "off"
    ? []
    : await listDueOutageCredits(trx, { tenant, now, today, subscriptionIds: null });
  const waiting = due.filter(isGiven({ withHeld: false }));
  await upsertOutageReview(trx, {
    business_on: today.subtract({ days: 1 }),
    connections: new Set(waiting.map((row) => row.subscription_id)).size,
    amount_centavos: sum(waiting.map((row) => row.dueCentavos)),
  });
}
