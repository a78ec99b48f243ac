import { coded } from "@/shared/codes/mod.ts";
import { ok, type Result } from "@/shared/result.ts";
import type { BillApproval } from "@/web/domain/billing/mod.ts";
import { type TenantRow, updateApprovals } from "@/web/store/settings/tenants.ts";
import { recordAudit } from "../audit.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { runUseCase } from "../use_case.ts";

/**
 * Sets when a bill run waits for a person, and whether the end of a service does. A run that waits already goes on when
 * nothing waits any more; an end that somebody asked for stays to be decided.
 */
export async function setBillApproval(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  { approval, over, ends }: {
    approval: BillApproval;
    over: number;
    /** Left out: as it is. */
    ends?: TenantRow["end_approval"] | undefined;
  },
): Promise<Result<null, never>> {
  return await runUseCase<null, never>(context, tenantId, actor, async ({ trx, tenant, at, business }) => {
    const fields = { bill_approval: approval, bill_approval_over: over };
    await updateApprovals(trx, { ...fields, end_approval: ends ?? tenant.end_approval });
    const subject = { subjectKind: "tenant", subjectId: tenantId, at, businessOn: business.today } as const;
    await recordAudit(trx, actor, {
      ...subject,
      action: "bill_approval.set",
      summary: coded("audit_bill_approval", { approval, over }),
    });
    if (ends !== undefined && ends !== tenant.end_approval) {
      await recordAudit(trx, actor, {
        ...subject,
        action: "end_approval.set",
        summary: coded("audit_end_approval", { approval: ends }),
      });
    }
    return ok(null);
  });
}
