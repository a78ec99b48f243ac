import { coded } from "@/shared/codes/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { lockTenant, updateOutageRules } from "@/web/store/settings/settings.ts";
import type { TenantRow } from "@/web/store/settings/tenants.ts";
import { recordAudit } from "../audit.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { runUseCase } from "../use_case.ts";

/** Says whether outages are credited, and from how many minutes of a period on. What was given stays. */
export async function saveOutageRules(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: { credit: TenantRow["outage_credit"]; thresholdMinutes: number; seen?: string | undefined },
): Promise<Result<null, "row_changed">> {
  return await runUseCase<null, "row_changed">(context, tenantId, actor, async ({ trx, at, business }) => {
    const before = await lockTenant(trx);
    const seen = `${before.outage_credit} ${before.outage_threshold_minutes}`;
    if (input.seen !== undefined && input.seen !== seen) return err("row_changed");
    const { credit, thresholdMinutes: minutes } = input;
    if (seen === `${credit} ${minutes}`) return ok(null);
    await updateOutageRules(trx, { outage_credit: credit, outage_threshold_minutes: minutes });
    await recordAudit(trx, actor, {
      action: "settings.outages_saved",
      subjectKind: "tenant",
      subjectId: tenantId,
      summary: coded("audit_outage_rules", { credit, hours: Math.ceil(minutes / 60) }),
      details: {
        credit,
        minutes,
        before: { credit: before.outage_credit, minutes: before.outage_threshold_minutes },
      },
      at,
      businessOn: business.today,
    });
    return ok(null);
  });
}
