import { uuidv7 } from "@/shared/ids.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { ASKED_RESET_MINUTES, ASKED_RESETS_PER_HOUR } from "@/web/domain/access/limits.ts";
import { maskTypedAccount, type SecurityReason } from "@/web/domain/access/mod.ts";
import { findMember, lockStaff } from "@/web/store/access/members.ts";
import { countAskedResets, insertPasswordReset } from "@/web/store/access/password_resets.ts";
import { isStoppedUntil } from "@/web/domain/mail/sender_problems.ts";
import { lookupLogin, lookupPerson, lookupTenants } from "@/web/store/access/staff.ts";
import { type TenantTransaction, withTenant } from "@/web/store/db/tenant_transaction.ts";
import { findMailServer } from "@/web/store/mail/mail_servers.ts";
import { findSender } from "@/web/store/mail/senders.ts";
import type { ServiceContext } from "../context.ts";
import { newCode } from "./invite_staff.ts";
import { mailResetLink } from "./reset_password.ts";
import type { SecurityLog } from "./security_log.ts";
import { admitTry } from "./sign_in_limits.ts";

/** Every answer comes after as long, whatever the work takes: who works here and who does not must look alike from outside. */
const ANSWER_MS = 600;

/** What asking for a new password works with. */
export interface AskContext extends ServiceContext {
  security: SecurityLog;
  /** @default 600; a test need not wait */
  answerMs?: number;
  /** Is given the work that may go on behind the answer. @default nobody waits for it */
  onWork?: (work: Promise<void>) => void;
}

/** Who asks, and from where. */
export interface AskInput {
  email: string;
  ip: string;
  requestId: string;
}

/**
 * Mails a link for a new password to whoever has this address, if they were never with more than one company, and that one
 * can mail. Whoever asks is never told which it was, and every answer comes after as long: work that takes longer goes on
 * behind it. Tries are counted like those of signing in.
 */
export async function askForReset(
  context: AskContext,
  input: AskInput,
): Promise<Result<null, "too_many_tries">> {
  const account = `forgot:${input.email.toLowerCase()}`;
  const admission = await admitTry(context, { account, ip: input.ip, browser: null });
  if ("waitSeconds" in admission) {
    note(context, input, "too_many_tries");
    const { waitSeconds } = admission;
    return err("too_many_tries", { minutes: Math.floor(waitSeconds / 60), seconds: waitSeconds % 60 });
  }
  const work = mailLink(context, input).catch((error: unknown) => {
    context.log.error("password_link_not_mailed", { error });
  });
  context.onWork?.(work);
  await new Promise((resolve) => setTimeout(resolve, context.answerMs ?? ANSWER_MS));
  return ok(null);
}

/**
 * A password is the person's at each company, and whoever runs a company's mail server reads what it sends: one of several
 * could take them over at the others. So it is only mailed to who was never with another one.
 */
async function mailLink(context: AskContext, input: AskInput): Promise<void> {
  const [membership] = await lookupLogin(context.db, input.email);
  if (membership === undefined) return note(context, input, "unknown_account");
  const companies = await lookupPerson(context.db, input.email);
  if (companies.length > 1) return note(context, input, "several_companies", membership);
  if (!await mailFrom(context, membership, input)) note(context, input, "no_mail_server", membership);
}

interface Membership {
  tenant_id: string;
  staff_user_id: string;
}

/** @returns false when the company cannot mail now, or they are not with it any more */
async function mailFrom(
  context: AskContext,
  { tenant_id: tenantId, staff_user_id: staffUserId }: Membership,
  { ip, requestId }: AskInput,
): Promise<boolean> {
  const made = await newCode();
  return await withTenant(context.db, tenantId, async (trx) => {
    const at = context.clock.now();
    if (context.masterKeys === undefined || !await canMail(trx, at)) return false;
    await lockStaff(trx);
    const member = await findMember(trx, staffUserId);
    if (member === null || member.state !== "active") return false;
    const about = { account: member.email.toLowerCase(), staffUserId, ip, requestId };
    if (await countAskedResets(trx, staffUserId, at.subtract({ hours: 1 })) >= ASKED_RESETS_PER_HOUR) {
      // Strangers do not fill a mailbox; the links that were sent go on working.
      await context.security.record(trx, { ...about, kind: "refused", reason: "too_many_links" });
      return true;
    }
    const expiresAt = at.add({ minutes: ASKED_RESET_MINUTES });
    await insertPasswordReset(trx, {
      id: uuidv7(at.epochMilliseconds),
      codeHash: made.hash,
      staff_user_id: staffUserId,
      made_by: null,
      is_asked: true,
      at,
      expires_at: expiresAt,
    });
    await mailResetLink(context, trx, { member, code: made.code, expiresAt, at, madeBy: null });
    await context.security.record(trx, { ...about, kind: "link_mailed", reason: "forgotten" });
    return true;
  });
}

function note(
  { security }: AskContext,
  { email, ip, requestId }: AskInput,
  reason: SecurityReason,
  membership?: Membership,
): void {
  security.note({
    tenantId: membership?.tenant_id ?? null,
    kind: reason === "too_many_tries" ? "sign_in_locked" : "refused",
    reason,
    account: membership === undefined ? maskTypedAccount(email) : email.toLowerCase(),
    staffUserId: membership?.staff_user_id ?? null,
    ip,
    requestId,
    place: "/forgot",
  });
}

/** Whether what is queued now goes out while its link is good. */
async function canMail(trx: TenantTransaction, now: Temporal.Instant): Promise<boolean> {
  if (await findMailServer(trx) === null) return false;
  const sender = await findSender(trx);
  return sender === null || !isStoppedUntil(sender, now.add({ minutes: ASKED_RESET_MINUTES }));
}

/**
 * Whether asking is of any use. Of several ISPs nobody is told who of them can mail: there the page always offers it.
 */
export async function canMailLinks(
  { db, clock, isManyTenants, masterKeys }: Pick<
    ServiceContext,
    "db" | "clock" | "isManyTenants" | "masterKeys"
  >,
): Promise<boolean> {
  if (masterKeys === undefined) return false;
  if (isManyTenants === true) return true;
  for (const tenantId of await lookupTenants(db)) {
    if (await withTenant(db, tenantId, (trx) => canMail(trx, clock.now()), { readOnly: true })) return true;
  }
  return false;
}
