import { coded } from "@/shared/codes/mod.ts";
import { listFutureModeChanges, updateModeChangeWaits } from "@/web/store/billing/future_modes.ts";
import { lockSubscribersOf } from "@/web/store/subscribers/subscribers.ts";
import { lockSubscription } from "@/web/store/subscribers/subscriptions.ts";
import { auditSubscription } from "../subscribers/audit_subscription.ts";
import type { UseCase } from "../use_case.ts";
import { takeMemosOf } from "./take_back_future_ends.ts";

/** Before the bills: what was given back with a change to payment up front that a wrong clock has made. */
export async function takeMemosOfModes(useCase: UseCase): Promise<void> {
  const { trx, at } = useCase;
  const changes = await listFutureModeChanges(trx, at);
  if (changes.length > 0) await lockSubscribersOf(trx, changes.map((change) => change.subscription_id));
  for (const change of changes) await takeMemosOf(useCase, change);
}

/** After the bills: these changes wait for their day again. */
export async function reopenFutureModes(useCase: UseCase): Promise<void> {
  const { trx, at, business: { today } } = useCase;
  for (const change of await listFutureModeChanges(trx, at)) {
    await updateModeChangeWaits(trx, change, { today, now: at });
    const subscription = await lockSubscription(trx, change.subscription_id);
    if (subscription === null) throw new Error(`Cannot reopen ${change.subscription_id}: it is not there`);
    const summary = coded("audit_mode_of_future", { ppp: subscription.ppp_name });
    await auditSubscription(useCase, subscription, "mode_reopened", summary);
  }
}
