import type { Kysely } from "kysely";
import type { Clock } from "@/shared/clock.ts";
import { sha256 } from "@/shared/crypto/mod.ts";
import { OFFLINE_AFTER_MS } from "@/shared/protocol/mod.ts";
import { type Access, accessOf, missingToGive, type SecurityEvent } from "@/web/domain/access/mod.ts";
import { standingOf } from "@/web/domain/access/second_factor.ts";
import type { KnownBrowsers } from "@/web/gateways/known_browsers/mod.ts";
import {
  endSession,
  findSession,
  type FrameFigures,
  type SeenAs,
  type SessionRow,
  touchSession,
} from "@/web/store/access/sessions.ts";
import type { Database } from "@/web/store/db/schema.ts";
import { type TenantTransaction, withSession, withTenant } from "@/web/store/db/tenant_transaction.ts";
import { announceSessionEnded } from "@/web/store/live/live_topics.ts";
import type { Preferences } from "@/web/store/settings/preferences.ts";
import type { SecurityLog } from "./security_log.ts";

export interface SessionContext {
  db: Kysely<Database>;
  clock: Clock;
}

/** What signing in needs besides. */
export interface SignInContext extends SessionContext {
  security: SecurityLog;
  browsers: KnownBrowsers;
}

/** Idle and absolute life of a staff session (ASVS V7.3). */
export const SESSION_IDLE_MINUTES = 30;
export const SESSION_HOURS = 12;

/** A browser somewhere, as far as a sign-in is concerned. */
export interface Client {
  ip: string;
  userAgent: string | null;
  /** Of the request, for the security log. @default "" */
  requestId?: string;
  /** What {@linkcode SignedIn.known} was when somebody signed in here last. @default null */
  known?: string | null;
  /** Token of the session that was open here; it ends. @default null */
  openToken?: string | null;
}

/** Who is signed in, with what they may do. */
export interface StaffSession {
  audience: "staff";
  sessionId: string;
  tenantId: string;
  staffUserId: string;
  staffName: string;
  email: string;
  permissions: ReadonlySet<string>;
  /** How many companies they work for. */
  companies: number;
  /** When they last proved who they are; null: never, as far as anybody knows. */
  confirmedAt: Temporal.Instant | null;
  /** The role or the person that they look at Linya as; null: as themselves. */
  seesAs: SeenAs | null;
  /** What their roles allow together, with sites and limits. */
  access: Access;
  /** A role of theirs asks for a second factor and they have none: until they add one they may do nothing else. */
  mustEnrol: boolean;
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
  const { access, seesAs, mustEnrol } = lookOf(session);
  // Once a minute is enough to keep it from idling out, and spares a write per request.
  const isStale = now.since(session.last_seen_at).total("minutes") >= 1;
  if (isStale && options.isPassive !== true) {
    await withTenant(context.db, tenantId, (trx) => touchSession(trx, session.id, now));
  }
  return {
    audience: "staff",
    sessionId: session.id,
    tenantId,
    staffUserId: session.staff_user_id,
    staffName: session.name,
    email: session.email,
    permissions: access.permissions,
    companies: session.companies,
    confirmedAt: session.confirmed_at,
    seesAs,
    access,
    mustEnrol,
    preferences: session.preferences,
    frame: session.frame,
  };
}

/** What the person of a session may do; null when it is over. It does not keep the session from idling out. */
export async function findSessionAccess(
  context: SessionContext,
  { tenantId, sessionId }: Pick<StaffSession, "tenantId" | "sessionId">,
): Promise<Access | null> {
  return await withTenant(context.db, tenantId, async (trx) => {
    const session = await findLiveSession(trx, sessionId, context.clock.now());
    if (session === null) return null;
    const { access, mustEnrol } = lookOf(session);
    return mustEnrol ? null : access;
  }, { readOnly: true });
}

/** What is shown: what their roles allow, or those that they look as, while these are within what they have themselves. */
function lookOf(session: SessionRow): Pick<StaffSession, "access" | "seesAs" | "mustEnrol"> {
  const { roles, seesAs } = session;
  if (standingOf(session.factor) === "must_enrol") {
    return { access: accessOf([]), seesAs: null, mustEnrol: true };
  }
  const [own, mustEnrol] = [accessOf(roles), false];
  if (seesAs === null || missingToGive(own, seesAs.roles).length > 0) {
    return { access: own, seesAs: null, mustEnrol };
  }
  const { kind, id, name } = seesAs;
  return { access: accessOf(seesAs.roles), seesAs: { kind, id, name }, mustEnrol };
}

/** A session that is not over, by its id. */
export async function findLiveSession(trx: TenantTransaction, sessionId: string, now: Temporal.Instant) {
  const session = await findSession(trx, sessionId, now.subtract({ milliseconds: OFFLINE_AFTER_MS }));
  if (session === null || session.is_disabled || standingOf(session.factor) === "none") return null;
  const idleUntil = session.last_seen_at.add({ minutes: SESSION_IDLE_MINUTES });
  const isOver = Temporal.Instant.compare(now, session.expires_at) >= 0 ||
    Temporal.Instant.compare(now, idleUntil) >= 0;
  return isOver ? null : session;
}

/** Ends a session; the token is worthless at once on every node. */
export async function signOut(
  context: Omit<SignInContext, "browsers">,
  session: Pick<StaffSession, "tenantId" | "sessionId" | "staffUserId" | "email">,
  client: Pick<Client, "ip" | "requestId">,
): Promise<void> {
  await endFor(context, session, { kind: "signed_out", reason: "signed_out" }, client);
}

/** Ends a session that is not over yet, for the reason that the log then has. */
export async function endFor(
  context: Omit<SignInContext, "browsers">,
  session: Pick<StaffSession, "tenantId" | "sessionId" | "staffUserId" | "email">,
  what: Pick<SecurityEvent, "kind" | "reason">,
  client: Pick<Client, "ip" | "requestId">,
): Promise<void> {
  await withTenant(context.db, session.tenantId, async (trx) => {
    if (!await endSession(trx, session.sessionId, context.clock.now())) return;
    announceSessionEnded(trx, session.sessionId);
    await context.security.record(trx, {
      ...what,
      account: session.email,
      staffUserId: session.staffUserId,
      ip: client.ip,
      requestId: client.requestId ?? "",
    });
  });
}
