import { randomBytes, sha256, toBase64Url } from "@/shared/crypto/mod.ts";
import { CHALLENGE_MINUTES, SECOND_STEP_MINUTES } from "@/web/domain/access/second_factor.ts";
import type { PasskeyQuestion } from "@/web/gateways/passkeys/mod.ts";
import { findHasFactor } from "@/web/store/access/factors.ts";
import { findStaffUser } from "@/web/store/access/staff.ts";
import {
  findStep,
  replaceStep,
  setChallenge,
  type StepKey,
  type StepPurpose,
  type StepRow,
} from "@/web/store/access/sign_in_steps.ts";
import { withTenant } from "@/web/store/db/tenant_transaction.ts";
import type { SessionContext } from "../session.ts";

/** A sign-in whose second half is asked for: the token is for a cookie of this browser, and opens nothing. */
export interface AskedSecond {
  second: { token: string; expiresAt: Temporal.Instant };
}

/** By the token in a browser's cookie. */
export async function stepOfCookie(token: string, purpose: "second" | "passkey"): Promise<StepKey> {
  return { holderHash: await sha256(token), purpose };
}

/** Of an open session: one question at a time for each purpose. */
export async function stepOfSession(sessionId: string, purpose: "register" | "confirm"): Promise<StepKey> {
  return { holderHash: await sha256(`session:${sessionId}:${purpose}`), purpose };
}

/**
 * Asks for the second factor of somebody whose password was right, or who has proved otherwise who they are; null for
 * somebody who has none. They are not signed in meanwhile.
 *
 * @param passwordHash that was looked at; with another one the step is worthless. @default {the one they have now}
 */
export async function askSecond(
  context: SessionContext,
  { tenantId, staffUserId }: { tenantId: string; staffUserId: string },
  passwordHash: string | null = null,
): Promise<AskedSecond | null> {
  const found = await withTenant(context.db, tenantId, async (trx) => {
    if (!await findHasFactor(trx, staffUserId)) return null;
    return await findStaffUser(trx, staffUserId);
  }, { readOnly: true });
  if (found === null) return null;
  const digest = await sha256(passwordHash ?? found.password_hash);
  return await beginStep(context, "second", { tenantId, staffUserId, digest });
}

/** A step of a browser where nobody is signed in. */
export async function beginStep(
  { db, clock }: SessionContext,
  purpose: "second" | "passkey",
  who: { tenantId: string; staffUserId: string; digest: Uint8Array | null } | null,
): Promise<AskedSecond> {
  const token = toBase64Url(randomBytes(32));
  const at = clock.now();
  const expiresAt = at.add({ minutes: SECOND_STEP_MINUTES });
  await replaceStep(db, await stepOfCookie(token, purpose), {
    ...EMPTY,
    staff_user_id: who?.staffUserId ?? null,
    workplace_id: who?.tenantId ?? null,
    password_digest: who?.digest ?? null,
    created_at: at,
    expires_at: expiresAt,
  });
  return { second: { token, expiresAt } };
}

const EMPTY = { password_digest: null, next_path: null, carried_form: null };

/** Where to go afterwards, and a form that is filled in again: they wait with the step. */
export async function rememberWay(
  { db, clock }: SessionContext,
  token: string,
  way: { next: string | null; carried: string | null },
): Promise<void> {
  const key = await stepOfCookie(token, "second");
  const step = await findStep(db, key, clock.now());
  if (step === null) return;
  await replaceStep(db, key, { ...step, next_path: way.next, carried_form: way.carried });
}

/** The step of a browser; null when it has none, or too late. */
export async function openStep(
  { db, clock }: SessionContext,
  token: string,
  purpose: "second" | "passkey",
): Promise<StepRow | null> {
  return await findStep(db, await stepOfCookie(token, purpose), clock.now());
}

/** Keeps what a passkey has to sign in an open session, for a few minutes. */
export async function askInSession(
  { db, clock }: SessionContext,
  { sessionId, purpose }: { sessionId: string; purpose: Extract<StepPurpose, "register" | "confirm"> },
  question: PasskeyQuestion,
): Promise<void> {
  const at = clock.now();
  const until = at.add({ minutes: CHALLENGE_MINUTES });
  const key = await stepOfSession(sessionId, purpose);
  const step = { ...EMPTY, staff_user_id: null, workplace_id: null, created_at: at, expires_at: until };
  await replaceStep(db, key, step);
  await setChallenge(db, key, { challenge: question.challenge, until });
}

/** Keeps what a passkey has to sign for a step of a browser. */
export async function askInStep(
  { db, clock }: SessionContext,
  key: StepKey,
  { challenge }: PasskeyQuestion,
): Promise<void> {
  await setChallenge(db, key, { challenge, until: clock.now().add({ minutes: CHALLENGE_MINUTES }) });
}
