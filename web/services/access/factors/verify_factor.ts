import { sha256 } from "@/shared/crypto/mod.ts";
import { err, type Failure, ok, type Result } from "@/shared/result.ts";
import {
  FACTOR_TRIES,
  FACTOR_WINDOW_SECONDS,
  type FactorKind,
  readTypedCode,
} from "@/web/domain/access/second_factor.ts";
import type { MasterKeys } from "@/web/gateways/master_key/mod.ts";
import {
  askForPasskey,
  passkeyNamed,
  type PasskeyPlace,
  type PasskeyQuestion,
  verifyPasskey,
} from "@/web/gateways/passkeys/mod.ts";
import { matchingSteps } from "@/web/gateways/totp/mod.ts";
import {
  findFactors,
  findTotp,
  lockPasskey,
  takeRecoveryCode,
  takeTotpStep,
  usePasskey,
} from "@/web/store/access/factors.ts";
import { clearHits, countHit } from "@/web/store/access/rate_limits.ts";
import { type StepKey, takeChallenge } from "@/web/store/access/sign_in_steps.ts";
import { type TenantTransaction, withTenant } from "@/web/store/db/tenant_transaction.ts";
import { openSecret, SecretError } from "../../secrets/mod.ts";
import type { SecurityLog } from "../security_log.ts";
import type { SessionContext } from "../session.ts";
import { askInSession } from "./steps.ts";

/** What looking at a factor needs. */
export interface FactorContext extends SessionContext {
  security: SecurityLog;
  /** Without them no code of an app can be looked at. */
  masterKeys?: MasterKeys | undefined;
}

/** Whose factor is asked for, and from where. */
export interface FactorOwner {
  tenantId: string;
  staffUserId: string;
  email: string;
  /** Name of the browser, where they have signed in before: its tries are counted apart from those of strangers. */
  browser: string | null;
  ip: string;
  requestId: string;
}

/** What somebody answers with: a code that they type, or what their passkey signed. */
export type FactorProof =
  | { code: string }
  | { passkey: string; step: StepKey; place: PasskeyPlace };

/** The factor that was right. */
export interface ProvenFactor {
  kind: FactorKind;
  /** Recovery codes that are left after one was used; null for another factor. */
  codesLeft: number | null;
}

/** Why a factor does not count. */
export type FactorRefusal =
  | "wrong_code"
  | "factor_code_used"
  | "app_closed"
  | "passkey_refused"
  | "too_many_tries";

/**
 * Looks at a second factor: at most five wrong ones in a quarter of an hour for each person, counted before they are
 * looked at. A code of an app and a recovery code are taken once, also by two at the same time; so is what a passkey was
 * asked to sign.
 */
export async function verifyFactor(
  context: FactorContext,
  owner: FactorOwner,
  proof: FactorProof,
): Promise<Result<ProvenFactor, FactorRefusal>> {
  const now = context.clock.now();
  const key = owner.browser === null ? `second:${owner.staffUserId}` : `second-browser:${owner.browser}`;
  const { hits, windowEndsAt } = await countHit(context.db, key, { now, seconds: FACTOR_WINDOW_SECONDS });
  const seconds = Math.max(1, Math.ceil(windowEndsAt.since(now).total("seconds")));
  const result: Result<ProvenFactor, FactorRefusal> = hits > FACTOR_TRIES
    ? err("too_many_tries", { minutes: Math.floor(seconds / 60), seconds: seconds % 60 })
    : "code" in proof
    ? await verifyCode(context, owner, proof.code)
    : await verifyPasskeyOf(context, owner, proof);
  if (result.ok) await clearHits(context.db, key);
  else noteRefusal(context, owner, result);
  return result;
}

function noteRefusal(
  { security }: FactorContext,
  { tenantId, staffUserId, email, ip, requestId }: FactorOwner,
  { code }: Failure<FactorRefusal>,
): void {
  const isLocked = code === "too_many_tries";
  security.note({
    tenantId,
    staffUserId,
    account: email,
    ip,
    requestId,
    kind: isLocked ? "sign_in_locked" : "sign_in_failed",
    reason: isLocked ? "too_many_tries" : code === "passkey_refused" ? "wrong_passkey" : "wrong_code",
  });
}

async function verifyCode(
  context: FactorContext,
  { tenantId, staffUserId }: FactorOwner,
  typed: string,
): Promise<Result<ProvenFactor, FactorRefusal>> {
  const read = readTypedCode(typed);
  if (read === null) return err("wrong_code");
  return await withTenant(context.db, tenantId, async (trx) => {
    if (read.kind === "app") return await verifyAppCode(trx, context, { staffUserId, code: read.code });
    const hash = await recoveryHash(staffUserId, read.code);
    const left = await takeRecoveryCode(trx, staffUserId, { hash, at: context.clock.now() });
    return left === null ? err("wrong_code") : ok({ kind: "recovery_code", codesLeft: left } as const);
  });
}

/** Where the secret of somebody's app stands. */
export function totpPlace(staffUserId: string) {
  return { table: "staff_totp", column: "secret_sealed", rowId: staffUserId };
}

/** Looks at a code of an app, and takes it. */
export async function verifyAppCode(
  trx: TenantTransaction,
  { clock, masterKeys }: Pick<FactorContext, "clock" | "masterKeys">,
  { staffUserId, code, isNew = false }: { staffUserId: string; code: string; isNew?: boolean },
): Promise<Result<ProvenFactor, "wrong_code" | "factor_code_used" | "app_closed">> {
  const app = await findTotp(trx, staffUserId);
  if (app === null || (app.confirmed_at === null) !== isNew) return err("wrong_code");
  if (masterKeys === undefined) return err("app_closed");
  let secret: string;
  try {
    secret = await openSecret(
      { tenantId: app.sealed_in },
      masterKeys,
      totpPlace(staffUserId),
      app.secret_sealed,
    );
  } catch (error) {
    if (error instanceof SecretError) return err("app_closed");
    throw error;
  }
  const at = clock.now();
  const steps = matchingSteps(secret, code, at);
  if (steps.length === 0) return err("wrong_code");
  for (const step of steps) {
    if (await takeTotpStep(trx, staffUserId, { step, at })) return ok({ kind: "app", codesLeft: null });
  }
  return err("factor_code_used");
}

/** As it is stored: a code has 80 random bits, so that a plain hash gives nothing away. */
export function recoveryHash(staffUserId: string, code: string): Promise<Uint8Array<ArrayBuffer>> {
  return sha256(`${staffUserId}|${code}`);
}

/** Looks at what a passkey of this person signed; the question that it answers is used up. */
export async function verifyPasskeyOf(
  context: SessionContext,
  { tenantId, staffUserId }: Pick<FactorOwner, "tenantId" | "staffUserId">,
  { passkey, step, place }: Extract<FactorProof, { passkey: string }>,
): Promise<Result<ProvenFactor, "passkey_refused">> {
  const at = context.clock.now();
  const challenge = await takeChallenge(context.db, step, at);
  const named = passkeyNamed(passkey);
  if (challenge === null || named === null) return err("passkey_refused");
  if (named.personId !== null && named.personId !== staffUserId) return err("passkey_refused");
  return await withTenant(context.db, tenantId, async (trx) => {
    // Locked: of two answers of one counter the second is behind.
    const known = await lockPasskey(trx, staffUserId, named.credentialId);
    if (known === null || known.rp_id !== place.rpId) return err("passkey_refused");
    const counter = await verifyPasskey(passkey, {
      credentialId: known.credential_id,
      publicKey: known.public_key,
      counter: known.counter,
      transports: known.transports,
    }, { challenge, place });
    if (counter === null) return err("passkey_refused");
    await usePasskey(trx, known.id, { counter, at });
    return ok({ kind: "passkey", codesLeft: null } as const);
  });
}

/**
 * What to ask the passkeys of somebody who is signed in already, before something that needs them again: give `options` to
 * the browser, and its answer to {@linkcode verifyFactor} with the step `stepOfSession(sessionId, "confirm")`. Null when
 * none of theirs works at this host.
 */
export async function askToConfirm(
  context: SessionContext,
  { tenantId, staffUserId, sessionId }: { tenantId: string; staffUserId: string; sessionId: string },
  place: Pick<PasskeyPlace, "rpId">,
): Promise<PasskeyQuestion | null> {
  const question = await askForPasskeysOf(context, { tenantId, staffUserId }, place);
  if (question !== null) await askInSession(context, { sessionId, purpose: "confirm" }, question);
  return question;
}

/** What to ask the passkeys of a person; null when none of theirs works at this host. */
export async function askForPasskeysOf(
  { db }: SessionContext,
  { tenantId, staffUserId }: { tenantId: string; staffUserId: string },
  place: Pick<PasskeyPlace, "rpId">,
): Promise<PasskeyQuestion | null> {
  const { passkeys } = await withTenant(db, tenantId, (trx) => findFactors(trx, staffUserId), {
    readOnly: true,
  });
  const here = passkeys.filter(({ rp_id }) => rp_id === place.rpId);
  if (here.length === 0) return null;
  return await askForPasskey(
    place,
    here.map(({ credential_id, transports }) => ({ credentialId: credential_id, transports })),
  );
}
