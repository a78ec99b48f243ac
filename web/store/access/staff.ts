import { type Kysely, sql } from "kysely";
import type { Permission } from "@/web/domain/access/mod.ts";
import type { Database } from "../db/schema.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** Memberships of an e-mail address, oldest first; asked before the tenant is known (R10). */
export async function lookupLogin(
  db: Kysely<Database>,
  email: string,
): Promise<{ staff_user_id: string; tenant_id: string }[]> {
  const { rows } = await sql<{ staff_user_id: string; tenant_id: string }>`
    select staff_user_id, tenant_id from lookup_login(${email})`.execute(db);
  return rows;
}

/** Every tenant id, in order of creation (R10). */
export async function lookupTenants(db: Kysely<Database>): Promise<string[]> {
  const { rows } = await sql<{ tenant_id: string }>`select tenant_id from lookup_tenants()`.execute(db);
  return rows.map((row) => row.tenant_id);
}

/** A staff member with the password hash; null when not of this tenant. */
export async function findStaffUser(trx: TenantTransaction, staffUserId: string) {
  return await trx.selectFrom("staff_users").select(["id", "name", "email", "password_hash", "is_disabled"])
    .where("id", "=", staffUserId).executeTakeFirst() ?? null;
}

/** A person who may work, kept from being disabled until this transaction ends; null when they are disabled. */
export async function lockActiveStaff(
  trx: TenantTransaction,
  staffUserId: string,
): Promise<{ email: string } | null> {
  return await trx.selectFrom("staff_users").select("email_lower as email")
    .where("id", "=", staffUserId).where("is_disabled", "=", false).forShare().executeTakeFirst() ?? null;
}

/** Permissions of all roles that a staff member has in this tenant. */
export async function listPermissions(trx: TenantTransaction, staffUserId: string): Promise<string[]> {
  const rows = await trx.selectFrom("staff_roles as sr")
    .innerJoin(
      "role_permissions as rp",
      (join) => join.onRef("rp.tenant_id", "=", "sr.tenant_id").onRef("rp.role_id", "=", "sr.role_id"),
    )
    .select("rp.permission").distinct()
    .where("sr.tenant_id", "=", trx.tenantId).where("sr.staff_user_id", "=", staffUserId).execute();
  return rows.map((row) => row.permission);
}

/** Names of those who may change what others may do, for a page that says whom to ask. */
export async function listGranters(trx: TenantTransaction, most = 3): Promise<string[]> {
  const rows = await trx.selectFrom("staff_roles as sr")
    .innerJoin(
      "role_permissions as rp",
      (join) => join.onRef("rp.tenant_id", "=", "sr.tenant_id").onRef("rp.role_id", "=", "sr.role_id"),
    )
    .innerJoin("staff_users as u", "u.id", "sr.staff_user_id")
    .select("u.name").distinct()
    .where("sr.tenant_id", "=", trx.tenantId).where("rp.permission", "=", "staff:write")
    .where("u.is_disabled", "=", false).orderBy("u.name").limit(most).execute();
  return rows.map((row) => row.name);
}

/** Adds a person, their membership and their roles. */
export async function insertStaffMember(
  trx: TenantTransaction,
  staff: { id: string; email: string; name: string; passwordHash: string; roleIds: readonly string[] },
): Promise<void> {
  await trx.insertInto("staff_users")
    .values({ id: staff.id, email: staff.email, name: staff.name, password_hash: staff.passwordHash })
    .execute();
  await trx.insertInto("staff_memberships").values({ tenant_id: trx.tenantId, staff_user_id: staff.id })
    .execute();
  if (staff.roleIds.length === 0) return;
  await trx.insertInto("staff_roles")
    .values(
      staff.roleIds.map((roleId) => ({ tenant_id: trx.tenantId, staff_user_id: staff.id, role_id: roleId })),
    )
    .execute();
}

/** Adds a role with its permissions, everywhere or at some sites only. */
export async function insertRole(
  trx: TenantTransaction,
  role: { id: string; name: string; permissions: readonly string[]; siteIds?: readonly string[] | null },
): Promise<void> {
  const { siteIds = null } = role;
  await trx.insertInto("roles").values({
    tenant_id: trx.tenantId,
    id: role.id,
    name: role.name,
    is_builtin: true,
    is_limited_to_sites: siteIds !== null,
  }).execute();
  if (siteIds !== null && siteIds.length > 0) {
    await trx.insertInto("role_sites")
      .values(siteIds.map((siteId) => ({ tenant_id: trx.tenantId, role_id: role.id, site_id: siteId })))
      .execute();
  }
  if (role.permissions.length === 0) return;
  await trx.insertInto("role_permissions")
    .values(role.permissions.map((permission) => ({ tenant_id: trx.tenantId, role_id: role.id, permission })))
    .execute();
}

/** Rehashed password after the cost was raised, or a changed one. */
export async function updatePasswordHash(
  trx: TenantTransaction,
  staffUserId: string,
  hash: string,
): Promise<void> {
  await trx.updateTable("staff_users").set({ password_hash: hash }).where("id", "=", staffUserId).execute();
}

/** Names of those who may do something, as far as they can still sign in, in order. */
export async function listStaffWith(trx: TenantTransaction, permission: Permission): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select distinct u.name from staff_roles sr
    join role_permissions rp on rp.tenant_id = sr.tenant_id and rp.role_id = sr.role_id
    join staff_users u on u.id = sr.staff_user_id
    where sr.tenant_id = ${trx.tenantId} and rp.permission = ${permission} and not u.is_disabled
    order by u.name`.execute(trx);
  return rows.map((row) => row.name);
}
