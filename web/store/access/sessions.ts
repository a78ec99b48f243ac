import { TENANT_COLUMNS } from "@/web/store/settings/tenants.ts";
import { sql } from "kysely";
import type { Preferences } from "../settings/preferences.ts";
import type { HeldRole } from "@/web/domain/access/mod.ts";
import { hasFactorSql, requiresFactorSql } from "./factors.ts";
import { heldRoles, readRole, ROLE_CONTENT, type StoredRole } from "./held_roles.ts";
import { type ShellCounts, shellCounts } from "../live/shell.ts";
import { type SiteCounts, siteCounts } from "../live/site_counts.ts";
import type { TenantRow } from "../settings/tenants.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** What the frame around the admin's pages shows, read along with the session that asks for one. */
export interface FrameFigures {
  tenant: TenantRow;
  counts: ShellCounts;
  /** The same by site; null where no role of theirs is limited to one. */
  atSites: SiteCounts | null;
  /** Number of the newest entry of the audit log: what people have done so far, on any node. */
  auditSequence: bigint;
}

/** A role, or a person with all their roles, that a session looks at Linya as. */
export interface SeenAs {
  kind: "role" | "person";
  id: string;
  name: string;
}

/** A session that was not ended, and whose it is. */
export interface SessionRow {
  id: string;
  staff_user_id: string;
  last_seen_at: Temporal.Instant;
  expires_at: Temporal.Instant;
  /** When the person last proved that it is them; null: never, as far as anybody knows. */
  confirmed_at: Temporal.Instant | null;
  name: string;
  email: string;
  is_disabled: boolean;
  /** How many companies the person works for. */
  companies: number;
  /** Whether they have a second factor, a role of theirs asks for one, and when it was given in this session. */
  factor: { has: boolean; isRequired: boolean; provenAt: Temporal.Instant | null };
  roles: HeldRole[];
  /** Whom they look at Linya as, with what these may do; null mostly. */
  seesAs: SeenAs & { roles: HeldRole[] } | null;
  preferences: Preferences;
  frame: FrameFigures;
}

/**
 * A session with the person behind it, what they may do and like, and the frame of their pages, in one statement; null
 * when it was ended.
 *
 * @param freshAfter an agent whose last heartbeat is older counts as offline
 */
export async function findSession(
  trx: TenantTransaction,
  sessionId: string,
  freshAfter: Temporal.Instant,
): Promise<SessionRow | null> {
  const row = await trx.selectFrom("sessions as s").innerJoin("staff_users as u", "u.id", "s.staff_user_id")
    .innerJoin("tenants as t", "t.id", "s.tenant_id").select(
      TENANT_COLUMNS.map((column) => `t.${column}` as const),
    )
    .select([
      "s.id as session_id",
      "s.staff_user_id as session_staff_user_id",
      "s.last_seen_at as session_last_seen_at",
      "s.expires_at as session_expires_at",
      "s.confirmed_at as session_confirmed_at",
      "u.name as session_name",
      "u.email_lower as session_email",
      // Whoever is disabled, or has left, is signed out for good; a session that outlived it is nobody's.
      sql<
        boolean
      >`u.is_disabled or not exists (select from staff_memberships m where m.tenant_id = s.tenant_id
        and m.staff_user_id = s.staff_user_id and m.state = 'active')`.as("session_is_disabled"),
      sql<number>`(select count(*)::int from lookup_memberships(s.staff_user_id))`.as("session_companies"),
      "s.second_factor_at as session_proven_at",
      hasFactorSql(sql`s.staff_user_id`).as("session_has_factor"),
      requiresFactorSql(sql`s.tenant_id`, sql`s.staff_user_id`).as("session_requires_factor"),
      heldRoles(sql`s.tenant_id`, sql`s.staff_user_id`).as("session_roles"),
      sql<JoinedRow["session_sees_as"]>`coalesce(
        (select json_build_object('kind', 'role', 'id', r.id, 'name', r.name,
            'roles', json_build_array(json_build_object(${ROLE_CONTENT})))
          from roles r where r.tenant_id = s.tenant_id and r.id = s.sees_as_role),
        (select json_build_object('kind', 'person', 'id', p.id, 'name', p.name,
            'roles', ${heldRoles(sql`m.tenant_id`, sql`m.staff_user_id`)})
          from staff_memberships m join staff_users p on p.id = m.staff_user_id
          where m.tenant_id = s.tenant_id and m.staff_user_id = s.sees_as_person and m.state = 'active'
            and not p.is_disabled))`.as("session_sees_as"),
      sql<Preferences>`coalesce((select jsonb_object_agg(sp.name, sp.value) from staff_preferences sp
        where sp.tenant_id = s.tenant_id and sp.staff_user_id = s.staff_user_id), '{}')`.as(
        "session_preferences",
      ),
      sql<bigint>`coalesce((select a.sequence from audit_entries a where a.tenant_id = ${trx.tenantId}
        order by a.sequence desc limit 1), 0)`.as("session_audit_sequence"),
      shellCounts(trx.tenantId, freshAfter).as("session_counts"),
      siteCounts(trx.tenantId, ROLES_OF_SESSION, freshAfter).as("session_at_sites"),
    ])
    .where("s.tenant_id", "=", trx.tenantId).where("s.id", "=", sessionId).where("s.ended_at", "is", null)
    .executeTakeFirst();
  return row === undefined ? null : toSession(row);
}

/** Ids of the roles of the person of a session `s`, and of whom they look at Linya as. */
const ROLES_OF_SESSION = sql`select sr.role_id from staff_roles sr where sr.tenant_id = s.tenant_id
  and sr.staff_user_id in (s.staff_user_id, s.sees_as_person) union all select s.sees_as_role`;

/** The columns of the session begin with its name, since those of the tenant come beside them. */
type JoinedRow = TenantRow & {
  session_id: string;
  session_staff_user_id: string;
  session_last_seen_at: Temporal.Instant;
  session_expires_at: Temporal.Instant;
  session_confirmed_at: Temporal.Instant | null;
  session_name: string;
  session_email: string;
  session_is_disabled: boolean;
  session_companies: number;
  session_proven_at: Temporal.Instant | null;
  session_has_factor: boolean;
  session_requires_factor: boolean;
  session_roles: StoredRole[];
  session_sees_as: SeenAs & { roles: StoredRole[] } | null;
  session_preferences: Preferences;
  session_audit_sequence: bigint;
  session_counts: ShellCounts;
  session_at_sites: SiteCounts | null;
};

function toSession(row: JoinedRow): SessionRow {
  const {
    session_id: id,
    session_staff_user_id: staff_user_id,
    session_last_seen_at: last_seen_at,
    session_expires_at: expires_at,
    session_confirmed_at: confirmed_at,
    session_name: name,
    session_email: email,
    session_is_disabled: is_disabled,
    session_companies: companies,
    session_proven_at: provenAt,
    session_has_factor: has,
    session_requires_factor: isRequired,
    session_roles: roles,
    session_sees_as: seesAs,
    session_preferences: preferences,
    session_audit_sequence: auditSequence,
    session_counts: counts,
    session_at_sites: atSites,
    ...tenant
  } = row;
  return {
    id,
    staff_user_id,
    last_seen_at,
    expires_at,
    confirmed_at,
    name,
    email,
    is_disabled,
    companies,
    factor: { has, isRequired, provenAt },
    roles: roles.map(readRole),
    seesAs: seesAs && { ...seesAs, roles: seesAs.roles.map(readRole) },
    preferences,
    frame: { tenant, counts, atSites, auditSequence },
  };
}

export interface NewSession {
  id: string;
  tokenHash: Uint8Array;
  staffUserId: string;
  at: Temporal.Instant;
  expiresAt: Temporal.Instant;
  /** When the person proved that it is them; null for a session that nobody has proved anything for. */
  confirmedAt: Temporal.Instant | null;
  ip: string | null;
  userAgent: string | null;
  /** When the second factor was given. @default null, it was not */
  secondFactorAt?: Temporal.Instant | null;
}

export async function insertSession(trx: TenantTransaction, session: NewSession): Promise<void> {
  await trx.insertInto("sessions").values({
    tenant_id: trx.tenantId,
    id: session.id,
    token_hash: session.tokenHash,
    staff_user_id: session.staffUserId,
    created_at: session.at,
    last_seen_at: session.at,
    expires_at: session.expiresAt,
    confirmed_at: session.confirmedAt,
    ip: session.ip,
    user_agent: session.userAgent,
    second_factor_at: session.secondFactorAt ?? null,
  }).execute();
}

export async function touchSession(
  trx: TenantTransaction,
  sessionId: string,
  at: Temporal.Instant,
): Promise<void> {
  await trx.updateTable("sessions").set({ last_seen_at: at })
    .where("tenant_id", "=", trx.tenantId).where("id", "=", sessionId).execute();
}

/** Whom a session looks at Linya as; null: as themselves. */
export async function setSeesAs(
  trx: TenantTransaction,
  sessionId: string,
  seen: Pick<SeenAs, "kind" | "id"> | null,
): Promise<void> {
  await trx.updateTable("sessions").set({
    sees_as_role: seen?.kind === "role" ? seen.id : null,
    sees_as_person: seen?.kind === "person" ? seen.id : null,
  })
    .where("tenant_id", "=", trx.tenantId).where("id", "=", sessionId).execute();
}

/** @returns whether it was not over yet */
export async function endSession(
  trx: TenantTransaction,
  sessionId: string,
  at: Temporal.Instant,
): Promise<boolean> {
  const ended = await trx.updateTable("sessions").set({ ended_at: at })
    .where("tenant_id", "=", trx.tenantId).where("id", "=", sessionId).where("ended_at", "is", null)
    .returning("id").executeTakeFirst();
  return ended !== undefined;
}

/** Ends the sessions that somebody has at the company, all or all but one. @returns those that were not over yet */
export async function endSessionsOf(
  trx: TenantTransaction,
  staffUserId: string,
  at: Temporal.Instant,
  exceptId: string | null = null,
): Promise<string[]> {
  const ended = await trx.updateTable("sessions").set({ ended_at: at })
    .where("tenant_id", "=", trx.tenantId).where("staff_user_id", "=", staffUserId)
    .where("ended_at", "is", null).where(sql<boolean>`id is distinct from ${exceptId}::uuid`)
    .returning("id").execute();
  return ended.map(({ id }) => id);
}

/** Removes sessions that were over before a moment; an idle one has ended when it expires at the latest. */
export async function deleteDeadSessions(trx: TenantTransaction, before: Temporal.Instant): Promise<void> {
  await trx.deleteFrom("sessions").where("tenant_id", "=", trx.tenantId)
    .where((eb) => eb.or([eb("expires_at", "<", before), eb("ended_at", "<", before)])).execute();
}
