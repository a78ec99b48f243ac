import { sql } from "kysely";
import { type HeldRole, ROLE_LIMIT_KINDS } from "@/web/domain/access/mod.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";
import { readRole, ROLE_CONTENT, type StoredRole } from "./held_roles.ts";

/** A role of the company: what it allows, and how many have it. */
export interface RoleRow extends HeldRole {
  id: string;
  name: string;
  isBuiltin: boolean;
  /** People who work here, or would when they are enabled again. */
  people: number;
  /** Invitations that would give it. */
  invites: number;
}

type StoredRoleRow = Omit<RoleRow, keyof HeldRole> & StoredRole;

/** All roles, those that every company has first, then by name; the rows of one where it is named. */
export async function listRoles(trx: TenantTransaction, roleId?: string): Promise<RoleRow[]> {
  const { rows } = await sql<{ role: StoredRoleRow }>`
    select json_build_object('id', r.id, 'name', r.name, 'isBuiltin', r.is_builtin,
      'people', (select count(*) from staff_roles sr where sr.tenant_id = r.tenant_id and sr.role_id = r.id),
      'invites', (select count(*) from staff_invite_roles ir
        join staff_invites i on i.tenant_id = ir.tenant_id and i.id = ir.invite_id
        where ir.tenant_id = r.tenant_id and ir.role_id = r.id and i.accepted_at is null
          and i.withdrawn_at is null),
      ${ROLE_CONTENT}) as role
    from roles r where r.tenant_id = ${trx.tenantId} and (${roleId ?? null}::uuid is null or r.id = ${
    roleId ?? null
  }::uuid)
    order by r.is_builtin desc, case when r.is_builtin then r.id end, lower(r.name), r.id`.execute(trx);
  return rows.map(({ role }) => ({ ...role, ...readRole(role) }));
}

/** One role; null when the company has none of this id. */
export async function findRole(trx: TenantTransaction, roleId: string): Promise<RoleRow | null> {
  return (await listRoles(trx, roleId))[0] ?? null;
}

/** Whether another role has this name, however it is written. */
export async function isRoleNameTaken(
  trx: TenantTransaction,
  name: string,
  except: string | null,
): Promise<boolean> {
  const { rows } = await sql`select from roles r where r.tenant_id = ${trx.tenantId}
    and lower(r.name) = lower(${name}) and r.id is distinct from ${except}::uuid`.execute(trx);
  return rows.length > 0;
}

/** What a role consists of. */
export type RoleContent = HeldRole & { name: string };

/** Adds a role, everywhere or at some sites only. */
export async function insertRole(
  trx: TenantTransaction,
  role:
    & { id: string; name: string; permissions: readonly string[]; isBuiltin?: boolean }
    & Partial<Pick<HeldRole, "siteIds" | "limits">>,
): Promise<void> {
  const { siteIds = null, limits = {}, isBuiltin = true } = role;
  await trx.insertInto("roles").values({
    tenant_id: trx.tenantId,
    id: role.id,
    name: role.name,
    is_builtin: isBuiltin,
    is_limited_to_sites: siteIds !== null,
  }).execute();
  await insertContent(trx, role.id, { permissions: role.permissions, siteIds, limits });
}

/** Makes a role what is given, in place of what it was. */
export async function replaceRole(
  trx: TenantTransaction,
  roleId: string,
  role: RoleContent,
): Promise<void> {
  await trx.updateTable("roles").set({ name: role.name, is_limited_to_sites: role.siteIds !== null })
    .where("tenant_id", "=", trx.tenantId).where("id", "=", roleId).execute();
  for (const table of ["role_permissions", "role_sites", "role_limits"] as const) {
    await trx.deleteFrom(table).where("tenant_id", "=", trx.tenantId).where("role_id", "=", roleId).execute();
  }
  await insertContent(trx, roleId, role);
}

/** Removes a role that nobody has; an invitation that would have given it gives the others only. */
export async function deleteRole(trx: TenantTransaction, roleId: string): Promise<void> {
  await trx.deleteFrom("roles").where("tenant_id", "=", trx.tenantId).where("id", "=", roleId).execute();
}

async function insertContent(
  trx: TenantTransaction,
  roleId: string,
  { permissions, siteIds, limits }: HeldRole,
): Promise<void> {
  const own = { tenant_id: trx.tenantId, role_id: roleId };
  if (permissions.length > 0) {
    await trx.insertInto("role_permissions")
      .values(permissions.map((permission) => ({ ...own, permission }))).execute();
  }
  if (siteIds !== null && siteIds.length > 0) {
    await trx.insertInto("role_sites").values(siteIds.map((siteId) => ({ ...own, site_id: siteId })))
      .execute();
  }
  const set = ROLE_LIMIT_KINDS.flatMap((kind) => {
    const most = limits[kind];
    return most === undefined ? [] : [{ ...own, kind, most }];
  });
  if (set.length > 0) await trx.insertInto("role_limits").values(set).execute();
}
