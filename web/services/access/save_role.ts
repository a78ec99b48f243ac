import { coded } from "@/shared/codes/mod.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { err, type Failure, ok, type Result } from "@/shared/result.ts";
import { versionOf } from "@/shared/version.ts";
import { type HeldRole, isPermission, ROLE_LIMIT_KINDS, ROLE_LIMITS } from "@/web/domain/access/mod.ts";
import { ROLE_MAX } from "@/web/domain/access/limits.ts";
import {
  deleteRole,
  findRole,
  insertRole,
  isRoleNameTaken,
  replaceRole,
  type RoleContent,
  type RoleRow,
} from "@/web/store/access/roles.ts";
import { listSiteNames } from "@/web/store/network/sites.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import type { Actor, ServiceContext } from "../context.ts";
import {
  changeStaff,
  refuseToGive,
  refuseToTouch,
  type StaffChange,
  type StaffChangeRefusal,
} from "./change_staff.ts";

type ContentRefusal = "name_invalid" | "name_taken" | "role_empty" | "site_not_found" | "not_yours_to_give";

/** Text that is another one as soon as the role is. */
export function roleVersion(role: RoleContent): string {
  return versionOf(role, ["name", "permissions", "siteIds", "limits"]);
}

/** Makes a role of the company's own, of what is the maker's to give. */
export async function createRole(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  given: RoleContent,
): Promise<Result<{ roleId: string }, StaffChangeRefusal | ContentRefusal>> {
  const roleId = uuidv7(context.clock.now().epochMilliseconds);
  const role = cleanRole(given);
  const attempt = { what: "make_role", subjectKind: "role", subjectId: roleId, name: role.name } as const;
  return await changeStaff(context, tenantId, actor, attempt, async (change) => {
    const { trx, audit } = change;
    const refusal = await checkContent(trx, role, null) ?? refuseToGive(change, [role]);
    if (refusal !== null) return refusal;
    await insertRole(trx, { ...role, id: roleId, isBuiltin: false });
    await audit({
      action: "role.created",
      subjectId: roleId,
      summary: coded("audit_role_made", { role: role.name }),
      details: { before: null, after: contentOf(role) },
    });
    return ok({ roleId });
  });
}

/** Changes what a role of the company's own allows, for everybody who has it, from their next request on. */
export async function saveRole(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  { roleId, seen, ...given }: RoleContent & { roleId: string; seen?: string | undefined },
): Promise<
  Result<
    null,
    | StaffChangeRefusal
    | ContentRefusal
    | "role_not_found"
    | "role_is_builtin"
    | "row_changed"
    | "has_more_than_you"
  >
> {
  const role = cleanRole(given);
  const attempt = { what: "save_role", subjectKind: "role", subjectId: roleId, name: role.name } as const;
  return await changeStaff(context, tenantId, actor, attempt, async (change) => {
    const { trx, audit } = change;
    const before = await findRole(trx, roleId);
    if (before === null) return err("role_not_found");
    if (before.isBuiltin) return err("role_is_builtin", { name: before.name });
    if (seen !== undefined && seen !== roleVersion(before)) return err("row_changed");
    const refusal = await checkContent(trx, role, roleId) ?? refuseRole(change, before) ??
      refuseToGive(change, [role]);
    if (refusal !== null) return refusal;
    if (roleVersion(cleanRole(before)) === roleVersion(role)) return ok(null);
    await replaceRole(trx, roleId, role);
    await audit({
      action: "role.saved",
      subjectId: roleId,
      summary: before.name === role.name
        ? coded("audit_role_saved", { role: role.name })
        : coded("audit_role_renamed", { before: before.name, role: role.name }),
      details: { before: contentOf(before), after: contentOf(role) },
    });
    return ok(null);
  });
}

/** Deletes a role of the company's own that nobody has and no open invitation gives. */
export async function removeRole(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  { roleId }: { roleId: string },
): Promise<
  Result<
    null,
    | StaffChangeRefusal
    | "role_not_found"
    | "role_is_builtin"
    | "role_in_use"
    | "has_more_than_you"
    | "not_yours_to_give"
  >
> {
  const attempt = { what: "delete_role", subjectKind: "role", subjectId: roleId, name: "" } as const;
  return await changeStaff(context, tenantId, actor, attempt, async (change) => {
    const { trx, audit } = change;
    const role = await findRole(trx, roleId);
    if (role === null) return err("role_not_found");
    if (role.isBuiltin) return err("role_is_builtin", { name: role.name });
    const { people, invites, name } = role;
    if (people + invites > 0) return err("role_in_use", { name, people, invites });
    const refusal = refuseRole(change, role);
    if (refusal !== null) return refusal;
    await deleteRole(trx, roleId);
    await audit({
      action: "role.deleted",
      subjectId: roleId,
      summary: coded("audit_role_deleted", { role: name }),
      details: { before: contentOf(role), after: null },
    });
    return ok(null);
  });
}

/** A role that holds more than one's own, or that somebody has who may do more, is not one's to change. */
function refuseRole(
  change: StaffChange,
  role: RoleRow,
): Failure<"not_yours_to_give" | "has_more_than_you"> | null {
  const own = refuseToGive(change, [role]);
  if (own !== null) return own;
  const holders = change.members.filter(({ roles }) => roles.some(({ id }) => id === role.id));
  for (const holder of holders) {
    const refusal = refuseToTouch(change, holder);
    if (refusal !== null) return refusal;
  }
  return null;
}

/** Without what means nothing: permissions that are none, sites twice, limits of what the role does not allow. */
function cleanRole({ name, permissions, siteIds, limits }: RoleContent): RoleContent {
  const allowed = [...new Set(permissions)].filter(isPermission).sort();
  return {
    name: name.trim().replace(/\s+/g, " "),
    permissions: allowed,
    siteIds: siteIds === null ? null : [...new Set(siteIds)].sort(),
    limits: Object.fromEntries(
      ROLE_LIMIT_KINDS.filter((kind) => limits[kind] !== undefined && allowed.includes(ROLE_LIMITS[kind]))
        .map((kind) => [kind, limits[kind]]),
    ),
  };
}

async function checkContent(
  trx: TenantTransaction,
  { name, permissions, siteIds }: RoleContent,
  roleId: string | null,
): Promise<Failure<Exclude<ContentRefusal, "not_yours_to_give">> | null> {
  // deno-lint-ignore no-control-regex
  if (name === "" || name.length > ROLE_MAX.name || /[\u0000-\u001f\u007f]/.test(name)) {
    return err("name_invalid", { max: ROLE_MAX.name });
  }
  if (permissions.length === 0) return err("role_empty");
  const sites = siteIds === null ? [] : (await listSiteNames(trx)).map(({ id }) => id);
  if (siteIds?.some((id) => !sites.includes(id))) return err("site_not_found");
  if (await isRoleNameTaken(trx, name, roleId)) return err("name_taken", { thing: "role", name });
  return null;
}

/** A role in JSON, for the audit log. */
function contentOf({ name, permissions, siteIds, limits }: RoleContent): HeldRole & { name: string } {
  return { name, permissions, siteIds, limits };
}
