import { ok } from "@/shared/result.ts";
import { EXPORT_HOURS } from "@/web/domain/approvals/mod.ts";
import { findApprovedExport } from "@/web/store/approvals/requests.ts";
import { type Actor, type ServiceContext, staffIdOf } from "../context.ts";
import { runUseCase } from "../use_case.ts";
import { findWay } from "./ask_or_run.ts";
import { momentOf } from "./kind.ts";
import { exportSubject } from "./kinds/full_export.ts";

/** Whether somebody may take a file out now. */
export type ExportLeave =
  | {
    mayTake: true; /** The request that was approved; null where nobody has to be asked. */
    requestId: string | null;
  }
  | { mayTake: false };

/**
 * Whether a file of a whole list may go out to whoever asks: no policy binds them, or this very file of theirs was
 * approved not longer than {@linkcode EXPORT_HOURS} ago. Reads as the company does: somebody at one site has theirs too.
 */
export async function mayExport(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  { href, siteId }: { href: string; siteId: string | null },
): Promise<ExportLeave> {
  const result = await runUseCase<ExportLeave, never>(context, tenantId, actor, async (useCase) => {
    const { trx, at } = useCase;
    const what = { amountCentavos: null, subscriberId: null, siteId };
    const way = await findWay(momentOf(useCase), actor, "full_export", what);
    if (way === "run") return ok({ mayTake: true, requestId: null });
    const staffUserId = staffIdOf(actor);
    if (staffUserId === null) return ok({ mayTake: false });
    const requestId = await findApprovedExport(trx, {
      staffUserId,
      subjectId: exportSubject(staffUserId, href),
      after: at.subtract({ hours: EXPORT_HOURS }),
      now: at,
    });
    return ok(requestId === null ? { mayTake: false } : { mayTake: true, requestId });
  });
  return result.ok ? result.value : { mayTake: false };
}
