import { coded, formatCoded } from "@/shared/codes/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import {
  deleteSubscription,
  isInBooks,
  updateSubscriptionCancelled,
} from "@/web/store/subscribers/new_subscribers.ts";
import { updateCommandWithdrawn } from "@/web/store/network/commands.ts";
import { lockSubscribersOf } from "@/web/store/subscribers/subscribers.ts";
import { lockSubscription } from "@/web/store/subscribers/subscriptions.ts";
import { auditSubscription } from "./audit_subscription.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { refreshDesired } from "../network/desired_state.ts";
import { runUseCase } from "../use_case.ts";

/** Why a connection cannot be taken away. */
export type RemoveConnectionCode = "subscription_not_found" | "has_bills" | "connection_in_use";

/**
 * Takes away a connection that never got a bill. Where nothing is on the router, it is as if it had never been; a
 * secret that is there is switched off and the connection stays as Cancelled, so that nobody surfs on without one.
 */
export async function removeConnection(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: {
    subscriptionId: string;
    /** May void bills: taking away a line that was in use leaves its days unbilled, which comes to the same. */
    mayVoidBills: boolean;
  },
): Promise<Result<{ isGone: boolean }, RemoveConnectionCode>> {
  return await runUseCase<{ isGone: boolean }, RemoveConnectionCode>(
    context,
    tenantId,
    actor,
    async (useCase) => {
      const { trx, at } = useCase;
      await lockSubscribersOf(trx, [input.subscriptionId]);
      const subscription = await lockSubscription(trx, input.subscriptionId);
      if (subscription === null || subscription.status === "cancelled") {
        return err("subscription_not_found");
      }
      if (await isInBooks(trx, subscription.id)) {
        return err("has_bills");
      }
      if (subscription.status !== "pending" && !input.mayVoidBills) {
        return err("connection_in_use");
      }
      if (subscription.secret_command_id !== null) {
        await updateCommandWithdrawn(trx, subscription.secret_command_id, {
          message: formatCoded(coded("command_taken_back")),
          now: at,
        });
      }
      const isGone = subscription.secret === "wanted";
      if (isGone) await deleteSubscription(trx, subscription.id);
      else {
        await updateSubscriptionCancelled(trx, subscription.id);
        const authorisation = { kind: "manual" as const, runId: null, approvedBy: actor.label };
        useCase.touchRouters(await refreshDesired(trx, [subscription.id], { now: at, authorisation }));
      }
      // The agent may hold the command, or the router has to be told.
      useCase.touchRouters([subscription.router_id]);
      await auditSubscription(
        useCase,
        subscription,
        "removed",
        coded("audit_connection_removed", { ppp: subscription.ppp_name }),
      );
      return ok({ isGone });
    },
  );
}
