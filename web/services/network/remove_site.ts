import { coded } from "@/shared/codes/mod.ts";
import { err, type Failure, ok, type Result } from "@/shared/result.ts";
import { clip } from "@/shared/text/mod.ts";
import { voidOpenCodes } from "@/web/store/network/enrolment_codes.ts";
import { countAtSite, lockSite, type SiteRow, updateSiteRemoved } from "@/web/store/network/sites.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { refuseUnasked, type UnaskedCode } from "../approvals/refuse_unasked.ts";
import { recordAudit } from "../audit.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { runUseCase, type UseCase } from "../use_case.ts";

/** Why a site stays. */
export type RemoveSiteCode = "site_not_found" | "site_in_use";

/** Removes a site that has nothing any more; where it needs an approval, its page asks for one. */
export async function removeSite(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: { siteId: string },
): Promise<Result<null, RemoveSiteCode | UnaskedCode>> {
  type Code = RemoveSiteCode | UnaskedCode;
  return await runUseCase<null, Code>(
    context,
    tenantId,
    actor,
    async (useCase) =>
      await refuseUnasked(useCase, "site_removal", { siteId: input.siteId }) ??
        await removeSiteIn(useCase, input),
  );
}

/** The same inside of another use case, which has written nothing. */
export async function removeSiteIn(
  { trx, at, actor, business }: UseCase,
  { siteId }: { siteId: string },
): Promise<Result<null, RemoveSiteCode>> {
  const site = await lockSite(trx, siteId);
  if (site === null) return err("site_not_found");
  const refusal = await refuseRemoval(trx, site);
  if (refusal !== null) return refusal;
  // A code that nobody used would make an agent of a site that is not there.
  await voidOpenCodes(trx, siteId, at);
  // The name becomes free; the id keeps two of the same name apart.
  await updateSiteRemoved(trx, siteId, { at, name: `${clip(site.name, 60)} (removed ${siteId.slice(-6)})` });
  await recordAudit(trx, actor, {
    action: "site.removed",
    subjectKind: "site",
    subjectId: siteId,
    summary: coded("audit_site_removed", { site: site.name }),
    at,
    businessOn: business.today,
  });
  return ok(null);
}

/** What is in the way; an agent must be revoked, a router archived, and a connection moved or ended before. */
export async function refuseRemoval(
  trx: TenantTransaction,
  { id, name }: Pick<SiteRow, "id" | "name">,
): Promise<Failure<"site_in_use"> | null> {
  const { routers, agents, connections } = await countAtSite(trx, id);
  return routers + agents + connections === 0
    ? null
    : err("site_in_use", { name, routers, agents, connections });
}
