import { err, type Failure, ok, type Result } from "@/shared/result.ts";
import { maskTypedAccount } from "@/web/domain/access/mod.ts";
import {
  hashPassword,
  needsRehash,
  verifyAgainstNobody,
  verifyPassword,
} from "@/web/gateways/passwords/mod.ts";
import { findStaffUser, lookupLogin, updatePasswordHash } from "@/web/store/access/staff.ts";
import { withTenant } from "@/web/store/db/tenant_transaction.ts";
import { type AskedSecond, askSecond } from "./factors/steps.ts";
import { openSession, type SignedIn } from "./open_session.ts";
import type { Client, SessionContext, SignInContext } from "./session.ts";
import { admitTry, forgetTry } from "./sign_in_limits.ts";

export interface SignInInput extends Client {
  email: string;
  password: string;
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
