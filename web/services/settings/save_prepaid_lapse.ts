import { coded } from "@/shared/codes/mod.ts";
import { ok, type Result } from "@/shared/result.ts";
import type { LapsePolicy } from "@/web/domain/billing/mod.ts";
import { updatePrepaidLapse } from "@/web/store/settings/tenants.ts";
import { recordAudit } from "../audit.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { runUseCase } from "../use_case.ts";

/** Says where a purchase begins that comes after prepaid time has run out. What was bought stays. */
export async function savePrepaidLapse(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: { lapse: LapsePolicy },
): Promise<Result<null, never>> {
  return await runUseCase<null, never>(context, tenantId, actor, async ({ trx, tenant, at, business }) => {
    if (tenant.prepaid_lapse === input.lapse) return ok(null);
    await updatePrepaidLapse(trx, input.lapse);
    await recordAudit(trx, actor, {
      action: "settings.prepaid_saved",
      subjectKind: "tenant",
      subjectId: tenant.id,
      summary: coded("audit_prepaid_lapse", { lapse: input.lapse }),
      at,
      businessOn: business.today,
    });
    return ok(null);
  });
}
