import { coded } from "@/shared/codes/mod.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { insertSite } from "@/web/store/network/sites.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { runUseCase } from "../use_case.ts";
import { recordNetworkAudit } from "./network_audit.ts";
import { SITE_MAX } from "@/web/domain/network/limits.ts";

/** A name of a site or router: trimmed, not too long, no control characters; null when it is not one. */
export function cleanName(text: string): string | null {
  const name = text.trim().replace(/\s+/g, " ");
  // deno-lint-ignore no-control-regex
  return name.length < 1 || name.length > SITE_MAX.name || /[\u0000-\u001f\u007f]/.test(name) ? null : name;
}

/** Adds a place where an agent will run. */
export async function createSite(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: { name: string },
): Promise<Result<{ siteId: string }, "name_invalid" | "name_taken">> {
  const name = cleanName(input.name);
  if (name === null) return err("name_invalid", { max: SITE_MAX.name });
  const now = context.clock.now();
  const id = uuidv7(now.epochMilliseconds);
  return await runUseCase(context, tenantId, actor, async ({ trx }) => {
    if (!await insertSite(trx, { id, name, created_at: now })) {
      return err("name_taken", { thing: "site", name });
    }
    await recordNetworkAudit(trx, context, actor, {
      action: "site.created",
      subjectKind: "site",
      subjectId: id,
      summary: coded("audit_site_added", { site: name }),
    });
    return ok({ siteId: id });
  });
}
