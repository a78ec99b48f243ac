import { coded } from "@/shared/codes/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { findRole } from "@/web/store/access/roles.ts";
import { setSeesAs } from "@/web/store/access/sessions.ts";
import { withTenant } from "@/web/store/db/tenant_transaction.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { changeStaff, refuseToGive, type StaffChangeRefusal } from "./change_staff.ts";
import type { StaffSession } from "./sign_in.ts";

/** A session that looks. */
type Looking = Pick<StaffSession, "tenantId" | "sessionId">;

/**
 * From the next page on the session sees Linya as a role does that is within what the person has themselves; it changes
 * nothing meanwhile.
 */
export async function seeAsRole(
  context: ServiceContext,
  actor: Actor,
  { tenantId, sessionId }: Looking,
  roleId: string,
): Promise<Result<readonly string[], StaffChangeRefusal | "role_not_found" | "not_yours_to_give">> {
  const attempt = {
    what: "see_as",
    subjectKind: "role",
    subjectId: roleId,
    name: "",
    permission: "staff:read",
  } as const;
  return await changeStaff(context, tenantId, actor, attempt, async (change) => {
    const role = await findRole(change.trx, roleId);
    if (role === null) return err("role_not_found");
    const refusal = refuseToGive(change, [role]);
    if (refusal !== null) return refusal;
    await setSeesAs(change.trx, sessionId, roleId);
    await change.audit({
      action: "role.seen_as",
      subjectId: roleId,
      summary: coded("audit_seen_as", { role: role.name }),
    });
    return ok(role.permissions);
  });
}

/** The person sees Linya as themselves again. */
export async function stopSeeing(
  { db }: Pick<ServiceContext, "db">,
  { tenantId, sessionId }: Looking,
): Promise<void> {
  await withTenant(db, tenantId, (trx) => setSeesAs(trx, sessionId, null));
}
