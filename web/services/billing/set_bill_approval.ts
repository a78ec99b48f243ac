import { coded } from "@/shared/codes/mod.ts";
import { ok, type Result } from "@/shared/result.ts";
import type { BillApproval } from "@/web/domain/billing/mod.ts";
import { updateBillApproval } from "@/web/store/settings/tenants.ts";
import { recordAudit } from "../audit.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { runUseCase } from "../use_case.ts";

/** Sets when a bill run waits for a person. A run that waits already goes on when nothing waits any more. */
export async function setBillApproval(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  { approval, over }: { approval: BillApproval; over: number },
): Promise<Result<null, never>> {
  return await runUseCase<null, never>(context, tenantId, actor, async ({ trx, at, business }) => {
    await updateBillApproval(trx, { bill_approval: approval, bill_approval_over: over });
    await recordAudit(trx, actor, {
      subjectKind: "tenant",
      subjectId: tenantId,
      at,
      businessOn: business.today,
      action: "bill_approval.set",
      summary: coded("audit_bill_approval", { approval, over }),
    });
    return ok(null);
  });
}
