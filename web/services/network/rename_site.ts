import { coded } from "@/shared/codes/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { findSiteByName, lockSite, updateSiteName } from "@/web/store/network/sites.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { runUseCase } from "../use_case.ts";
import { cleanName } from "./create_site.ts";
import { recordNetworkAudit } from "./network_audit.ts";
import { SITE_MAX } from "@/web/domain/network/limits.ts";

/** Renames a site. */
export async function renameSite(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: { siteId: string; name: string; seen?: string | undefined },
): Promise<Result<null, "site_not_found" | "name_invalid" | "name_taken" | "row_changed">> {
  const name = cleanName(input.name);
  if (name === null) return err("name_invalid", { max: SITE_MAX.name });
  return await runUseCase(context, tenantId, actor, async ({ trx }) => {
    const site = await lockSite(trx, input.siteId);
    if (site === null) return err("site_not_found");
    if (input.seen !== undefined && input.seen !== site.name && name !== site.name) return err("row_changed");
    const other = await findSiteByName(trx, name);
    if (other !== null && other.id !== site.id) {
      return err("name_taken", { thing: "site", name });
    }
    if (site.name === name) return ok(null);
    await updateSiteName(trx, site.id, name);
    await recordNetworkAudit(trx, context, actor, {
      action: "site.renamed",
      subjectKind: "site",
      subjectId: site.id,
      summary: coded("audit_site_renamed", { before: site.name, site: name }),
      details: { before: site.name },
    });
    return ok(null);
  });
}
