import type { Kysely } from "kysely";
import type { Clock } from "@/shared/clock.ts";
import { randomBytes, sha256, toBase64Url } from "@/shared/crypto/mod.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { OFFLINE_AFTER_MS } from "@/shared/protocol/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import {
  hashPassword,
  needsRehash,
  verifyAgainstNobody,
  verifyPassword,
} from "@/web/gateways/passwords/mod.ts";
import type { Database } from "@/web/store/db/schema.ts";
import type { Preferences } from "@/web/store/settings/preferences.ts";
import {
  endSession,
  findSession,
  type FrameFigures,
  insertSession,
  touchSession,
} from "@/web/store/access/sessions.ts";
import { findStaffUser, lookupLogin, updatePasswordHash } from "@/web/store/access/staff.ts";
import { announceSessionEnded } from "@/web/store/live/live_topics.ts";
import { type TenantTransaction, withSession, withTenant } from "@/web/store/db/tenant_transaction.ts";
import { countTry, forgetTry } from "./sign_in_limits.ts";

export interface SessionContext {
  db: Kysely<Database>;
  clock: Clock;
}

/** Idle and absolute life of a staff session (ASVS V7.3). */
export const SESSION_IDLE_MINUTES = 30;
export const SESSION_HOURS = 12;

export interface SignInInput {
  email: string;
  password: string;
  ip: string;
  userAgent: string | null;
}

/** A session that was opened, and whose it is. */
export interface SignedIn {
  token: string;
  expiresAt: Temporal.Instant;
  tenantId: string;
  staffUserId: string;
}

/** Checks the password and opens a session. The token goes into the cookie; only its hash is stored. */
export async function signIn(
  context: SessionContext,
  input: SignInInput,
): Promise<Result<SignedIn, "wrong_login" | "too_many_tries">> {
  const [membership] = await lookupLogin(context.db, input.email);
  const attempt = { account: membership?.staff_user_id ?? input.email.toLowerCase(), ip: input.ip };
  const counted = await countTry(context, attempt);
  if (!counted.ok) return counted;

  const wrong = err("wrong_login", "E-mail address and password do not match.");
  if (membership === undefined) {
    await verifyAgainstNobody(input.password);
    return wrong;
  }
  const { staff_user_id: staffUserId, tenant_id: tenantId } = membership;
  const staff = await withTenant(context.db, tenantId, (trx) => findStaffUser(trx, staffUserId));
  if (staff === null || staff.is_disabled || !await verifyPassword(staff.password_hash, input.password)) {
    return wrong;
  }

  if (needsRehash(staff.password_hash)) await rehash(context, membership, input.password);
  await forgetTry(context, attempt);
  return ok({ ...await openSession(context, tenantId, staffUserId, input), tenantId, staffUserId });
}

/** Stores the password at today's cost: this is the one moment when it is known. */
async function rehash(
  context: SessionContext,
  membership: { tenant_id: string; staff_user_id: string },
  password: string,
): Promise<void> {
  const hash = await hashPassword(password);
  await withTenant(
    context.db,
    membership.tenant_id,
    (trx) => updatePasswordHash(trx, membership.staff_user_id, hash),
  );
}

/** Opens a session for somebody who has just proved who they are. */
export async function openSession(
  context: SessionContext,
  tenantId: string,
  staffUserId: string,
  client: { ip: string; userAgent: string | null },
): Promise<{ token: string; expiresAt: Temporal.Instant }> {
  const token = toBase64Url(randomBytes(32));
  const now = context.clock.now();
  const expiresAt = now.add({ hours: SESSION_HOURS });
  const tokenHash = await sha256(token);
  await withTenant(context.db, tenantId, (trx) =>
    insertSession(trx, {
      id: uuidv7(now.epochMilliseconds),
      tokenHash,
      staffUserId,
      at: now,
      expiresAt,
      ip: client.ip,
      userAgent: client.userAgent?.slice(0, 300) ?? null,
    }));
  return { token, expiresAt };
}

/** Who is signed in, with what they may do. */
export interface StaffSession {
  sessionId: string;
  tenantId: string;
  staffUserId: string;
  staffName: string;
  permissions: ReadonlySet<string>;
  preferences: Preferences;
  /** What the frame around their page shows. */
  frame: FrameFigures;
}

/**
 * Session of a token; null when unknown, idle too long, expired, ended or the person was disabled. A passive request,
 * which a page makes by itself, does not keep it from idling out.
 */
export async function resolveSession(
  context: SessionContext,
  token: string,
  options: { isPassive?: boolean } = {},
): Promise<StaffSession | null> {
  const now = context.clock.now();
  const found = await withSession(context.db, await sha256(token), async (trx, sessionId) => {
    const session = await findLiveSession(trx, sessionId, now);
    return session && { session, tenantId: trx.tenantId };
  });
  if (found === null) return null;
  const { session, tenantId } = found;
  // Once a minute is enough to keep it from idling out, and spares a write per request.
  const isStale = now.since(session.last_seen_at).total("minutes") >= 1;
  if (isStale && options.isPassive !== true) {
    await withTenant(context.db, tenantId, (trx) => touchSession(trx, session.id, now));
  }
  return {
    sessionId: session.id,
    tenantId,
    staffUserId: session.staff_user_id,
    staffName: session.name,
    permissions: new Set(session.permissions),
    preferences: session.preferences,
    frame: session.frame,
  };
}

/** What the person of a session may do; null when it is over. It does not keep the session from idling out. */
export async function findSessionPermissions(
  context: SessionContext,
  { tenantId, sessionId }: Pick<StaffSession, "tenantId" | "sessionId">,
): Promise<ReadonlySet<string> | null> {
  return await withTenant(context.db, tenantId, async (trx) => {
    const session = await findLiveSession(trx, sessionId, context.clock.now());
    return session && new Set(session.permissions);
  }, { readOnly: true });
}

async function findLiveSession(trx: TenantTransaction, sessionId: string, now: Temporal.Instant) {
  const session = await findSession(trx, sessionId, now.subtract({ milliseconds: OFFLINE_AFTER_MS }));
  if (session === null || session.is_disabled) return null;
  const idleUntil = session.last_seen_at.add({ minutes: SESSION_IDLE_MINUTES });
  const isOver = Temporal.Instant.compare(now, session.expires_at) >= 0 ||
    Temporal.Instant.compare(now, idleUntil) >= 0;
  return isOver ? null : session;
}

/** Ends a session; the token is worthless at once on every node. */
export async function signOut(
  context: SessionContext,
  session: Pick<StaffSession, "tenantId" | "sessionId">,
): Promise<void> {
  await withTenant(context.db, session.tenantId, async (trx) => {
    await endSession(trx, session.sessionId, context.clock.now());
    announceSessionEnded(trx, session.sessionId);
  });
}
