import { coded } from "@/shared/codes/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { replaceStaffRoles } from "@/web/store/access/members.ts";
import type { Actor, ServiceContext } from "../context.ts";
import {
  changeStaff,
  namesOf,
  refuseToGive,
  refuseToTouch,
  type StaffChangeRefusal,
} from "./change_staff.ts";
import { rolesOf } from "./invite_staff.ts";

/** Gives somebody these roles and takes the others; without any they may only sign in. It counts at the next request. */
export async function changeStaffRoles(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  { staffUserId, roleIds, seen }: {
    staffUserId: string;
    roleIds: readonly string[];
    /** Roles that the form was opened with, by their ids. */
    seen?: readonly string[] | undefined;
  },
): Promise<
  Result<
    null,
    | StaffChangeRefusal
    | "staff_not_found"
    | "staff_is_away"
    | "role_not_found"
    | "row_changed"
    | "not_yours_to_give"
    | "has_more_than_you"
  >
> {
  const attempt = { what: "roles", subjectKind: "staff", subjectId: staffUserId } as const;
  return await changeStaff(context, tenantId, actor, attempt, async (change) => {
    const { trx, members, audit } = change;
    const member = members.find(({ id }) => id === staffUserId);
    if (member === undefined) return err("staff_not_found");
    if (member.state === "left") return err("staff_is_away", { name: member.name });
    const roles = await rolesOf(trx, roleIds);
    if (roles === null) return err("role_not_found");
    const has = member.roles.map(({ id }) => id);
    if (isSame(has, roleIds)) return ok(null);
    if (seen !== undefined && !isSame(has, seen)) return err("row_changed");
    const refusal = refuseToTouch(change, member) ?? refuseToGive(change, roles);
    if (refusal !== null) return refusal;
    await replaceStaffRoles(trx, staffUserId, roles.map(({ id }) => id));
    const [before, after] = [member.roles, roles].map((some) => some.map(({ name }) => name));
    await audit({
      action: "staff.roles_changed",
      subjectId: staffUserId,
      summary: coded("audit_staff_roles", {
        name: member.name,
        before: namesOf(member.roles),
        after: namesOf(roles),
      }),
      details: { before, after },
    });
    return ok(null);
  });
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return String([...new Set(a)].sort()) === String([...new Set(b)].sort());
}
