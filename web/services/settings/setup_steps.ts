import { coded } from "@/shared/codes/mod.ts";
import { ok, type Result } from "@/shared/result.ts";
import type { SetupStep } from "@/web/domain/settings/mod.ts";
import {
  setupProgressOf,
  updateChecklistDismissed,
  updateSetupStep,
} from "@/web/store/settings/setup_progress.ts";
import { recordAudit } from "../audit.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { runUseCase } from "../use_case.ts";

/** Leaves a step of the first set-up for later. What is done already stays done. */
export async function skipSetupStep(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: { step: SetupStep },
): Promise<Result<null, never>> {
  return await runUseCase(context, tenantId, actor, async ({ trx, tenant }) => {
    if (setupProgressOf(tenant)[input.step] !== "done") await updateSetupStep(trx, input.step, "skipped");
    return ok(null);
  });
}

/** Takes the checklist off Today, for everybody. */
export async function dismissChecklist(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
): Promise<Result<null, never>> {
  return await runUseCase(context, tenantId, actor, async ({ trx, tenant, at, business }) => {
    if (tenant.checklist_dismissed_at !== null) return ok(null);
    await updateChecklistDismissed(trx, at);
    await recordAudit(trx, actor, {
      action: "setup.checklist_dismissed",
      subjectKind: "tenant",
      subjectId: tenantId,
      summary: coded("audit_checklist_dismissed"),
      at,
      businessOn: business.today,
    });
    return ok(null);
  });
}
