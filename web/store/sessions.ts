import { type Kysely, sql } from "kysely";
import type { Preferences } from "./preferences.ts";
import type { Database } from "./schema.ts";
import type { TenantTransaction } from "./tenant_transaction.ts";

/** Session with this token hash, before the tenant is known (R10); null when there is none or it was ended. */
export async function lookupSession(
  db: Kysely<Database>,
  tokenHash: Uint8Array,
): Promise<{ session_id: string; tenant_id: string } | null> {
  const { rows } = await sql<{ session_id: string; tenant_id: string }>`
    select session_id, tenant_id from lookup_session(${tokenHash})`.execute(db);
  return rows[0] ?? null;
}

/** A session with the person behind it, what they may do and what they like, in one statement; null when it was ended. */
export async function findSession(trx: TenantTransaction, sessionId: string) {
  return await trx.selectFrom("sessions as s").innerJoin("staff_users as u", "u.id", "s.staff_user_id")
    .select([
      "s.id",
      "s.staff_user_id",
      "s.last_seen_at",
      "s.expires_at",
      "u.name",
      "u.email",
      "u.is_disabled",
      sql<string[]>`array(select distinct rp.permission from staff_roles sr
        join role_permissions rp on rp.tenant_id = sr.tenant_id and rp.role_id = sr.role_id
        where sr.tenant_id = s.tenant_id and sr.staff_user_id = s.staff_user_id)`.as("permissions"),
      sql<Preferences>`coalesce((select jsonb_object_agg(sp.name, sp.value) from staff_preferences sp
        where sp.tenant_id = s.tenant_id and sp.staff_user_id = s.staff_user_id), '{}')`.as("preferences"),
    ])
    .where("s.tenant_id", "=", trx.tenantId).where("s.id", "=", sessionId).where("s.ended_at", "is", null)
    .executeTakeFirst() ?? null;
}

export interface NewSession {
  id: string;
  tokenHash: Uint8Array;
  staffUserId: string;
  at: Temporal.Instant;
  expiresAt: Temporal.Instant;
  ip: string | null;
  userAgent: string | null;
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
    ip: session.ip,
    user_agent: session.userAgent,
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

export async function endSession(
  trx: TenantTransaction,
  sessionId: string,
  at: Temporal.Instant,
): Promise<void> {
  await trx.updateTable("sessions").set({ ended_at: at })
    .where("tenant_id", "=", trx.tenantId).where("id", "=", sessionId).where("ended_at", "is", null)
    .execute();
}
