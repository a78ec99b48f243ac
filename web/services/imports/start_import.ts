import { coded, formatCoded } from "@/shared/codes/mod.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import {
  closeOpenBatches,
  insertImportBatch,
  listImportBatches,
} from "@/web/store/imports/import_batches.ts";
import { lockRouter } from "@/web/store/network/routers.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { runUseCase } from "../use_case.ts";
import { recordNetworkAudit } from "../network/network_audit.ts";
import { type NoAgent, queueRouterCommand } from "../network/commands/queue_command.ts";

/** Asks the agent to read a router's secrets and profiles. Nothing is written there, and passwords are never read. */
export async function startImport(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: { routerId: string },
): Promise<Result<{ batchId: string }, NoAgent | "router_not_found" | "import_running">> {
  const now = context.clock.now();
  const result = await runUseCase(context, tenantId, actor, async ({ trx }) => {
    const router = await lockRouter(trx, input.routerId);
    if (router === null) return err("router_not_found");
    const batches = await listImportBatches(trx, router.id);
    if (batches.some((batch) => batch.status === "running")) {
      return err("import_running", { name: router.name });
    }
    const queued = await queueRouterCommand(trx, context, actor, { router, kind: "router.read_secrets" });
    if (!queued.ok) return queued;
    const { commandId, agentId } = queued.value;
    const open = batches.find((batch) => batch.status === "reading" && batch.command_id === commandId);
    if (open) return ok({ batchId: open.id, agentId });
    await closeOpenBatches(trx, router.id, { message: formatCoded(coded("reading_replaced")), now });
    const batchId = uuidv7(now.epochMilliseconds);
    await insertImportBatch(trx, {
      id: batchId,
      router_id: router.id,
      command_id: commandId,
      created_by: actor.label,
      created_at: now,
    });
    await recordNetworkAudit(trx, context, actor, {
      action: "import.started",
      subjectKind: "import",
      subjectId: batchId,
      summary: coded("audit_import_started", { router: router.name }),
    });
    return ok({ batchId, agentId });
  });
  if (!result.ok) return result;
  context.notifyCommands(tenantId, result.value.agentId);
  return ok({ batchId: result.value.batchId });
}
