import { coded } from "@/shared/codes/mod.ts";
import { randomBytes } from "@/shared/crypto/mod.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { toCrockford } from "@/shared/protocol/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import {
  type FactorKind,
  hasFactor,
  mayRemove,
  PASSKEYS_MAX,
  RECOVERY_CODES,
} from "@/web/domain/access/second_factor.ts";
import { askForNewPasskey, type PasskeyPlace, readNewPasskey } from "@/web/gateways/passkeys/mod.ts";
import { newTotpSecret, totpAddress } from "@/web/gateways/totp/mod.ts";
import {
  confirmTotp,
  deletePasskey,
  deleteRecoveryCodes,
  deleteTotp,
  type FactorRows,
  findFactors,
  findIsRequired,
  findTotp,
  insertPasskey,
  lockFactors,
  proposeTotp,
  proveSession,
  replaceRecoveryCodes,
} from "@/web/store/access/factors.ts";
import { endSessionsOf } from "@/web/store/access/sessions.ts";
import { takeChallenge } from "@/web/store/access/sign_in_steps.ts";
import { type TenantTransaction, withTenant } from "@/web/store/db/tenant_transaction.ts";
import { announceSessionEnded } from "@/web/store/live/live_topics.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { recordAudit } from "../../audit.ts";
import type { Actor, ServiceContext } from "../../context.ts";
import { openSecret, sealSecret, SecretError } from "../../secrets/mod.ts";
import { runUseCase, type UseCase } from "../../use_case.ts";
import type { StaffSession } from "../sign_in.ts";
import { askInSession, stepOfSession } from "./steps.ts";
import { recoveryHash, totpPlace, verifyAppCode } from "./verify_factor.ts";

/** Whoever changes their own factors, in the session in which they do. */
export type FactorPerson = Pick<
  StaffSession,
  "tenantId" | "staffUserId" | "sessionId" | "staffName" | "email"
>;

/** A secret on its way into an app. */
export interface ProposedApp {
  /** In base32, to type. */
  secret: string;
  /** For a QR code. */
  address: string;
}

/** A factor that was added; the first one brings recovery codes along, which are shown this once. */
export interface AddedFactor {
  codes: string[] | null;
}

/** Makes a secret for an app; one that waits for its first code stays, since it may have been scanned. */
export async function proposeApp(
  context: ServiceContext,
  person: FactorPerson,
): Promise<Result<null, "app_there_already" | "app_closed">> {
  const { staffUserId, tenantId } = person;
  const { masterKeys } = context;
  if (masterKeys === undefined) return err("app_closed");
  return await withTenant(context.db, tenantId, async (trx) => {
    await lockFactors(trx, staffUserId);
    const known = await findTotp(trx, staffUserId);
    if (known !== null && known.confirmed_at !== null) return err("app_there_already");
    if (known !== null && await openOrNull(masterKeys, staffUserId, known) !== null) return ok(null);
    const sealed = await sealSecret(trx, masterKeys, totpPlace(staffUserId), newTotpSecret());
    await proposeTotp(trx, staffUserId, { sealed, at: context.clock.now() });
    return ok(null);
  });
}

/** The secret that waits for its first code; null when none does. */
export async function openProposedApp(
  trx: TenantTransaction,
  { masterKeys }: Pick<ServiceContext, "masterKeys">,
  { staffUserId, email }: Pick<FactorPerson, "staffUserId" | "email">,
  company: string,
): Promise<ProposedApp | null> {
  const known = await findTotp(trx, staffUserId);
  if (known === null || known.confirmed_at !== null || masterKeys === undefined) return null;
  const secret = await openOrNull(masterKeys, staffUserId, known);
  return secret === null
    ? null
    : { secret, address: totpAddress(secret, { issuer: company, account: email }) };
}

/** Null for one that does not open any more: another is made in its place. */
async function openOrNull(
  masterKeys: NonNullable<ServiceContext["masterKeys"]>,
  staffUserId: string,
  { sealed_in, secret_sealed }: { sealed_in: string; secret_sealed: string },
): Promise<string | null> {
  try {
    return await openSecret({ tenantId: sealed_in }, masterKeys, totpPlace(staffUserId), secret_sealed);
  } catch (error) {
    if (error instanceof SecretError) return null;
    throw error;
  }
}

/** The app counts once a code of it was typed: nobody is locked out by one that was not scanned. */
export async function confirmApp(
  context: ServiceContext,
  actor: Actor,
  person: FactorPerson,
  code: string,
): Promise<Result<AddedFactor, "app_there_already" | "wrong_code" | "factor_code_used" | "app_closed">> {
  return await changeOwn(context, actor, person, async (change) => {
    const { trx, at, before } = change;
    if (before.appSince !== null) return err("app_there_already");
    const plain = code.replace(/\s/g, "");
    const right = await verifyAppCode(trx, context, {
      staffUserId: person.staffUserId,
      code: plain,
      isNew: true,
    });
    if (!right.ok) return right;
    await confirmTotp(trx, person.staffUserId, at);
    return ok(await added(change, person, "app", ""));
  });
}

/** What a browser asks a new passkey; null when the person has as many as there may be. */
export async function askNewPasskey(
  context: ServiceContext,
  person: FactorPerson,
  place: Pick<PasskeyPlace, "rpId">,
): Promise<unknown | null> {
  const { staffUserId: id, email, staffName: name, sessionId } = person;
  const known = await withTenant(context.db, person.tenantId, async (trx) => ({
    ...await findFactors(trx, id),
    company: (await getTenant(trx)).name,
  }), { readOnly: true });
  if (known.passkeys.length >= PASSKEYS_MAX) return null;
  const question = await askForNewPasskey(
    place,
    { id, email, name, company: known.company },
    known.passkeys.map(({ credential_id, transports }) => ({ credentialId: credential_id, transports })),
  );
  await askInSession(context, { sessionId, purpose: "register" }, question);
  return question.options;
}

/** Adds a passkey that answered to what {@linkcode askNewPasskey} asked in this session. */
export async function addPasskey(
  context: ServiceContext,
  actor: Actor,
  person: FactorPerson,
  { name, answer, place }: { name: string; answer: string; place: PasskeyPlace },
): Promise<Result<AddedFactor, "passkey_refused" | "passkey_there_already" | "too_many_passkeys">> {
  const step = await stepOfSession(person.sessionId, "register");
  const challenge = await takeChallenge(context.db, step, context.clock.now());
  const passkey = challenge === null ? null : await readNewPasskey(answer, { challenge, place });
  if (passkey === null) return err("passkey_refused");
  return await changeOwn(context, actor, person, async (change) => {
    const { trx, at, before } = change;
    if (before.passkeys.length >= PASSKEYS_MAX) return err("too_many_passkeys", { max: PASSKEYS_MAX });
    const isNew = await insertPasskey(trx, {
      id: uuidv7(at.epochMilliseconds),
      staff_user_id: person.staffUserId,
      credential_id: passkey.credentialId,
      public_key: passkey.publicKey,
      counter: passkey.counter,
      transports: [...passkey.transports],
      rp_id: place.rpId,
      name,
      at,
    });
    if (!isNew) return err("passkey_there_already");
    return ok(await added(change, person, "passkey", name));
  });
}

/** Takes the app away, unless it is the last factor and a role asks for one. */
export function removeApp(
  context: ServiceContext,
  actor: Actor,
  person: FactorPerson,
): Promise<Result<null, "factor_gone" | "last_factor">> {
  return remove(
    context,
    actor,
    person,
    "app",
    async ({ trx }) => await deleteTotp(trx, person.staffUserId) ? "" : null,
  );
}

/** Takes a passkey away, unless it is the last factor and a role asks for one. */
export function removePasskey(
  context: ServiceContext,
  actor: Actor,
  person: FactorPerson,
  { passkeyId }: { passkeyId: string },
): Promise<Result<null, "factor_gone" | "last_factor">> {
  return remove(
    context,
    actor,
    person,
    "passkey",
    ({ trx }) => deletePasskey(trx, person.staffUserId, passkeyId),
  );
}

/** @param take what is taken away, by its name; null when it is not there */
async function remove(
  context: ServiceContext,
  actor: Actor,
  person: FactorPerson,
  kind: "app" | "passkey",
  take: (change: OwnChange) => Promise<string | null>,
): Promise<Result<null, "factor_gone" | "last_factor">> {
  return await changeOwn(context, actor, person, async (change) => {
    const { trx, before, audit } = change;
    const has = { hasApp: before.appSince !== null, passkeys: before.passkeys.length };
    if (!hasFactor(has)) return err("factor_gone");
    if (!mayRemove(kind, has, await findIsRequired(trx, person.staffUserId))) return err("last_factor");
    const name = await take(change);
    if (name === null) return err("factor_gone");
    const isLast = mayRemoveAll(kind, has);
    // Codes that lead back to a factor which is gone would be all that is left of it.
    if (isLast) await deleteRecoveryCodes(trx, person.staffUserId);
    await audit("staff.factor_removed", coded("audit_factor_removed", { kind, name }));
    return ok(null);
  });
}

function mayRemoveAll(kind: "app" | "passkey", has: { hasApp: boolean; passkeys: number }): boolean {
  return !mayRemove(kind, has, true);
}

/** New recovery codes; those of before are worthless. Null for somebody without a factor: there is nothing to recover. */
export async function makeRecoveryCodes(
  context: ServiceContext,
  actor: Actor,
  person: FactorPerson,
): Promise<Result<{ codes: string[] }, "factor_gone">> {
  return await changeOwn(context, actor, person, async (change) => {
    const { before, audit } = change;
    if (before.appSince === null && before.passkeys.length === 0) return err("factor_gone");
    const codes = await newCodes(change, person.staffUserId);
    await audit("staff.recovery_codes_made", coded("audit_recovery_codes", { count: codes.length }));
    return ok({ codes });
  });
}

/** A change of one's own factors, under a lock that two sessions of one person take turns for. */
interface OwnChange extends UseCase {
  before: FactorRows;
  audit(action: string, summary: Parameters<typeof recordAudit>[2]["summary"]): Promise<void>;
}

async function changeOwn<T, C extends string>(
  context: ServiceContext,
  actor: Actor,
  { tenantId, staffUserId }: FactorPerson,
  body: (change: OwnChange) => Promise<Result<T, C>>,
): Promise<Result<T, C>> {
  return await runUseCase(context, tenantId, actor, async (useCase) => {
    const { trx, at, business } = useCase;
    await lockFactors(trx, staffUserId);
    const before = await findFactors(trx, staffUserId);
    return await body({
      ...useCase,
      before,
      audit: (action, summary) =>
        recordAudit(trx, actor, {
          action,
          subjectKind: "staff",
          subjectId: staffUserId,
          summary,
          at,
          businessOn: business.today,
        }),
    });
  });
}

/**
 * Whoever adds a factor has it in hand: this session stays open. Those that were opened without one are over with the
 * first: here for good, at other companies by what a session is worth (`standingOf`).
 */
async function added(
  change: OwnChange,
  person: FactorPerson,
  kind: Exclude<FactorKind, "recovery_code">,
  name: string,
): Promise<AddedFactor> {
  const { trx, at, before } = change;
  await proveSession(trx, person.sessionId, at);
  const { codesLeft } = before;
  if (before.appSince === null && before.passkeys.length === 0) {
    const ended = await endSessionsOf(trx, person.staffUserId, at, person.sessionId);
    for (const sessionId of ended) announceSessionEnded(trx, sessionId);
  }
  const codes = codesLeft > 0 ? null : await newCodes(change, person.staffUserId);
  await change.audit("staff.factor_added", coded("audit_factor_added", { kind, name }));
  return { codes };
}

async function newCodes({ trx, at }: UseCase, staffUserId: string): Promise<string[]> {
  const codes = Array.from({ length: RECOVERY_CODES }, () => toCrockford(randomBytes(16)));
  const hashes = await Promise.all(codes.map((code) => recoveryHash(staffUserId, code)));
  await replaceRecoveryCodes(trx, staffUserId, { hashes, at });
  return codes;
}
