import { coded, formatCoded } from "@/shared/codes/mod.ts";
import { clip } from "@/shared/text/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { findLiveAgent } from "@/web/store/network/agents.ts";
import { closeOpenBatches, listImportBatches } from "@/web/store/imports/import_batches.ts";
import { countRouterSubscriptions, lockRouter, updateRouter } from "@/web/store/network/routers.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { runUseCase } from "../use_case.ts";
import { recordNetworkAudit } from "./network_audit.ts";

/** Takes a router out of use. Nothing changes on it; the agent stops looking at it. */
export async function archiveRouter(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: { routerId: string },
): Promise<Result<null, "router_not_found" | "router_in_use" | "import_running">> {
  const now = context.clock.now();
  const result = await runUseCase(context, tenantId, actor, async ({ trx }) => {
    const router = await lockRouter(trx, input.routerId);
    if (router === null) return err("router_not_found");
    if (router.archived_at !== null) return ok(null);
    const count = await countRouterSubscriptions(trx, router.id);
    if (count > 0) {
      return err("router_in_use", { name: router.name, count });
    }
    // A confirmation takes the router's lock too, so none can come in between.
    if ((await listImportBatches(trx, router.id)).some((batch) => batch.status === "running")) {
      return err("import_running", { name: router.name });
    }
    await closeOpenBatches(trx, router.id, {
      message: formatCoded(coded("router_was_archived", { name: router.name })),
      now,
    });
    // The old name becomes free for the router that replaces it; the id keeps two archived ones apart.
    const name = `${clip(router.name, 60)} (archived ${router.id.slice(-6)})`;
    await updateRouter(trx, router.id, { archived_at: now, name }, { raisesSettings: true });
    const agent = await findLiveAgent(trx, router.site_id);
    await recordNetworkAudit(trx, context, actor, {
      action: "router.archived",
      subjectKind: "router",
      subjectId: router.id,
      summary: coded("audit_router_archived", { router: router.name }),
    });
    return ok(agent?.id ?? null);
  });
  if (!result.ok) return result;
  if (result.value !== null) context.notifyCommands(tenantId, result.value);
  return ok(null);
}
