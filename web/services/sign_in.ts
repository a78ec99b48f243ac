import type { Kysely } from "kysely";
import type { Clock } from "@/shared/clock.ts";
import { randomBytes, sha256, toBase64Url } from "@/shared/crypto/mod.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { verifyAgainstNobody, verifyPassword } from "@/web/gateways/passwords/mod.ts";
import { clearHits, countHit } from "@/web/store/rate_limits.ts";
import type { Database } from "@/web/store/schema.ts";
import { endSession, findSession, insertSession, lookupSession, touchSession } from "@/web/store/sessions.ts";
import { findStaffUser, listPermissions, lookupLogin } from "@/web/store/staff.ts";
import { withTenant } from "@/web/store/tenant_transaction.ts";

export interface SessionContext {
  db: Kysely<Database>;
  clock: Clock;
}

/** Idle and absolute life of a staff session (ASVS V7.3). */
export const SESSION_IDLE_MINUTES = 30;
export const SESSION_HOURS = 12;

/** Tries per e-mail address and IP address in a window; an address alone gets more, against spraying. */
const TRIES_PER_ACCOUNT = 5;
const TRIES_PER_IP = 50;
const WINDOW_SECONDS = 15 * 60;

export interface SignInInput {
  email: string;
  password: string;
  ip: string;
  userAgent: string | null;
}

/** Checks the password and opens a session. The token goes into the cookie; only its hash is stored. */
export async function signIn(
  context: SessionContext,
  input: SignInInput,
): Promise<Result<{ token: string; expiresAt: Temporal.Instant }, "wrong_login" | "too_many_tries">> {
  const accountKey = `login:${input.email.toLowerCase()}:${input.ip}`;
  const limited = await checkLimits(context, accountKey, `login-ip:${input.ip}`);
  if (limited !== null) return limited;

  const [membership] = await lookupLogin(context.db, input.email);
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

  await clearHits(context.db, accountKey);
  return ok(await openSession(context, tenantId, staffUserId, input));
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

async function checkLimits(context: SessionContext, accountKey: string, ipKey: string) {
  const window = { now: context.clock.now(), seconds: WINDOW_SECONDS };
  const account = await countHit(context.db, accountKey, window);
  const ip = await countHit(context.db, ipKey, window);
  if (account.hits <= TRIES_PER_ACCOUNT && ip.hits <= TRIES_PER_IP) return null;
  const until = account.hits > TRIES_PER_ACCOUNT ? account.windowEndsAt : ip.windowEndsAt;
  const minutes = Math.max(1, Math.ceil(until.since(window.now).total("minutes")));
  return err(
    "too_many_tries",
    `Too many wrong tries. Wait ${minutes} ${minutes === 1 ? "minute" : "minutes"}, then try again.`,
  );
}

/** Who is signed in, with what they may do. */
export interface StaffSession {
  sessionId: string;
  tenantId: string;
  staffUserId: string;
  staffName: string;
  permissions: ReadonlySet<string>;
}

/** Session of a token; null when unknown, idle too long, expired, ended or the person was disabled. */
export async function resolveSession(context: SessionContext, token: string): Promise<StaffSession | null> {
  const found = await lookupSession(context.db, await sha256(token));
  if (found === null) return null;
  return await withTenant(context.db, found.tenant_id, async (trx) => {
    const session = await findSession(trx, found.session_id);
    if (session === null || session.is_disabled) return null;
    const now = context.clock.now();
    const idleUntil = session.last_seen_at.add({ minutes: SESSION_IDLE_MINUTES });
    if (
      Temporal.Instant.compare(now, session.expires_at) >= 0 || Temporal.Instant.compare(now, idleUntil) >= 0
    ) {
      return null;
    }
    // Once a minute is enough to keep it from idling out, and spares a write per request.
    if (now.since(session.last_seen_at).total("minutes") >= 1) await touchSession(trx, session.id, now);
    return {
      sessionId: session.id,
      tenantId: found.tenant_id,
      staffUserId: session.staff_user_id,
      staffName: session.name,
      permissions: new Set(await listPermissions(trx, session.staff_user_id)),
    };
  });
}

/** Ends a session; the token is worthless at once on every node. */
export async function signOut(context: SessionContext, session: StaffSession): Promise<void> {
  await withTenant(
    context.db,
    session.tenantId,
    (trx) => endSession(trx, session.sessionId, context.clock.now()),
  );
}
