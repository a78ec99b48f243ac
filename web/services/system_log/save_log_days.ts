import { coded } from "@/shared/codes/mod.ts";
import { ok, type Result } from "@/shared/result.ts";
import { updateLogDays } from "@/web/store/settings/tenants.ts";
import { recordAudit } from "../audit.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { runUseCase } from "../use_case.ts";

/** Says how many days lines of the system log are kept. */
export async function saveLogDays(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  { days }: { days: number },
): Promise<Result<null, never>> {
  return await runUseCase<null, never>(context, tenantId, actor, async ({ trx, tenant, at, business }) => {
    if (tenant.system_log_days === days) return ok(null);
    await updateLogDays(trx, days);
    await recordAudit(trx, actor, {
      action: "settings.log_days_saved",
      subjectKind: "tenant",
      subjectId: tenant.id,
      summary: coded("audit_log_days", { days }),
      details: { before: tenant.system_log_days, days },
      at,
      businessOn: business.today,
    });
    return ok(null);
  });
}
