import { coded } from "@/shared/codes/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { lastSave, lockTenant, updateSettings } from "@/web/store/settings/settings.ts";
import { recordAudit } from "../audit.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { runUseCase } from "../use_case.ts";

/** Moves the company to another time zone: from now on its days begin there. Dates that are written stay. */
export async function saveTimeZone(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: { revision: number; timeZone: string },
): Promise<Result<null, "row_changed" | "zone_unknown">> {
  const { revision, timeZone } = input;
  if (!isTimeZone(timeZone)) return err("zone_unknown");
  return await runUseCase(context, tenantId, actor, async ({ trx, at, business }) => {
    const tenant = await lockTenant(trx);
    const last = lastSave(tenant, "region");
    if ((last?.revision ?? 0) !== revision) {
      return err("row_changed");
    }
    if (tenant.time_zone === timeZone) return ok(null);
    await updateSettings(trx, "region", { time_zone: timeZone }, {
      revision: revision + 1,
      by: actor.label,
      at,
    });
    await recordAudit(trx, actor, {
      action: "settings.region_saved",
      subjectKind: "tenant",
      subjectId: tenantId,
      summary: coded("audit_zone_changed", { before: tenant.time_zone, zone: timeZone }),
      details: { before: { time_zone: tenant.time_zone }, after: { time_zone: timeZone } },
      at,
      businessOn: business.today,
    });
    return ok(null);
  });
}

/** Whether a name is a zone with a place; a fixed offset such as `+08:00` is none. */
export function isTimeZone(name: string): boolean {
  return name === "UTC" || Intl.supportedValuesOf("timeZone").includes(name);
}
