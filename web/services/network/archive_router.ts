import { coded, formatCoded } from "@/shared/codes/mod.ts";
import { clip } from "@/shared/text/mod.ts";
import { err, type Failure, ok, type Result } from "@/shared/result.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { findLiveAgent } from "@/web/store/network/agents.ts";
import { closeOpenBatches, listImportBatches } from "@/web/store/imports/import_batches.ts";
import { countRouterSubscriptions, lockRouter, updateRouter } from "@/web/store/network/routers.ts";
import { refuseUnasked, type UnaskedCode } from "../approvals/refuse_unasked.ts";
import { recordAudit } from "../audit.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { runUseCase, type UseCase } from "../use_case.ts";

/** Takes a router out of use. Nothing changes on it; the agent stops looking at it. */
export async function archiveRouter(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: { routerId: string },
): Promise<Result<null, ArchiveRouterCode | UnaskedCode>> {
  type Code = ArchiveRouterCode | UnaskedCode;
  const result = await runUseCase<string | null, Code>(context, tenantId, actor, async (useCase) => {
    const router = await lockRouter(useCase.trx, input.routerId);
    const kept = router === null
      ? null
      : await refuseUnasked(useCase, "router_removal", { siteId: router.site_id });
    return kept ?? await archiveIn(useCase, input);
  });
  if (!result.ok) return result;
  if (result.value !== null) context.notifyCommands(tenantId, result.value);
  return ok(null);
}

/** Why a router stays in use. */
export type ArchiveRouterCode = "router_not_found" | "router_in_use" | "import_running";

/** The same inside of another use case, which has written nothing. Answers the agent that has to hear of it. */
export async function archiveIn(
  useCase: UseCase,
  input: { routerId: string },
): Promise<Result<string | null, ArchiveRouterCode>> {
  const { trx, at, actor, business } = useCase;
  const router = await lockRouter(trx, input.routerId);
  if (router === null) return err("router_not_found");
  if (router.archived_at !== null) return ok(null);
  const refusal = await refuseArchive(trx, router);
  if (refusal !== null) return refusal;
  await closeOpenBatches(trx, router.id, {
    message: formatCoded(coded("router_was_archived", { name: router.name })),
    now: at,
  });
  // The old name becomes free for the router that replaces it; the id keeps two archived ones apart.
  const name = `${clip(router.name, 60)} (archived ${router.id.slice(-6)})`;
  await updateRouter(trx, router.id, { archived_at: at, name }, { raisesSettings: true });
  const agent = await findLiveAgent(trx, router.site_id);
  await recordAudit(trx, actor, {
    action: "router.archived",
    subjectKind: "router",
    subjectId: router.id,
    summary: coded("audit_router_archived", { router: router.name }),
    at,
    businessOn: business.today,
  });
  return ok(agent?.id ?? null);
}

/** What speaks against taking a router out of use now. A confirmation of an import takes the router's lock too. */
export async function refuseArchive(
  trx: TenantTransaction,
  { id, name }: { id: string; name: string },
): Promise<Failure<"router_in_use" | "import_running"> | null> {
  const count = await countRouterSubscriptions(trx, id);
  if (count > 0) return err("router_in_use", { name, count });
  const isImporting = (await listImportBatches(trx, id)).some((batch) => batch.status === "running");
  return isImporting ? err("import_running", { name }) : null;
}
