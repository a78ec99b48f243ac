import { err, ok, type Result } from "@/shared/result.ts";
import { CONFIRM_TRIES_MAX, type SecurityEvent, type SecurityReason } from "@/web/domain/access/mod.ts";
import { readTypedCode } from "@/web/domain/access/second_factor.ts";
import type { MasterKeys } from "@/web/gateways/master_key/mod.ts";
import type { PasskeyPlace } from "@/web/gateways/passkeys/mod.ts";
import { verifyPassword } from "@/web/gateways/passwords/mod.ts";
import { findFactors } from "@/web/store/access/factors.ts";
import { confirmSession, countConfirmTry } from "@/web/store/access/session_confirmations.ts";
import { endSession } from "@/web/store/access/sessions.ts";
import { findStaffUser } from "@/web/store/access/staff.ts";
import { type TenantTransaction, withTenant } from "@/web/store/db/tenant_transaction.ts";
import { announceSessionEnded } from "@/web/store/live/live_topics.ts";
import { stepOfSession } from "./factors/steps.ts";
import { verifyAppCode, verifyPasskeyOf } from "./factors/verify_factor.ts";
import type { Client, SignInContext, StaffSession } from "./session.ts";
import { admitTry, forgetTry } from "./sign_in_limits.ts";

/** Whose session it is that somebody sits at. */
export type Confirming = Pick<StaffSession, "tenantId" | "sessionId" | "staffUserId" | "email">;

/** What looking at a proof needs. */
export interface ConfirmContext extends SignInContext {
  /** Without them no code of an app can be looked at. */
  masterKeys?: MasterKeys | undefined;
}

/** The browser that confirms. */
export interface ConfirmClient extends Client {
  /** Where its passkeys belong; missing: none is taken. */
  place?: PasskeyPlace;
}

/** Why a proof is none. */
export type WrongProof =
  | "wrong_confirmation"
  | "wrong_confirm_code"
  | "confirm_code_used"
  | "passkey_not_confirmed"
  | "app_closed";

/** A way to prove it. */
interface Way {
  /** Looks at what was given; null when it is right. */
  check: (
    context: ConfirmContext,
    who: Confirming,
    given: { answer: string; place: PasskeyPlace | undefined },
  ) => Promise<WrongProof | null>;
  /** In the security log. */
  right: SecurityReason;
  wrong: SecurityReason;
}

/** The ways to prove it. A further one is added here, and its control to the form that asks (`ConfirmForm`). */
const WAYS = {
  password: { check: checkPassword, right: "password", wrong: "wrong_password" },
  code: { check: checkAppCode, right: "app_code", wrong: "wrong_code" },
  passkey: { check: checkPasskey, right: "passkey", wrong: "wrong_passkey" },
} as const satisfies Record<string, Way>;

/** What was given, and by which way it is looked at. */
export interface Proof {
  way: keyof typeof WAYS;
  answer: string;
}

/** The ways that a person has besides the password, at this host. */
export interface OfferedWays {
  hasApp: boolean;
  hasPasskey: boolean;
}

export type ConfirmRefusal = WrongProof | "too_many_tries" | "session_over";

/** What to offer to the person of a session. */
export async function findOfferedWays(
  trx: TenantTransaction,
  staffUserId: string,
  { masterKeys, place }: { masterKeys: MasterKeys | undefined; place: PasskeyPlace },
): Promise<OfferedWays> {
  const { appSince, passkeys } = await findFactors(trx, staffUserId);
  return {
    hasApp: appSince !== null && masterKeys !== undefined,
    hasPasskey: passkeys.some(({ rp_id }) => rp_id === place.rpId),
  };
}

/**
 * Somebody at an open session proves once more that they are its person; from then on it counts as a sign-in does. Tries
 * are limited as those of signing in, with the same counters: this is no second door. After {@linkcode CONFIRM_TRIES_MAX}
 * wrong ones in a row the session ends.
 */
export async function confirmIdentity(
  context: ConfirmContext,
  who: Confirming,
  proof: Proof,
  client: ConfirmClient,
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
  const way: Way = WAYS[proof.way];
  const given = { answer: proof.answer, place: client.place };
  const wrong = tries > CONFIRM_TRIES_MAX ? "wrong_confirmation" : await way.check(context, who, given);
  if (wrong !== null) return await refuse(context, who, client, { tries, wrong, reason: way.wrong });
  const at = context.clock.now();
  const isOpen = await withTenant(context.db, tenantId, async (trx) => {
    if (!await confirmSession(trx, sessionId, at)) return false;
    await context.security.record(trx, {
      kind: "confirmed",
      reason: way.right,
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

async function checkPassword(
  context: ConfirmContext,
  { tenantId, staffUserId }: Confirming,
  { answer }: { answer: string },
): Promise<WrongProof | null> {
  const staff = await withTenant(context.db, tenantId, (trx) => findStaffUser(trx, staffUserId));
  const isRight = staff !== null && !staff.is_disabled && await verifyPassword(staff.password_hash, answer);
  return isRight ? null : "wrong_confirmation";
}

/** A code that an app shows: taken once, also when it was used to sign in. A recovery code is for who has lost the app. */
async function checkAppCode(
  context: ConfirmContext,
  { tenantId, staffUserId }: Confirming,
  { answer }: { answer: string },
): Promise<WrongProof | null> {
  const typed = readTypedCode(answer);
  if (typed?.kind !== "app") return "wrong_confirm_code";
  const taken = await withTenant(
    context.db,
    tenantId,
    (trx) => verifyAppCode(trx, context, { staffUserId, code: typed.code }),
  );
  return taken.ok ? null : CODE_REFUSALS[taken.code];
}

const CODE_REFUSALS = {
  wrong_code: "wrong_confirm_code",
  factor_code_used: "confirm_code_used",
  app_closed: "app_closed",
} as const satisfies Record<string, WrongProof>;

/** What a passkey signed: the question of this session, which is used up by it. */
async function checkPasskey(
  context: ConfirmContext,
  who: Confirming,
  { answer, place }: { answer: string; place: PasskeyPlace | undefined },
): Promise<WrongProof | null> {
  if (place === undefined) return "passkey_not_confirmed";
  const step = await stepOfSession(who.sessionId, "confirm");
  const verified = await verifyPasskeyOf(context, who, { passkey: answer, step, place });
  return verified.ok ? null : "passkey_not_confirmed";
}

async function refuse(
  context: SignInContext,
  who: Confirming,
  client: Client,
  { tries, wrong, reason }: { tries: number; wrong: WrongProof; reason: SecurityReason },
): Promise<Result<never, WrongProof | "session_over">> {
  note(context, who, client, { kind: "confirm_failed", reason });
  if (tries < CONFIRM_TRIES_MAX) {
    return wrong === "app_closed" ? err(wrong) : err(wrong, { left: CONFIRM_TRIES_MAX - tries });
  }
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
