import { err, ok, type Result } from "@/shared/result.ts";
import { CONFIRM_TRIES_MAX, type SecurityEvent } from "@/web/domain/access/mod.ts";
import { verifyPassword } from "@/web/gateways/passwords/mod.ts";
import { confirmSession, countConfirmTry } from "@/web/store/access/session_confirmations.ts";
import { endSession } from "@/web/store/access/sessions.ts";
import { findStaffUser } from "@/web/store/access/staff.ts";
import { withTenant } from "@/web/store/db/tenant_transaction.ts";
import { announceSessionEnded } from "@/web/store/live/live_topics.ts";
import type { Client, SessionContext, SignInContext, StaffSession } from "./sign_in.ts";
import { admitTry, forgetTry } from "./sign_in_limits.ts";

/** Whose session it is that somebody sits at. */
export type Confirming = Pick<StaffSession, "tenantId" | "sessionId" | "staffUserId" | "email">;

/** Looks at what somebody has given to prove that they are the person of the session. */
type CheckProof = (context: SessionContext, who: Confirming, answer: string) => Promise<boolean>;

/** The ways to prove it. A further one is added here, and its control to the form that asks (`ConfirmForm`). */
const WAYS = { password: isOwnPassword } satisfies Record<string, CheckProof>;

/** What was given, and by which way it is looked at. */
export interface Proof {
  way: keyof typeof WAYS;
  answer: string;
}

export type ConfirmRefusal = "wrong_confirmation" | "too_many_tries" | "session_over";

/**
 * Somebody at an open session proves once more that they are its person; from then on it counts as a sign-in does. Tries
 * are limited as those of signing in, with the same counters: this is no second door. After {@linkcode CONFIRM_TRIES_MAX}
 * wrong ones in a row the session ends.
 */
export async function confirmIdentity(
  context: SignInContext,
  who: Confirming,
  proof: Proof,
  client: Client,
): Promise<Result<Temporal.Instant, ConfirmRefusal>> {
  const { tenantId, sessionId, staffUserId } = who;
  const browser = context.browsers.find(client.known ?? null, staffUserId, context.clock.now());
  const tried = { account: staffUserId, ip: client.ip, browser };
  const admission = await admitTry(context, tried);
  if ("waitSeconds" in admission) {
    note(context, who, client, { kind: "sign_in_locked", reason: "too_many_tries" });
    const { waitSeconds } = admission;
    return err("too_many_tries", { minutes: Math.floor(waitSeconds / 60), seconds: waitSeconds % 60 });
  }
  const tries = await withTenant(context.db, tenantId, (trx) => countConfirmTry(trx, sessionId));
  if (tries === null) return err("session_over");
  const isRight = tries <= CONFIRM_TRIES_MAX && await WAYS[proof.way](context, who, proof.answer);
  if (!isRight) return await refuse(context, who, client, tries);
  const at = context.clock.now();
  const isOpen = await withTenant(context.db, tenantId, async (trx) => {
    if (!await confirmSession(trx, sessionId, at)) return false;
    await context.security.record(trx, {
      kind: "confirmed",
      reason: proof.way,
      account: who.email,
      staffUserId,
      ...placeOf(client),
    });
    return true;
  });
  if (!isOpen) return err("session_over");
  await forgetTry(context, tried, admission);
  return ok(at);
}

async function isOwnPassword(
  context: SessionContext,
  { tenantId, staffUserId }: Confirming,
  answer: string,
): Promise<boolean> {
  const staff = await withTenant(context.db, tenantId, (trx) => findStaffUser(trx, staffUserId));
  return staff !== null && !staff.is_disabled && await verifyPassword(staff.password_hash, answer);
}

async function refuse(
  context: SignInContext,
  who: Confirming,
  client: Client,
  tries: number,
): Promise<Result<never, "wrong_confirmation" | "session_over">> {
  note(context, who, client, { kind: "confirm_failed", reason: "wrong_password" });
  if (tries < CONFIRM_TRIES_MAX) return err("wrong_confirmation", { left: CONFIRM_TRIES_MAX - tries });
  await withTenant(context.db, who.tenantId, async (trx) => {
    if (!await endSession(trx, who.sessionId, context.clock.now())) return;
    announceSessionEnded(trx, who.sessionId);
    await context.security.record(trx, {
      kind: "session_ended",
      reason: "not_confirmed",
      account: who.email,
      staffUserId: who.staffUserId,
      ...placeOf(client),
    });
  });
  return err("session_over");
}

function note(
  { security }: SignInContext,
  { tenantId, staffUserId, email }: Confirming,
  client: Client,
  what: Pick<SecurityEvent, "kind" | "reason">,
): void {
  security.note({ ...what, tenantId, staffUserId, account: email, ...placeOf(client) });
}

function placeOf({ ip, requestId = "" }: Client): { ip: string; requestId: string } {
  return { ip, requestId };
}
