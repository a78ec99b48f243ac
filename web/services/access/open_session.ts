import { randomBytes, sha256, toBase64Url } from "@/shared/crypto/mod.ts";
import { uuidv7 } from "@/shared/ids.ts";
import type { SecurityEvent } from "@/web/domain/access/mod.ts";
import { findHasFactor } from "@/web/store/access/factors.ts";
import { insertSession } from "@/web/store/access/sessions.ts";
import { lockActiveStaff } from "@/web/store/access/staff.ts";
import { withSession, withTenant } from "@/web/store/db/tenant_transaction.ts";
import { tellOfNewDevice } from "./new_device.ts";
import { type Client, endFor, findLiveSession, SESSION_HOURS, type SignInContext } from "./session.ts";

/** A session that was opened, and whose it is. */
export interface SignedIn {
  token: string;
  expiresAt: Temporal.Instant;
  tenantId: string;
  staffUserId: string;
  /** For the cookie by which this browser is known from now on. */
  known: string;
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
  if (session !== null) await endFor(context, session, { kind: "session_ended", reason: "replaced" }, client);
}
