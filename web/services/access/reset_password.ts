import { coded } from "@/shared/codes/mod.ts";
import { sha256 } from "@/shared/crypto/mod.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { accessOf, checkPassword, missingToGive, type PasswordProblem } from "@/web/domain/access/mod.ts";
import { RESET_HOURS } from "@/web/domain/access/limits.ts";
import { loadCommonPasswords } from "@/web/gateways/common_passwords/mod.ts";
import { hashPassword } from "@/web/gateways/passwords/mod.ts";
import { findMember, lockStaff, type Member } from "@/web/store/access/members.ts";
import {
  findPasswordReset,
  lookupPasswordReset,
  replacePasswordReset,
} from "@/web/store/access/password_resets.ts";
import { lookupLogin, setPassword, worksElsewhere } from "@/web/store/access/staff.ts";
import { type TenantTransaction, withTenant } from "@/web/store/db/tenant_transaction.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { skipStaffMessages } from "@/web/store/mail/staff_messages.ts";
import { recordAudit } from "../audit.ts";
import { businessNow } from "../business_clock.ts";
import { type Actor, type ServiceContext, SIGN_IN_PAGE, staffIdOf } from "../context.ts";
import { changeStaff, refuseToTouch, type StaffChangeRefusal } from "./change_staff.ts";
import { queueStaffMail, type StaffMailOutcome } from "../mail/queue_staff_mail.ts";
import { newCode } from "./invite_staff.ts";
import type { SessionContext } from "./session.ts";
import { admitTry } from "./sign_in_limits.ts";
import { tellOfAccountChange } from "./tell_of_account_change.ts";

/** Whoever runs the server, as the audit log names them. */
export const AT_THE_SERVER: Actor = { kind: "system", label: "Server" };

/** A link that was just made: its code is shown this once. */
export interface MadeReset {
  code: string;
  expiresAt: Temporal.Instant;
  /** Whether the link is mailed as well. */
  mail: StaffMailOutcome;
}

type ResetRefusal =
  | StaffChangeRefusal
  | "staff_not_found"
  | "staff_is_away"
  | "own_password"
  | "works_elsewhere"
  | "has_more_than_you";

/**
 * Makes a link by which somebody chooses a new password, once, within an hour. A password is the person's and opens every
 * company that they work for: so one of them makes no link for somebody who is with another one too, whoever runs the
 * server does.
 */
export async function makeResetLink(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  { staffUserId }: { staffUserId: string },
): Promise<Result<MadeReset, ResetRefusal>> {
  const made = await newCode();
  const attempt = { what: "password", subjectKind: "staff", subjectId: staffUserId } as const;
  return await changeStaff(context, tenantId, actor, attempt, async (change) => {
    const { trx, at, members, audit, giver } = change;
    const member = members.find(({ id }) => id === staffUserId);
    if (member === undefined) return err("staff_not_found");
    if (member.state !== "active") return err("staff_is_away", { name: member.name });
    // Whoever sits at somebody's open session must not get their password by it.
    if (staffIdOf(actor) === staffUserId) return err("own_password");
    const refusal = refuseToTouch(change, member);
    if (refusal !== null) return refusal;
    if (giver !== null && await worksElsewhere(trx, staffUserId)) {
      return err("works_elsewhere", { name: member.name });
    }
    const expiresAt = at.add({ hours: RESET_HOURS });
    await skipStaffMessages(trx, aboutReset(staffUserId));
    await replacePasswordReset(trx, {
      id: uuidv7(at.epochMilliseconds),
      codeHash: made.hash,
      staff_user_id: staffUserId,
      made_by: staffIdOf(actor),
      is_asked: false,
      at,
      expires_at: expiresAt,
    });
    await audit({
      action: "staff.password_link_made",
      subjectId: staffUserId,
      summary: coded("audit_password_link", { name: member.name }),
      details: { expires_at: expiresAt.toString() },
    });
    const mail = await mailResetLink(context, trx, {
      member,
      code: made.code,
      expiresAt,
      at,
      madeBy: actor.label,
    });
    return ok({ code: made.code, expiresAt, mail });
  });
}

/** Mails a link for a new password to whose it is. */
export async function mailResetLink(
  { masterKeys }: Pick<ServiceContext, "masterKeys">,
  trx: TenantTransaction,
  { member, code, expiresAt, at, madeBy }: {
    member: Pick<Member, "id" | "email" | "name">;
    code: string;
    expiresAt: Temporal.Instant;
    at: Temporal.Instant;
    /** Null: the person asked for it. */
    madeBy: string | null;
  },
): Promise<StaffMailOutcome> {
  if (masterKeys === undefined) return "no_mail_server";
  return await queueStaffMail(trx, {
    to: { email: member.email, name: member.name, staffUserId: member.id },
    occasion: "password_reset",
    params: { madeBy },
    path: `/reset/${code}`,
    masterKeys,
    at,
    // Perhaps it was a stranger who asked.
    by: madeBy ?? SIGN_IN_PAGE,
    about: aboutReset(member.id),
    goodUntil: expiresAt,
  });
}

/** What mails of a person's links for a new password are about. */
export function aboutReset(staffUserId: string): string {
  return `reset:${staffUserId}`;
}

/** The same by their address, for whoever sits at the server; null where nobody of it works anywhere. */
export async function makeResetLinkAtServer(
  context: ServiceContext,
  email: string,
): Promise<MadeReset | null> {
  const [membership] = await lookupLogin(context.db, email.trim());
  if (membership === undefined) return null;
  const { tenant_id: tenantId, staff_user_id: staffUserId } = membership;
  const made = await makeResetLink(context, tenantId, AT_THE_SERVER, { staffUserId });
  return made.ok ? made.value : null;
}

/** Whose password a link changes. */
export interface OpenedReset {
  email: string;
  name: string;
  company: string;
}

/** What a link is for; null, for whatever reason, when it cannot be used. */
export async function openReset(
  context: SessionContext,
  code: string,
): Promise<OpenedReset | null> {
  const place = await lookupPasswordReset(context.db, await sha256(code));
  if (place === null) return null;
  return await withTenant(context.db, place.tenant_id, async (trx) => {
    const member = await findGoodReset(trx, place.reset_id, context.clock.now());
    if (member === null) return null;
    return { email: member.email, name: member.name, company: (await getTenant(trx)).name };
  }, { readOnly: true });
}

/** Sets the password; every session that was opened with the old one ends, at each company. */
export async function resetPassword(
  context: SessionContext,
  { code, password, ip }: { code: string; password: string; ip: string },
): Promise<Result<null, "reset_gone" | "too_many_tries" | PasswordProblem>> {
  const admission = await admitTry(context, { account: `reset:${code}`, ip, browser: null });
  if ("waitSeconds" in admission) {
    const { waitSeconds } = admission;
    return err("too_many_tries", { minutes: Math.floor(waitSeconds / 60), seconds: waitSeconds % 60 });
  }
  const opened = await openReset(context, code);
  const place = await lookupPasswordReset(context.db, await sha256(code));
  if (opened === null || place === null) return err("reset_gone");
  const checked = checkPassword(password, opened, await loadCommonPasswords());
  if (!checked.ok) return checked;
  const hash = await hashPassword(password);
  return await withTenant(context.db, place.tenant_id, async (trx) => {
    const at = context.clock.now();
    await lockStaff(trx);
    const member = await findGoodReset(trx, place.reset_id, at);
    if (member === null) return err("reset_gone");
    // The database ends the sessions, and the link with them.
    await setPassword(trx, member.id, { hash, at });
    await skipStaffMessages(trx, aboutReset(member.id));
    const told = { by: null, place: ip, at };
    await tellOfAccountChange(trx, { staffUserId: member.id, what: "password_by_link", ...told });
    await recordAudit(trx, { kind: "staff", label: member.name, staffUserId: member.id }, {
      action: "staff.password_set",
      subjectKind: "staff",
      subjectId: member.id,
      summary: coded("audit_password_set", { name: member.name }),
      at,
      businessOn: businessNow(await getTenant(trx), context.clock).today,
    });
    return ok(null);
  });
}

/**
 * Whose an unused link is that has not run out, and whose maker might make it again; null for every other. What was mailed
 * to whoever asked went by the company's own server: it is worth what a link of its owner is.
 */
async function findGoodReset(
  trx: TenantTransaction,
  resetId: string,
  now: Temporal.Instant,
): Promise<Member | null> {
  const reset = await findPasswordReset(trx, resetId);
  if (reset === null || Temporal.Instant.compare(reset.expires_at, now) <= 0) return null;
  const member = await findMember(trx, reset.staff_user_id);
  if (member === null || member.state !== "active") return null;
  if (reset.is_asked) return await worksElsewhere(trx, member.id) ? null : member;
  if (reset.made_by === null) return member;
  const maker = await findMember(trx, reset.made_by);
  if (maker === null || maker.state !== "active" || await worksElsewhere(trx, member.id)) return null;
  const own = accessOf(maker.roles);
  return own.permissions.has("staff:write") && missingToGive(own, member.roles).length === 0 ? member : null;
}
