import { sha256, timingSafeEqual } from "@/shared/crypto/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import type { MasterKeys } from "@/web/gateways/master_key/mod.ts";
import { networkOf } from "@/web/domain/access/mod.ts";
import { askForPasskey, passkeyNamed, type PasskeyPlace } from "@/web/gateways/passkeys/mod.ts";
import { findFactors, lookupPasskey } from "@/web/store/access/factors.ts";
import { countHit } from "@/web/store/access/rate_limits.ts";
import { deleteStep, type StepRow } from "@/web/store/access/sign_in_steps.ts";
import { findStaffUser, lookupMemberships } from "@/web/store/access/staff.ts";
import { withTenant } from "@/web/store/db/tenant_transaction.ts";
import { openSession } from "../open_session.ts";
import type { Client, SignInContext } from "../session.ts";
import type { PasswordSignIn } from "../sign_in.ts";
import { type AskedSecond, askInStep, beginStep, openStep, stepOfCookie } from "./steps.ts";
import {
  askForPasskeysOf,
  type FactorRefusal,
  type ProvenFactor,
  verifyFactor,
  verifyPasskeyOf,
} from "./verify_factor.ts";

/** What the second half of a sign-in needs. */
export interface SecondContext extends SignInContext {
  masterKeys?: MasterKeys | undefined;
}

/** What is asked for: what the person has. */
export interface SecondQuestion {
  hasApp: boolean;
  /** One of theirs works at this host. */
  hasPasskey: boolean;
  /** Theirs, but of another host. */
  passkeysElsewhere: boolean;
  codesLeft: number;
}

/** A sign-in that came to its end, by which factor, and where to go. */
export type SecondSignIn = PasswordSignIn & ProvenFactor & { next: string | null; carried: string | null };

/** What the browser's step asks for; null when there is none, or too late. */
export async function openSecond(
  context: SecondContext,
  token: string,
  place: PasskeyPlace,
): Promise<SecondQuestion | null> {
  const who = whoOf(await openStep(context, token, "second"));
  if (who === null) return null;
  const has = await withTenant(context.db, who.tenantId, (trx) => findFactors(trx, who.staffUserId), {
    readOnly: true,
  });
  const here = has.passkeys.filter(({ rp_id }) => rp_id === place.rpId).length;
  return {
    hasApp: has.appSince !== null,
    hasPasskey: here > 0,
    passkeysElsewhere: here === 0 && has.passkeys.length > 0,
    codesLeft: has.codesLeft,
  };
}

/** What the person's passkeys have to sign; null when the step is over or they have none here. */
export async function askSecondPasskey(
  context: SecondContext,
  token: string,
  place: PasskeyPlace,
): Promise<unknown | null> {
  const who = whoOf(await openStep(context, token, "second"));
  const question = who === null ? null : await askForPasskeysOf(context, who, place);
  if (question === null) return null;
  await askInStep(context, await stepOfCookie(token, "second"), question);
  return question.options;
}

/** Opens the session that the password alone did not; the step is used up by it. */
export async function finishSecond(
  context: SecondContext,
  { token, code, passkey, place, ...client }: Client & {
    token: string;
    code: string;
    /** What a passkey signed; empty: a code was typed. */
    passkey: string;
    place: PasskeyPlace;
  },
): Promise<Result<SecondSignIn, FactorRefusal | "step_gone">> {
  const key = await stepOfCookie(token, "second");
  const step = await openStep(context, token, "second");
  const who = whoOf(step);
  if (step === null || who === null) return err("step_gone");
  const { tenantId, staffUserId } = who;
  const staff = await withTenant(context.db, tenantId, (trx) => findStaffUser(trx, staffUserId), {
    readOnly: true,
  });
  // Another password since: whoever knew the old one begins anew.
  if (staff === null || !await isPasswordOf(step, staff.password_hash)) return err("step_gone");
  const proven = await verifyFactor(context, {
    tenantId,
    staffUserId,
    email: staff.email,
    browser: context.browsers.find(client.known ?? null, staffUserId, context.clock.now()),
    ip: client.ip,
    requestId: client.requestId ?? "",
  }, passkey === "" ? { code } : { passkey, step: key, place });
  if (!proven.ok) return proven;
  // Used once, also by two at the same time with two factors.
  if (!await deleteStep(context.db, key)) return err("step_gone");
  const opened = await openSession(context, tenantId, staffUserId, {
    ...client,
    passwordHash: staff.password_hash,
    secondFactorAt: context.clock.now(),
  }, `second_${proven.value.kind}`);
  if (opened === null) return err("step_gone");
  const companies = (await lookupMemberships(context.db, staffUserId)).length;
  const way = { next: step.next_path, carried: step.carried_form };
  return ok({ ...opened, ...proven.value, ...way, tenantId, staffUserId, companies });
}

/** Questions to passkeys of nobody that one network can ask for in a quarter of an hour: each is a row for minutes. */
const ASKED = { most: 100, seconds: 15 * 60 } as const;

/** Begins a sign-in by a passkey alone: whose it is, the passkey says. Null for a network that asks too often. */
export async function askPasskeyAlone(
  context: SecondContext,
  place: PasskeyPlace,
  ip: string,
): Promise<AskedSecond & { options: unknown } | null> {
  const window = { now: context.clock.now(), seconds: ASKED.seconds };
  const { hits } = await countHit(context.db, `passkey:${networkOf(ip)}`, window);
  if (hits > ASKED.most) return null;
  const asked = await beginStep(context, "passkey", null);
  const question = await askForPasskey(place, []);
  await askInStep(context, await stepOfCookie(asked.second.token, "passkey"), question);
  return { ...asked, options: question.options };
}

/** Signs in by a passkey alone. It has verified the person, so that it stands for both factors. */
export async function signInByPasskey(
  context: SecondContext,
  { token, passkey, place, ...client }: Client & { token: string; passkey: string; place: PasskeyPlace },
): Promise<Result<PasswordSignIn, "passkey_refused">> {
  const step = await stepOfCookie(token, "passkey");
  const named = passkeyNamed(passkey);
  const [membership] = named === null ? [] : await lookupPasskey(context.db, named.credentialId);
  const refuse = () => {
    context.security.note({
      tenantId: membership?.tenant_id ?? null,
      kind: "sign_in_failed",
      reason: "wrong_passkey",
      account: "",
      staffUserId: membership?.staff_user_id ?? null,
      ip: client.ip,
      requestId: client.requestId ?? "",
    });
    return err("passkey_refused");
  };
  // A passkey that can sign in by itself says whose it is.
  if (membership === undefined || named?.personId !== membership.staff_user_id) return refuse();
  const { tenant_id: tenantId, staff_user_id: staffUserId } = membership;
  const proven = await verifyPasskeyOf(context, { tenantId, staffUserId }, { passkey, step, place });
  if (!proven.ok || !await deleteStep(context.db, step)) return refuse();
  const secondFactorAt = context.clock.now();
  const opened = await openSession(context, tenantId, staffUserId, { ...client, secondFactorAt }, "passkey");
  if (opened === null) return refuse();
  const companies = (await lookupMemberships(context.db, staffUserId)).length;
  return ok({ ...opened, tenantId, staffUserId, companies });
}

function whoOf(step: StepRow | null): { tenantId: string; staffUserId: string } | null {
  if (step === null || step.staff_user_id === null || step.workplace_id === null) return null;
  return { tenantId: step.workplace_id, staffUserId: step.staff_user_id };
}

async function isPasswordOf({ password_digest: digest }: StepRow, passwordHash: string): Promise<boolean> {
  return digest !== null && timingSafeEqual(new Uint8Array(digest), await sha256(passwordHash));
}
