import { coded, codedOf } from "@/shared/codes/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { countOutcomes, lockRun, updateRun } from "@/web/store/billing/runs.ts";
import { refuseUnasked, type UnaskedCode } from "../approvals/refuse_unasked.ts";
import { recordAudit } from "../audit.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { type CutRunResult, type ExecuteCutRunCode, executeUnlessRefused } from "./execute_cut_run.ts";
import { runUseCase } from "../use_case.ts";

/** Why a run is not approved. */
export type ApproveCutRunCode = "run_not_found" | "not_awaiting_approval";

/** Lets a run go on that the brake has stopped (rule R4). It is executed at its hour, or at once when that has passed. */
export async function approveCutRun(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: { runId: string },
): Promise<Result<{ runId: string; approvedBy: string }, ApproveCutRunCode>> {
  return await runUseCase(context, tenantId, actor, async ({ trx, at, business }) => {
    const run = await lockRun(trx, input.runId);
    if (run === null || run.kind !== "cut") return err("run_not_found");
    if (run.status !== "awaiting_approval") {
      return err("not_awaiting_approval", { day: run.business_on });
    }
    await updateRun(trx, run.id, { status: "approved", approved_by: actor.label, approved_at: at });
    await recordAudit(trx, actor, {
      action: "cut_run.approved",
      subjectKind: "run",
      subjectId: run.id,
      summary: coded("audit_run_approved", {
        day: run.business_on,
        why: run.brake_reason === null ? coded("brake_none") : codedOf(run.brake_reason),
      }),
      details: { listed: run.total },
      at,
      businessOn: business.today,
    });
    return ok({ runId: run.id, approvedBy: actor.label });
  });
}

/**
 * Executes the list that was shown before its hour, because a person asked for it. The brake still holds; where cutting so
 * many by hand needs an approval, the page asks for one.
 */
export async function runCutNow(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: { runId: string },
): Promise<Result<CutRunResult, ExecuteCutRunCode | UnaskedCode>> {
  return await executeUnlessRefused<UnaskedCode>(context, tenantId, actor, {
    ...input,
    refuse: async (useCase) => {
      const { listed: count = 0 } = await countOutcomes(useCase.trx, input.runId);
      return await refuseUnasked(useCase, "cut_now", { count });
    },
  });
}
