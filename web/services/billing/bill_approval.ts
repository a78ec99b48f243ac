import { coded, codedOf, formatCoded } from "@/shared/codes/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { decideApproval } from "@/web/domain/billing/mod.ts";
import { findRun, lockRun, type RunRow, updateRun } from "@/web/store/billing/runs.ts";
import { recordAudit } from "../audit.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { runUseCase, type UseCase } from "../use_case.ts";
import { previewBills } from "./preview_bills.ts";

/**
 * Lets a bill run begin that may have to wait for a person: it waits when the preview says so, until it is approved or
 * the tenant asks for no approvals any more. Null while it waits.
 */
export async function letGoOn({ trx, tenant, business, at }: UseCase, runId: string): Promise<RunRow | null> {
  const run = await lockRun(trx, runId);
  if (run === null) throw new Error(`Cannot start bill run ${runId}: its row is gone`);
  if (run.status === "planned") {
    const preview = await previewBills(trx, tenant, {
      businessOn: run.business_on,
      today: business.today,
      at,
    });
    const rules = { approval: tenant.bill_approval, over: tenant.bill_approval_over };
    const why = decideApproval(rules, preview);
    if (why !== null) {
      await updateRun(trx, runId, { status: "awaiting_approval", brake_reason: formatCoded(why) });
      return null;
    }
  } else if (run.status === "awaiting_approval" && tenant.bill_approval !== "off") {
    return null;
  } else if (run.status === "done" || run.status === "running") {
    return run;
  }
  await updateRun(trx, runId, { status: "running", started_at: at });
  return await findRun(trx, runId);
}

/** Why a bill run is not approved. */
export type ApproveBillsCode = "run_not_found" | "bills_not_waiting";

/** Lets a bill run go on that waits for a person; the next look of the scheduler, within a minute, issues its bills. */
export async function approveBillRun(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  { runId }: { runId: string },
): Promise<Result<RunRow, ApproveBillsCode>> {
  return await runUseCase(context, tenantId, actor, async ({ trx, at, business }) => {
    const run = await lockRun(trx, runId);
    if (run === null || run.kind !== "bill") return err("run_not_found");
    if (run.status !== "awaiting_approval") return err("bills_not_waiting", { day: run.business_on });
    await updateRun(trx, runId, { status: "approved", approved_by: actor.label, approved_at: at });
    await recordAudit(trx, actor, {
      action: "bill_run.approved",
      subjectKind: "run",
      subjectId: runId,
      summary: coded("audit_bills_approved", {
        day: run.business_on,
        why: codedOf(run.brake_reason ?? ""),
      }),
      at,
      businessOn: business.today,
    });
    return ok(run);
  });
}
