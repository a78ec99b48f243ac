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

/** Companies that a person works for, the first one first; asked with their own session only. */
export async function lookupMemberships(db: Kysely<Database>, staffUserId: string): Promise<string[]> {
  const { rows } = await sql<{ tenant_id: string }>`
    select tenant_id from lookup_memberships(${staffUserId})`.execute(db);
  return rows.map((row) => row.tenant_id);
}

/** A person by their address, with each company that they are or were with; for who proves that they are it (R10). */
export async function lookupPerson(
  db: Kysely<Database>,
  email: string,
): Promise<{ staff_user_id: string; tenant_id: string }[]> {
  const { rows } = await sql<{ staff_user_id: string; tenant_id: string }>`
    select staff_user_id, tenant_id from lookup_person(${email})`.execute(db);
  return rows;
}

/** Whether a person is or was with another company as well. */
export async function worksElsewhere(trx: TenantTransaction, staffUserId: string): Promise<boolean> {
  const { rows } = await sql<{ elsewhere: boolean }>`
    select works_for_another_tenant(${staffUserId}) as elsewhere`.execute(trx);
  return rows[0]?.elsewhere ?? true;
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

/**
 * A person who works at the company, kept from being disabled, leaving or getting another password until this transaction
 * ends; null when they do not work there.
 *
 * @param passwordHash what their password was found to be; with another one they are nobody
 */
export async function lockActiveStaff(
  trx: TenantTransaction,
  staffUserId: string,
  passwordHash?: string,
): Promise<{ email: string } | null> {
  const { rows } = await sql<{ email: string; password_hash: string }>`
    select u.email_lower as email, u.password_hash
    from staff_users u join staff_memberships m on m.staff_user_id = u.id and m.tenant_id = ${trx.tenantId}
    where u.id = ${staffUserId} and not u.is_disabled and m.state = 'active'
    for share`.execute(trx);
  const [found] = rows;
  if (found === undefined) return null;
  return passwordHash === undefined || passwordHash === found.password_hash ? { email: found.email } : null;
}

/** Those of some people who work at the company and can sign in. */
export async function listWorking(trx: TenantTransaction, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const { rows } = await sql<{ id: string }>`
    select u.id from staff_memberships m join staff_users u on u.id = m.staff_user_id
    where m.tenant_id = ${trx.tenantId} and m.state = 'active' and not u.is_disabled
      and m.staff_user_id = any(${[...ids]}::uuid[])`.execute(trx);
  return new Set(rows.map(({ id }) => id));
}

/** What one person does at the same time in two places takes turns, until this transaction ends. */
export async function lockPerson(trx: TenantTransaction, staffUserId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${"person:" + staffUserId}, 0))`.execute(trx);
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
    .innerJoin(
      "staff_memberships as m",
      (join) =>
        join.onRef("m.tenant_id", "=", "sr.tenant_id").onRef("m.staff_user_id", "=", "sr.staff_user_id"),
    )
    .where("sr.tenant_id", "=", trx.tenantId).where("rp.permission", "=", "staff:write")
    .where("u.is_disabled", "=", false).where("m.state", "=", "active").orderBy("u.name").limit(most)
    .execute();
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

/** Another password; every session that was opened with the old one ends, at each company. */
export async function setPassword(
  trx: TenantTransaction,
  staffUserId: string,
  { hash, at }: { hash: string; at: Temporal.Instant },
): Promise<void> {
  await trx.updateTable("staff_users").set({ password_hash: hash, password_changed_at: at })
    .where("id", "=", staffUserId).execute();
}

/** Another name; it is the person's, at each company. */
export async function updateStaffName(
  trx: TenantTransaction,
  staffUserId: string,
  name: string,
): Promise<void> {
  await trx.updateTable("staff_users").set({ name }).where("id", "=", staffUserId).execute();
}

/** The same password, hashed again after the cost was raised. */
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
    join staff_memberships m on m.tenant_id = sr.tenant_id and m.staff_user_id = sr.staff_user_id
    where sr.tenant_id = ${trx.tenantId} and rp.permission = ${permission} and not u.is_disabled
      and m.state = 'active'
    order by u.name`.execute(trx);
  return rows.map((row) => row.name);
}
