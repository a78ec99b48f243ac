import { coded } from "@/shared/codes/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { deletePassedOver, hasChargedSince, updateMended } from "@/web/store/billing/decided_days.ts";
import { updateBilledThrough } from "@/web/store/billing/mode_changes.ts";
import type { AuditEntryRow } from "@/web/store/access/audit.ts";
import { lockSubscribersOf } from "@/web/store/subscribers/subscribers.ts";
import { lockSubscription } from "@/web/store/subscribers/subscriptions.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { auditSubscription } from "../subscribers/audit_subscription.ts";
import { runUseCase } from "../use_case.ts";

/** Why a mended connection is not put back as it was. */
export type UndoMendCode = "subscription_not_found" | "undo_billed";

/** Puts what was mended back as it was, while nothing has been billed since: the next run parks it again. */
export async function undoMend(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  { subject_id: subscriptionId, at: mendedAt, details }: Pick<AuditEntryRow, "subject_id" | "at" | "details">,
): Promise<Result<null, UndoMendCode>> {
  const kept = details as Readonly<Record<string, string | null | undefined>>;
  return await runUseCase<null, UndoMendCode>(context, tenantId, actor, async (useCase) => {
    const { trx, business: { today } } = useCase;
    await lockSubscribersOf(trx, [subscriptionId]);
    const connection = await lockSubscription(trx, subscriptionId);
    if (connection === null || connection.status === "cancelled") return err("subscription_not_found");
    if (await hasChargedSince(trx, subscriptionId, mendedAt)) return err("undo_billed");
    if (kept.what === "begin") await deletePassedOver(trx, subscriptionId, mendedAt);
    await updateMended(
      trx,
      subscriptionId,
      typeof kept.plan_before === "string" ? { plan_id: kept.plan_before } : {
        activated_on: dateOf(kept.activated_before),
        billed_through_on: dateOf(kept.billed_before),
        stopped_from_on: dateOf(kept.stopped_from_before),
        stopped_at: typeof kept.stopped_at_before === "string"
          ? Temporal.Instant.from(kept.stopped_at_before)
          : null,
      },
    );
    const mended = await lockSubscription(trx, subscriptionId);
    await updateBilledThrough(trx, subscriptionId, mended?.billed_through_on ?? null, today);
    await auditSubscription(useCase, connection, "mend_undone", coded("audit_mend_undone"));
    return ok(null);
  });
}

function dateOf(text: string | null | undefined): Temporal.PlainDate | null {
  return typeof text === "string" ? Temporal.PlainDate.from(text) : null;
}
