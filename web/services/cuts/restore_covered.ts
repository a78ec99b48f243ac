import { ok, type Result } from "@/shared/result.ts";
import { listCutCovered } from "@/web/store/cuts/block_reasons.ts";
import { lockSubscribersOf } from "@/web/store/subscribers/subscribers.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { runUseCase } from "../use_case.ts";
import { restoreService } from "./restore_service.ts";

/** Connections in one transaction. */
const CHUNK = 100;

/**
 * Brings back what a run has cut and paid days cover today: days that were paid before begin without a posting (rule
 * R2: restoring is always allowed). May be killed and repeated.
 */
export async function restoreCovered(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
): Promise<Result<null, never>> {
  while (true) {
    const step = await runUseCase(context, tenantId, actor, async (useCase) => {
      const { trx, tenant, booking, business } = useCase;
      const covered = await listCutCovered(trx, business.today, CHUNK);
      await lockSubscribersOf(trx, covered.map((row) => row.id));
      let count = 0;
      for (const subscriberId of new Set(covered.map((row) => row.subscriber_id))) {
        const restored = await restoreService(trx, tenant, subscriberId, booking);
        useCase.touchRouters(restored.routerIds);
        count += restored.subscriptionIds.length;
      }
      return ok({ isOver: covered.length < CHUNK || count === 0 });
    });
    if (!step.ok) return step;
    if (step.value.isOver) return ok(null);
  }
}
