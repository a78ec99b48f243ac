import type { Kysely } from "kysely";
import type { Clock } from "@/shared/clock.ts";
import { randomBytes, sha256, toBase64Url } from "@/shared/crypto/mod.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { OFFLINE_AFTER_MS } from "@/shared/protocol/mod.ts";
import { err, type Failure, ok, type Result } from "@/shared/result.ts";
import {
  type Access,
  accessOf,
  maskTypedAccount,
  missingToGive,
  type SecurityEvent,
} from "@/web/domain/access/mod.ts";
import { standingOf } from "@/web/domain/access/second_factor.ts";
import type { KnownBrowsers } from "@/web/gateways/known_browsers/mod.ts";
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
  type SeenAs,
  type SessionRow,
  touchSession,
} from "@/web/store/access/sessions.ts";
import { findStaffUser, lockActiveStaff, lookupLogin, updatePasswordHash } from "@/web/store/access/staff.ts";
import { findHasFactor } from "@/web/store/access/factors.ts";
import { announceSessionEnded } from "@/web/store/live/live_topics.ts";
import { type TenantTransaction, withSession, withTenant } from "@/web/store/db/tenant_transaction.ts";
import { type AskedSecond, askSecond } from "./factors/steps.ts";
import { tellOfNewDevice } from "./new_device.ts";
import type { SecurityLog } from "./security_log.ts";
import { admitTry, forgetTry } from "./sign_in_limits.ts";

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

export interface SignInInput extends Client {
  email: string;
  password: string;
}

/** A session that was opened, and whose it is. */
export interface SignedIn {
  token: string;
  expiresAt: Temporal.Instant;
  tenantId: string;
  staffUserId: string;
  /** For the cookie by which this browser is known from now on. */
  known: string;
}

/** A sign-in with a password, and how many companies the person works for: they choose one. */
export interface PasswordSignIn extends SignedIn {
  companies: number;
}

/** A sign-in that was refused. */
export type SignInRefusal = Failure<"wrong_login" | "too_many_tries">;

/** The same for somebody who has no second factor; who has one is refused: they go on with {@linkcode beginSignIn}. */
export async function signIn(
  context: SignInContext,
  input: SignInInput,
): Promise<Result<PasswordSignIn, SignInRefusal["code"] | "second_factor_needed">> {
  const begun = await beginSignIn(context, input);
  if (!begun.ok) return begun;
  return "second" in begun.value ? err("second_factor_needed") : ok(begun.value);
}

/**
 * Checks the password and opens a session, or asks for the second factor of somebody who has one. The token goes into the
 * cookie; only its hash is stored.
 */
export async function beginSignIn(
  context: SignInContext,
  input: SignInInput,
): Promise<Result<PasswordSignIn | AskedSecond, SignInRefusal["code"]>> {
  const memberships = await lookupLogin(context.db, input.email);
  const [membership] = memberships;
  const account = membership?.staff_user_id ?? input.email.toLowerCase();
  const browser = membership === undefined
    ? null
    : context.browsers.find(input.known ?? null, membership.staff_user_id, context.clock.now());
  const tried = { account, ip: input.ip, browser };
  const admission = await admitTry(context, tried);
  if ("waitSeconds" in admission) {
    return refuse(context, input, membership, "too_many_tries", admission.waitSeconds);
  }
  const passwordHash = membership === undefined
    ? await verifyAgainstNobody(input.password)
    : await hashOfPassword(context, membership, input.password);
  if (membership === undefined) return refuse(context, input, membership, "unknown_account");
  if (passwordHash === null) return refuse(context, input, membership, "disabled");
  if (passwordHash === false) return refuse(context, input, membership, "wrong_password");

  const { staff_user_id: staffUserId, tenant_id: tenantId } = membership;
  const asked = await askSecond(context, { tenantId, staffUserId }, passwordHash);
  if (asked !== null) {
    await forgetTry(context, tried, admission);
    return ok(asked);
  }
  const opened = await openSession(context, tenantId, staffUserId, { ...input, passwordHash });
  if (opened === null) return refuse(context, input, membership, "disabled");
  await forgetTry(context, tried, admission);
  return ok({ ...opened, tenantId, staffUserId, companies: memberships.length });
}

type Membership = { tenant_id: string; staff_user_id: string };

/** The stored hash of a password that is right; false of a wrong one; null for somebody who was disabled after the look-up. */
async function hashOfPassword(
  context: SignInContext,
  membership: Membership,
  password: string,
): Promise<string | false | null> {
  const { tenant_id: tenantId, staff_user_id: staffUserId } = membership;
  const staff = await withTenant(context.db, tenantId, (trx) => findStaffUser(trx, staffUserId));
  if (staff === null || staff.is_disabled) {
    await verifyAgainstNobody(password);
    return null;
  }
  if (!await verifyPassword(staff.password_hash, password)) return false;
  return needsRehash(staff.password_hash) ? await rehash(context, membership, password) : staff.password_hash;
}

/**
 * Says no in words that are the same for every wrong sign-in, and in the security log what it was. Nothing is looked up for
 * it: an account that exists must not take longer.
 */
function refuse(
  context: SignInContext,
  input: SignInInput,
  membership: Membership | undefined,
  reason: "unknown_account" | "disabled" | "wrong_password" | "too_many_tries",
  waitSeconds?: number,
): SignInRefusal {
  const account = membership === undefined ? maskTypedAccount(input.email) : input.email.toLowerCase();
  context.security.note({
    tenantId: membership?.tenant_id ?? null,
    kind: reason === "too_many_tries" ? "sign_in_locked" : "sign_in_failed",
    reason,
    account,
    staffUserId: membership?.staff_user_id ?? null,
    ip: input.ip,
    requestId: input.requestId ?? "",
  });
  if (waitSeconds === undefined) return err("wrong_login");
  return err("too_many_tries", { minutes: Math.floor(waitSeconds / 60), seconds: waitSeconds % 60 });
}

/** Stores the password at today's cost: this is the one moment when it is known. */
async function rehash(
  context: SessionContext,
  membership: { tenant_id: string; staff_user_id: string },
  password: string,
): Promise<string> {
  const hash = await hashPassword(password);
  await withTenant(
    context.db,
    membership.tenant_id,
    (trx) => updatePasswordHash(trx, membership.staff_user_id, hash),
  );
  return hash;
}

/** How somebody has proved who they are. */
export type OpeningReason = Extract<
  SecurityEvent["reason"],
  | "password"
  | "set_up"
  | "invited"
  | "switched"
  | "passkey"
  | "second_app"
  | "second_passkey"
  | "second_recovery_code"
>;

/**
 * Opens a session for somebody who has just proved who they are, and ends the one that was open in their browser; null
 * when they have been disabled meanwhile, or have a second factor and it was not given.
 */
export async function openSession(
  context: SignInContext,
  tenantId: string,
  staffUserId: string,
  client: Client & {
    /** That was looked at; with another one they are nobody. */
    passwordHash?: string;
    /** When their second factor was given. @default null */
    secondFactorAt?: Temporal.Instant | null;
    /** Of the session that is gone on with at another company: to switch proves nothing. */
    confirmedAt?: Temporal.Instant | null;
  },
  reason: OpeningReason = "password",
): Promise<Pick<SignedIn, "token" | "expiresAt" | "known"> | null> {
  const token = toBase64Url(randomBytes(32));
  const now = context.clock.now();
  const expiresAt = now.add({ hours: SESSION_HOURS });
  const tokenHash = await sha256(token);
  if (client.openToken) await endReplaced(context, client.openToken, client);
  const isOpen = await withTenant(context.db, tenantId, async (trx) => {
    const staff = await lockActiveStaff(trx, staffUserId, client.passwordHash);
    if (staff === null) return false;
    // Also when it was added since the password was looked at.
    const { secondFactorAt = null } = client;
    if (secondFactorAt === null && await findHasFactor(trx, staffUserId)) return false;
    const userAgent = client.userAgent?.slice(0, 300) ?? null;
    const isKnown = context.browsers.find(client.known ?? null, staffUserId, now) !== null;
    if (!isKnown && !FIRST_REASONS.includes(reason)) {
      const { ip, requestId = "" } = client;
      const device = { staffUserId, email: staff.email, ip, userAgent, requestId, reason };
      await tellOfNewDevice(context, trx, { ...device, at: now });
    }
    await insertSession(trx, {
      id: uuidv7(now.epochMilliseconds),
      tokenHash,
      staffUserId,
      at: now,
      expiresAt,
      confirmedAt: reason === "switched" ? client.confirmedAt ?? null : now,
      ip: client.ip,
      userAgent,
      secondFactorAt,
    });
    await context.security.record(trx, {
      kind: "sign_in_ok",
      reason,
      account: staff.email,
      staffUserId,
      ip: client.ip,
      requestId: client.requestId ?? "",
    });
    return true;
  });
  if (!isOpen) return null;
  return { token, expiresAt, known: context.browsers.issue(client.known ?? null, staffUserId, now) };
}

/** Nobody is told of the device with which they set up or joined, nor of the one at which they go on. */
const FIRST_REASONS: readonly string[] = ["set_up", "invited", "switched"];

/** The session that was open in the browser is over, whoever's it was. */
async function endReplaced(context: SignInContext, token: string, client: Client): Promise<void> {
  const session = await withSession(context.db, await sha256(token), async (trx, sessionId) => {
    const found = await findLiveSession(trx, sessionId, context.clock.now());
    return found &&
      { tenantId: trx.tenantId, sessionId, staffUserId: found.staff_user_id, email: found.email };
  });
  if (session !== null) await end(context, session, { kind: "session_ended", reason: "replaced" }, client);
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

async function findLiveSession(trx: TenantTransaction, sessionId: string, now: Temporal.Instant) {
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
  await end(context, session, { kind: "signed_out", reason: "signed_out" }, client);
}

async function end(
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
