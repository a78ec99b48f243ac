import { coded } from "@/shared/codes/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { findMember, lockStaff } from "@/web/store/access/members.ts";
import { updateStaffName } from "@/web/store/access/staff.ts";
import { recordAudit } from "../audit.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { runUseCase } from "../use_case.ts";

/** Changes the name of whoever is signed in. It is the person's, at each company; what was written down keeps the old one. */
export async function saveOwnName(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  { staffUserId, name }: { staffUserId: string; name: string },
): Promise<Result<null, "staff_not_found" | "name_missing">> {
  if (name === "") return err("name_missing");
  return await runUseCase(context, tenantId, actor, async ({ trx, at, business }) => {
    await lockStaff(trx);
    const member = await findMember(trx, staffUserId);
    if (member === null || member.state !== "active") return err("staff_not_found");
    if (member.name === name) return ok(null);
    await updateStaffName(trx, staffUserId, name);
    await recordAudit(trx, actor, {
      action: "staff.renamed",
      subjectKind: "staff",
      subjectId: staffUserId,
      summary: coded("audit_staff_renamed", { before: member.name, name }),
      details: { before: member.name, after: name },
      at,
      businessOn: business.today,
    });
    return ok(null);
  });
}
