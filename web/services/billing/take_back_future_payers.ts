import { coded, formatCoded, parseCoded } from "@/shared/codes/mod.ts";
import {
  listFuturePayerChanges,
  listMemosOfPayerChanges,
  updatePayerChangeWaits,
  updatePeriodWhole,
} from "@/web/store/billing/future_payers.ts";
import { findMemo } from "@/web/store/payments/memos.ts";
import { lockSubscribersOf } from "@/web/store/subscribers/subscribers.ts";
import { takeMemo } from "../payments/void_memo.ts";
import type { UseCase } from "../use_case.ts";

/** What a change of payer gives back: the rest of a period, and days of it that were suspended. */
const GIVEN_WITH_IT: readonly string[] = ["memo_payer_changed", "line_suspended_back"];

/** Before the bills: what was given back with a change of payer that a wrong clock has made. */
export async function takeMemosOfPayers(useCase: UseCase): Promise<void> {
  const { trx, at, business: { today } } = useCase;
  const changes = await listFuturePayerChanges(trx, { today, now: at });
  if (changes.length === 0) return;
  const both = changes.flatMap((change) => [change.from_subscriber_id, change.to_subscriber_id]);
  await lockSubscribersOf(trx, changes.map((change) => change.subscription_id), both);
  for (const { id, reason } of await listMemosOfPayerChanges(trx, changes, at)) {
    if (!GIVEN_WITH_IT.includes(parseCoded(reason)?.code ?? "")) continue;
    const memo = await findMemo(trx, id);
    if (memo !== null) await takeMemo(useCase, memo, formatCoded(coded("run_of_future")));
  }
}

/** After the bills: these changes wait for their day again. Answers how their periods are made whole, which is last. */
export async function reopenFuturePayers(
  { trx, at, business: { today } }: UseCase,
): Promise<() => Promise<void>> {
  const changes = await listFuturePayerChanges(trx, { today, now: at });
  for (const change of changes) await updatePayerChangeWaits(trx, change);
  return async () => {
    for (const change of changes) await updatePeriodWhole(trx, change, today);
  };
}
