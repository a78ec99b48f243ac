import { coded } from "@/shared/codes/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { accessOf } from "@/web/domain/access/mod.ts";
import { findRole } from "@/web/store/access/roles.ts";
import { setSeesAs } from "@/web/store/access/sessions.ts";
import { withTenant } from "@/web/store/db/tenant_transaction.ts";
import type { Actor, ServiceContext } from "../context.ts";
import {
  type Attempt,
  changeStaff,
  refuseToGive,
  refuseToTouch,
  type StaffChangeRefusal,
} from "./change_staff.ts";
import type { StaffSession } from "./session.ts";

/** A session that looks. */
type Looking = Pick<StaffSession, "tenantId" | "sessionId">;

/**
 * From the next page on the session sees Linya as a role does that is within what the person has themselves; it changes
 * nothing meanwhile.
 *
 * @returns what the role may do
 */
export async function seeAsRole(
  context: ServiceContext,
  actor: Actor,
  { tenantId, sessionId }: Looking,
  roleId: string,
): Promise<Result<ReadonlySet<string>, StaffChangeRefusal | "role_not_found" | "not_yours_to_give">> {
  return await changeStaff(context, tenantId, actor, attemptAt("role", roleId), async (change) => {
    const role = await findRole(change.trx, roleId);
    if (role === null) return err("role_not_found");
    const refusal = refuseToGive(change, [role]);
    if (refusal !== null) return refusal;
    await setSeesAs(change.trx, sessionId, { kind: "role", id: roleId });
    await change.audit({
      action: "role.seen_as",
      subjectId: roleId,
      summary: coded("audit_seen_as", { role: role.name }),
    });
    return ok(accessOf([role]).permissions);
  });
}

/**
 * The same as somebody does who works here, with all their roles, while these are within what whoever looks has.
 *
 * @returns what they may do
 */
export async function seeAsPerson(
  context: ServiceContext,
  actor: Actor,
  { tenantId, sessionId }: Looking,
  staffUserId: string,
): Promise<
  Result<ReadonlySet<string>, StaffChangeRefusal | "staff_not_found" | "staff_is_away" | "has_more_than_you">
> {
  return await changeStaff(context, tenantId, actor, attemptAt("staff", staffUserId), async (change) => {
    const member = change.members.find(({ id }) => id === staffUserId);
    if (member === undefined) return err("staff_not_found");
    if (member.state !== "active") return err("staff_is_away", { name: member.name });
    const refusal = refuseToTouch(change, member);
    if (refusal !== null) return refusal;
    await setSeesAs(change.trx, sessionId, { kind: "person", id: staffUserId });
    await change.audit({
      action: "staff.seen_as",
      subjectId: staffUserId,
      summary: coded("audit_seen_as_person", { name: member.name }),
    });
    return ok(accessOf(member.roles).permissions);
  });
}

function attemptAt(subjectKind: "role" | "staff", subjectId: string): Attempt {
  const named = subjectKind === "role" ? { name: "" } : {};
  return { what: "see_as", subjectKind, subjectId, permission: "staff:read", ...named };
}

/** The person sees Linya as themselves again. */
export async function stopSeeing(
  { db }: Pick<ServiceContext, "db">,
  { tenantId, sessionId }: Looking,
): Promise<void> {
  await withTenant(db, tenantId, (trx) => setSeesAs(trx, sessionId, null));
}
