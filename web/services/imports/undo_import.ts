import { coded } from "@/shared/codes/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { archiveUnusedPlans, countImportUse, deleteImported } from "@/web/store/imports/import_undo.ts";
import { lockImportBatch, updateImportBatch } from "@/web/store/imports/import_batches.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { runUseCase } from "../use_case.ts";
import { refreshDesired } from "../network/desired_state.ts";
import { importSettings } from "./import_settings.ts";
import { recordNetworkAudit } from "../network/network_audit.ts";

/**
 * Takes an import back while none of its subscribers has a bill, a payment or a change. Account numbers that it used
 * are not given out again; the router stays as it is.
 */
export async function undoImport(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: { batchId: string },
): Promise<Result<{ removed: number }, "import_not_found" | "import_not_done" | "import_in_use">> {
  const now = context.clock.now();
  const result = await runUseCase(context, tenantId, actor, async ({ trx }) => {
    const batch = await lockImportBatch(trx, input.batchId);
    if (batch === null) return err("import_not_found");
    if (batch.status === "undone") return ok({ removed: 0, routerIds: [] });
    if (batch.status !== "done") return err("import_not_done");
    const use = await countImportUse(trx, batch.id);
    const reasons = [
      ...(use.billed > 0 ? [`${use.billed} have a bill`] : []),
      ...(use.paid > 0 ? [`${use.paid} have a payment`] : []),
      ...(use.changed > 0 ? [`${use.changed} were changed`] : []),
    ];
    if (reasons.length > 0) {
      return err("import_in_use", { ...use });
    }
    const subscriptionIds = await deleteImported(trx, batch.id);
    const routerIds = await refreshDesired(trx, subscriptionIds, { now });
    const { newPlanIds } = importSettings.parse(batch.settings);
    await archiveUnusedPlans(trx, Object.values(newPlanIds), now);
    await updateImportBatch(trx, batch.id, { status: "undone", undone_at: now });
    await recordNetworkAudit(trx, context, actor, {
      action: "import.undone",
      subjectKind: "import",
      subjectId: batch.id,
      summary: coded("audit_import_undone", { count: subscriptionIds.length }),
    });
    return ok({ removed: subscriptionIds.length, routerIds });
  });
  if (!result.ok) return result;
  context.notifyRouters(tenantId, result.value.routerIds);
  return ok({ removed: result.value.removed });
}
