import assert from "node:assert/strict";
import { Secret, TOTP } from "otpauth";
import { assertOk } from "@/tests/support/expect.ts";
import { SoftPasskey } from "@/tests/support/soft_passkey.ts";
import { confirmApp, openProposedApp, proposeApp } from "@/web/services/access/factors/app_factor.ts";
import { type FactorPerson } from "@/web/services/access/factors/own_factors.ts";
import { addPasskey, askNewPasskey } from "@/web/services/access/factors/passkey_factor.ts";
import { askSecondPasskey, finishSecond } from "@/web/services/access/factors/second_step.ts";
import { resolveSession } from "@/web/services/access/session.ts";
import { beginSignIn, signIn } from "@/web/services/access/sign_in.ts";
import { assertAsked, CLIENT, type Company, type Installation, PASSWORD } from "./_company.ts";

/** Where the pages of these tests stand. */
export const PLACE = { origin: "https://isp.example", rpId: "isp.example" };

/** Somebody with a session, who adds factors in it. */
export interface Enrolled {
  person: FactorPerson;
  actor: Company["owner"];
  email: string;
  /** Of the session in which they are added. */
  token: string;
}

/** Hires somebody with these roles and signs them in with their password. */
export async function enter(
  { context }: Installation,
  company: Company,
  name: string,
  roleIds: readonly string[],
): Promise<Enrolled> {
  const actor = await company.hire(name, roleIds);
  const { email } = await company.member(actor.staffUserId);
  const { token } = assertOk(await signIn(context, { ...CLIENT, email, password: PASSWORD }));
  const session = await resolveSession(context, token);
  assert.ok(session !== null);
  return { person: session, actor, email, token };
}

/** The code that an app shows at a moment. */
export function codeOf(secret: string, at: Temporal.Instant): string {
  return new TOTP({ secret: Secret.fromBase32(secret), algorithm: "SHA1", digits: 6, period: 30 })
    .generate({ timestamp: at.epochMilliseconds });
}

/** Adds an app. @returns its secret and the recovery codes that came with it */
export async function addApp(
  { context, clock }: Installation,
  company: Company,
  { person, actor }: Enrolled,
): Promise<{ secret: string; codes: string[] }> {
  assertOk(await proposeApp(context, person));
  const proposed = await company.run((trx) => openProposedApp(trx, context, person, "Ilaya Net"));
  assert.ok(proposed !== null);
  const { secret } = proposed;
  const { codes } = assertOk(await confirmApp(context, actor, person, codeOf(secret, clock.now())));
  return { secret, codes: codes ?? [] };
}

/** Adds a passkey of software. */
export async function addSoftPasskey(
  { context }: Installation,
  { person, actor }: Enrolled,
  name = "Laptop",
): Promise<{ passkey: SoftPasskey; codes: string[] }> {
  const passkey = new SoftPasskey();
  const options = await askNewPasskey(context, person, PLACE);
  const answer = passkey.register(options, PLACE);
  const { codes } = assertOk(await addPasskey(context, actor, person, { name, answer, place: PLACE }));
  return { passkey, codes: codes ?? [] };
}

/** Types the password, and gets the step that waits for the second factor. */
export async function begin({ context }: Installation, email: string): Promise<string> {
  return assertAsked(await beginSignIn(context, { ...CLIENT, email, password: PASSWORD })).token;
}

/** Types a code. */
export function withCode({ context }: Installation, token: string, code: string, more: { ip?: string } = {}) {
  return finishSecond(context, { ...CLIENT, ...more, token, code, passkey: "", place: PLACE });
}

/** Signs with a passkey. */
export async function withPasskey({ context }: Installation, token: string, passkey: SoftPasskey) {
  const options = await askSecondPasskey(context, token, PLACE);
  const signed = passkey.answer(options, PLACE);
  return await finishSecond(context, { ...CLIENT, token, code: "", passkey: signed, place: PLACE });
}
