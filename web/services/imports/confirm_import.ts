import { coded } from "@/shared/codes/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { runImportJob } from "@/web/jobs/run_import.ts";
import { findImportBatch, lockImportBatch, updateImportBatch } from "@/web/store/imports/import_batches.ts";
import { ROUTER_CONNECTIONS_MAX } from "@/web/domain/network/limits.ts";
import { countRouterSubscriptions, findRouter, lockRouter } from "@/web/store/network/routers.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { runUseCase } from "../use_case.ts";
import { dryRunImport } from "./dry_run_import.ts";
import { importSettings, storedSettings } from "./import_settings.ts";
import { recordNetworkAudit } from "../network/network_audit.ts";

/** Starts an import whose review is complete. Confirming twice starts it once. */
export async function confirmImport(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: { batchId: string },
): Promise<
  Result<
    null,
    "import_not_found" | "import_not_in_review" | "review_incomplete" | "nothing_to_import" | "router_full"
  >
> {
  return await runUseCase(context, tenantId, actor, async ({ trx, business, enqueue }) => {
    const seen = await findImportBatch(trx, input.batchId);
    // The router first, as everywhere: one that is being archived must not get subscribers at the same moment.
    if (seen !== null) await lockRouter(trx, seen.router_id);
    const batch = await lockImportBatch(trx, input.batchId);
    if (batch === null) return err("import_not_found");
    if (batch.status === "running" || batch.status === "done") return ok(null);
    if (batch.status !== "review") {
      return err("import_not_in_review");
    }
    const forecast = await dryRunImport(trx, batch.id);
    if (forecast === null) return err("import_not_found");
    const [first] = forecast.problems;
    if (first !== undefined) return err("review_incomplete", { first });
    if (forecast.created === 0) return err("nothing_to_import");
    const before = await countRouterSubscriptions(trx, batch.router_id);
    if (before + forecast.created > ROUTER_CONNECTIONS_MAX) {
      const name = (await findRouter(trx, batch.router_id))?.name ?? "";
      return err("router_full", { name, max: ROUTER_CONNECTIONS_MAX });
    }
    const settings = importSettings.parse(batch.settings);
    await updateImportBatch(trx, batch.id, {
      status: "running",
      done: 0,
      created_count: 0,
      skipped_count: 0,
      settings: storedSettings({ ...settings, importedOn: business.today, confirmedBy: actor.label }),
    });
    await enqueue(runImportJob, { tenantId, batchId: batch.id });
    await recordNetworkAudit(trx, context, actor, {
      action: "import.confirmed",
      subjectKind: "import",
      subjectId: batch.id,
      summary: coded("audit_import_confirmed", { count: forecast.created }),
    });
    return ok(null);
  });
}
