import { coded } from "@/shared/codes/mod.ts";
import { err, type Failure, ok, type Result } from "@/shared/result.ts";
import { findRole } from "@/web/store/access/roles.ts";
import { findRoleRequires, setRoleRequires } from "@/web/store/access/role_factors.ts";
import type { Actor, ServiceContext } from "../../context.ts";
import { changeStaff, refuseToGive, refuseToTouch, type StaffChangeRefusal } from "../change_staff.ts";

/**
 * Asks everybody who has a role for a second factor, or does not any more, also of a built-in role. Who has none is led to
 * add one at their next request, and reaches nothing else until then.
 */
export async function requireFactor(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  { roleId, isRequired }: { roleId: string; isRequired: boolean },
): Promise<Result<null, StaffChangeRefusal | "role_not_found" | "not_yours_to_give" | "has_more_than_you">> {
  const attempt = { what: "save_role", subjectKind: "role", subjectId: roleId, name: "" } as const;
  return await changeStaff(context, tenantId, actor, attempt, async (change) => {
    const { trx, members, audit } = change;
    const role = await findRole(trx, roleId);
    if (role === null) return err("role_not_found");
    const holders = members.filter(({ roles }) => roles.some(({ id }) => id === roleId));
    const refusal: Failure<"not_yours_to_give" | "has_more_than_you"> | null = refuseToGive(change, [role]) ??
      holders.map((holder) => refuseToTouch(change, holder)).find((refused) => refused !== null) ?? null;
    if (refusal !== null) return refusal;
    if (await findRoleRequires(trx, roleId) === isRequired) return ok(null);
    await setRoleRequires(trx, roleId, isRequired);
    await audit({
      action: "role.second_factor",
      subjectId: roleId,
      summary: coded("audit_role_factor", { role: role.name, state: isRequired ? "on" : "off" }),
      details: { before: !isRequired, after: isRequired },
    });
    return ok(null);
  });
}
