import { sql } from "kysely";
import type { HeldRole } from "@/web/domain/access/mod.ts";
import { sendSqlAhead } from "../db/ahead.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";
import type { StaffMembershipsTable } from "../db/schema.ts";
import { requiresFactorSql } from "./factors.ts";
import { readRole, ROLE_CONTENT, type StoredRole } from "./held_roles.ts";

/** Whether somebody works at the company. */
export type MemberState = StaffMembershipsTable["state"]["__select__"];

/** A role that somebody has, by name. */
export interface MemberRole extends HeldRole {
  id: string;
  name: string;
  isBuiltin: boolean;
}

/** Somebody who works or has worked at the company. */
export interface Member {
  id: string;
  name: string;
  email: string;
  state: MemberState;
  roles: MemberRole[];
}

type StoredMember = Omit<Member, "roles"> & {
  roles: (StoredRole & Pick<MemberRole, "id" | "name" | "isBuiltin">)[];
};

/**
 * Keeps everybody else out who changes what people may do, until this transaction ends: two owners who remove each other
 * take turns, and the second finds that they are gone.
 */
export async function lockStaff(trx: TenantTransaction): Promise<void> {
  await sendSqlAhead(trx, sql`select pg_advisory_xact_lock(hashtextextended(${"staff:" + trx.tenantId}, 0))`);
}

/** Everybody with their roles, by name; only one where their id is given. Whom the installation disabled counts as such. */
export async function listMembers(trx: TenantTransaction, staffUserId?: string): Promise<Member[]> {
  const { rows } = await sql<StoredMember>`
    select u.id, u.name, u.email, case when u.is_disabled and m.state = 'active' then 'disabled' else m.state end
        as state,
      coalesce((select json_agg(json_build_object('id', r.id, 'name', r.name, 'isBuiltin', r.is_builtin,
          ${ROLE_CONTENT}) order by r.is_builtin desc, lower(r.name), r.id)
        from staff_roles sr join roles r on r.tenant_id = sr.tenant_id and r.id = sr.role_id
        where sr.tenant_id = m.tenant_id and sr.staff_user_id = m.staff_user_id), '[]') as roles
    from staff_memberships m join staff_users u on u.id = m.staff_user_id
    where m.tenant_id = ${trx.tenantId}
      and (${staffUserId ?? null}::uuid is null or m.staff_user_id = ${staffUserId ?? null}::uuid)
    order by lower(u.name), u.id`.execute(trx);
  return rows.map((row) => ({
    ...row,
    roles: row.roles.map(({ id, name, isBuiltin, ...role }) => ({ id, name, isBuiltin, ...readRole(role) })),
  }));
}

/** One of them; null for a stranger. */
export async function findMember(trx: TenantTransaction, staffUserId: string): Promise<Member | null> {
  return (await listMembers(trx, staffUserId))[0] ?? null;
}

/** Somebody of the list of staff. */
export interface MemberLine extends Pick<Member, "id" | "name" | "email" | "state"> {
  roles: { id: string; name: string; isBuiltin: boolean }[];
  lastSeenAt: Temporal.Instant | null;
  sessions: number;
  hasApp: boolean;
  passkeys: number;
  /** A role of theirs asks for a second factor. */
  requiresFactor: boolean;
}

/** People with the sessions that are open: not ended, not over, and not idle since before a moment. */
export async function listMemberLines(
  trx: TenantTransaction,
  { now, activeSince }: { now: Temporal.Instant; activeSince: Temporal.Instant },
): Promise<MemberLine[]> {
  const { rows } = await sql<MemberLine>`
    select u.id, u.name, u.email, case when u.is_disabled and m.state = 'active' then 'disabled' else m.state end
        as state,
      coalesce((select json_agg(json_build_object('id', r.id, 'name', r.name, 'isBuiltin', r.is_builtin)
          order by r.is_builtin desc, lower(r.name), r.id)
        from staff_roles sr join roles r on r.tenant_id = sr.tenant_id and r.id = sr.role_id
        where sr.tenant_id = m.tenant_id and sr.staff_user_id = m.staff_user_id), '[]') as roles,
      (select max(s.last_seen_at) from sessions s
        where s.tenant_id = m.tenant_id and s.staff_user_id = m.staff_user_id) as "lastSeenAt",
      (select count(*)::int from sessions s
        where s.tenant_id = m.tenant_id and s.staff_user_id = m.staff_user_id and s.ended_at is null
          and s.expires_at > ${now} and s.last_seen_at > ${activeSince}) as sessions,
      exists (select from staff_totp f where f.staff_user_id = m.staff_user_id
        and f.confirmed_at is not null) as "hasApp",
      (select count(*)::int from staff_passkeys f where f.staff_user_id = m.staff_user_id) as passkeys,
      ${requiresFactorSql(sql`m.tenant_id`, sql`m.staff_user_id`)} as "requiresFactor"
    from staff_memberships m join staff_users u on u.id = m.staff_user_id
    where m.tenant_id = ${trx.tenantId} order by lower(u.name), u.id`.execute(trx);
  return rows;
}

/** Gives somebody these roles and no others. */
export async function replaceStaffRoles(
  trx: TenantTransaction,
  staffUserId: string,
  roleIds: readonly string[],
): Promise<void> {
  await trx.deleteFrom("staff_roles")
    .where("tenant_id", "=", trx.tenantId).where("staff_user_id", "=", staffUserId).execute();
  if (roleIds.length === 0) return;
  await trx.insertInto("staff_roles")
    .values(roleIds.map((role_id) => ({ tenant_id: trx.tenantId, staff_user_id: staffUserId, role_id })))
    .execute();
}

/** Whoever is no longer active is signed out by the database, on every node. */
export async function setMemberState(
  trx: TenantTransaction,
  staffUserId: string,
  { state, at }: { state: MemberState; at: Temporal.Instant },
): Promise<void> {
  await trx.updateTable("staff_memberships").set({ state, state_at: at })
    .where("tenant_id", "=", trx.tenantId).where("staff_user_id", "=", staffUserId).execute();
}

/** Where a statement can be taken back to: a change is made, looked at, and undone when it must not be. */
export async function setStaffSavepoint(trx: TenantTransaction): Promise<void> {
  await sql`savepoint staff_change`.execute(trx);
}

/** Takes back what was done since. */
export async function rollBackToStaffSavepoint(trx: TenantTransaction): Promise<void> {
  await sql`rollback to savepoint staff_change`.execute(trx);
}
