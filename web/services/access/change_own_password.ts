import { coded } from "@/shared/codes/mod.ts";
import { randomBytes, sha256, toBase64Url } from "@/shared/crypto/mod.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { checkPassword, type PasswordProblem } from "@/web/domain/access/mod.ts";
import { loadCommonPasswords } from "@/web/gateways/common_passwords/mod.ts";
import { hashPassword, verifyAgainstNobody, verifyPassword } from "@/web/gateways/passwords/mod.ts";
import { findProvenAt } from "@/web/store/access/factors.ts";
import { lockStaff } from "@/web/store/access/members.ts";
import { insertSession } from "@/web/store/access/sessions.ts";
import { findStaffUser, lockActiveStaff, setPassword } from "@/web/store/access/staff.ts";
import { withTenant } from "@/web/store/db/tenant_transaction.ts";
import { skipStaffMessages } from "@/web/store/mail/staff_messages.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { recordAudit } from "../audit.ts";
import { businessNow } from "../business_clock.ts";
import type { Actor } from "../context.ts";
import { aboutReset } from "./reset_password.ts";
import type { SignedIn } from "./open_session.ts";
import { type Client, SESSION_HOURS, type SignInContext, type StaffSession } from "./session.ts";
import { admitTry, forgetTry } from "./sign_in_limits.ts";
import { tellOfAccountChange } from "./tell_of_account_change.ts";

/** What is typed. */
export interface OwnPassword {
  old: string;
  password: string;
}

type Whose = Pick<StaffSession, "tenantId" | "staffUserId" | "email" | "staffName" | "sessionId">;

/** Why it is not changed. */
export type OwnPasswordCode = "old_password_wrong" | "password_same" | "too_many_tries" | PasswordProblem;

/**
 * Changes the password of whoever is signed in, who proves with the old one that the open session is theirs. Every session
 * of theirs ends, at each company, and this browser gets another one in the same moment: nobody who copied the old token
 * goes on with it.
 */
export async function changeOwnPassword(
  context: SignInContext,
  actor: Actor,
  { whose, typed, client }: { whose: Whose; typed: OwnPassword; client: Client },
): Promise<Result<SignedIn, OwnPasswordCode>> {
  const { tenantId, staffUserId } = whose;
  const browser = context.browsers.find(client.known ?? null, staffUserId, context.clock.now());
  const tried = { account: staffUserId, ip: client.ip, browser };
  const admission = await admitTry(context, tried);
  if ("waitSeconds" in admission) {
    const { waitSeconds } = admission;
    note(context, whose, client, "too_many_tries");
    return err("too_many_tries", { minutes: Math.floor(waitSeconds / 60), seconds: waitSeconds % 60 });
  }
  const passwordHash = await hashOf(context, whose, typed.old);
  if (passwordHash === null) {
    note(context, whose, client, "wrong_password");
    return err("old_password_wrong");
  }
  await forgetTry(context, tried, admission);
  if (typed.old === typed.password) return err("password_same");
  const { name: company } = await withTenant(context.db, tenantId, getTenant, { readOnly: true });
  const about = { email: whose.email, name: whose.staffName, company };
  const checked = checkPassword(typed.password, about, await loadCommonPasswords());
  if (!checked.ok) return checked;
  const changed = await write(context, actor, {
    whose,
    client,
    passwordHash,
    hash: await hashPassword(typed.password),
  });
  return changed === null ? err("old_password_wrong") : ok(changed);
}

/** Stored hash of a password that is right; null of a wrong one. */
async function hashOf(context: SignInContext, { tenantId, staffUserId }: Whose, password: string) {
  const staff = await withTenant(context.db, tenantId, (trx) => findStaffUser(trx, staffUserId), {
    readOnly: true,
  });
  if (staff === null || staff.is_disabled) {
    await verifyAgainstNobody(password);
    return null;
  }
  return await verifyPassword(staff.password_hash, password) ? staff.password_hash : null;
}

/** Null when the password was changed meanwhile, or they do not work here any more. */
async function write(
  context: SignInContext,
  actor: Actor,
  { whose, client, passwordHash, hash }: { whose: Whose; client: Client; passwordHash: string; hash: string },
): Promise<SignedIn | null> {
  const { tenantId, staffUserId } = whose;
  const token = toBase64Url(randomBytes(32));
  const tokenHash = await sha256(token);
  const at = context.clock.now();
  const expiresAt = at.add({ hours: SESSION_HOURS });
  const isWritten = await withTenant(context.db, tenantId, async (trx) => {
    await lockStaff(trx);
    const staff = await lockActiveStaff(trx, staffUserId, passwordHash);
    if (staff === null) return false;
    // The factor that this session was opened with stands for the next one: it is the same browser, in one moment.
    const secondFactorAt = await findProvenAt(trx, whose.sessionId);
    // The database ends every session with it, this one too; and links for another password.
    await setPassword(trx, staffUserId, { hash, at });
    await skipStaffMessages(trx, aboutReset(staffUserId));
    await insertSession(trx, {
      id: uuidv7(at.epochMilliseconds),
      tokenHash,
      staffUserId,
      at,
      expiresAt,
      confirmedAt: at,
      secondFactorAt,
      ip: client.ip,
      userAgent: client.userAgent?.slice(0, 300) ?? null,
    });
    await context.security.record(trx, {
      kind: "sign_in_ok",
      reason: "new_password",
      account: staff.email,
      staffUserId,
      ip: client.ip,
      requestId: client.requestId ?? "",
    });
    const told = { by: null, place: client.ip, at };
    await tellOfAccountChange(trx, { staffUserId, what: "password", ...told });
    await recordAudit(trx, actor, {
      action: "staff.password_changed",
      subjectKind: "staff",
      subjectId: staffUserId,
      summary: coded("audit_password_changed", { name: whose.staffName }),
      at,
      businessOn: businessNow(await getTenant(trx), context.clock).today,
    });
    return true;
  });
  if (!isWritten) return null;
  const known = context.browsers.issue(client.known ?? null, staffUserId, at);
  return { token, expiresAt, tenantId, staffUserId, known };
}

function note(
  { security }: SignInContext,
  { tenantId, staffUserId, email }: Whose,
  { ip, requestId }: Client,
  reason: "wrong_password" | "too_many_tries",
): void {
  security.note({
    tenantId,
    kind: reason === "too_many_tries" ? "sign_in_locked" : "sign_in_failed",
    reason,
    account: email.toLowerCase(),
    staffUserId,
    ip,
    requestId: requestId ?? "",
  });
}
