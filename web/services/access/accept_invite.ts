import { coded } from "@/shared/codes/mod.ts";
import { randomBytes, sha256, toBase64Url } from "@/shared/crypto/mod.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import {
  accessOf,
  checkPassword,
  missingToGive,
  type PasswordProblem,
  type SecurityReason,
} from "@/web/domain/access/mod.ts";
import { loadCommonPasswords } from "@/web/gateways/common_passwords/mod.ts";
import { hashPassword, verifyAgainstNobody, verifyPassword } from "@/web/gateways/passwords/mod.ts";
import {
  acceptInvite as useInvite,
  deleteProof,
  findOpenInvite,
  insertProof,
  type InviteRow,
  joinByInvite,
  lookupInvite,
} from "@/web/store/access/invites.ts";
import { findMember, lockStaff, replaceStaffRoles, setMemberState } from "@/web/store/access/members.ts";
import { findStaffUser, insertStaffMember, lookupPerson } from "@/web/store/access/staff.ts";
import { sqlState } from "@/web/store/db/unavailable.ts";
import { type TenantTransaction, withTenant } from "@/web/store/db/tenant_transaction.ts";
import { skipStaffMessages } from "@/web/store/mail/staff_messages.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { recordAudit } from "../audit.ts";
import { businessNow } from "../business_clock.ts";
import { namesOf } from "./change_staff.ts";
import { aboutInvite, rolesOf } from "./invite_staff.ts";
import { type AskedSecond, askSecond } from "./factors/steps.ts";
import { openSession, type SignedIn } from "./open_session.ts";
import type { Client, SignInContext } from "./session.ts";
import { admitTry, forgetTry } from "./sign_in_limits.ts";

/** An invitation as its page shows it. */
export interface OpenedInvite {
  company: string;
  email: string;
  /** What whoever invites calls them. */
  name: string;
  /** They sign in to Linya already: they prove it with their password, and choose none. */
  isKnown: boolean;
}

/** What an accepted invitation answers to. */
export interface AcceptInput extends Client {
  code: string;
  /** Of a new person. */
  name: string;
  password: string;
}

type AcceptRefusal = "name_missing" | "invite_gone" | "wrong_login" | "too_many_tries" | PasswordProblem;

/** What an invitation says; null, for whatever reason, when it cannot be accepted. */
export async function openInvite(
  context: Pick<SignInContext, "db" | "clock">,
  code: string,
): Promise<OpenedInvite | null> {
  const hash = await sha256(code);
  const place = await lookupInvite(context.db, hash);
  if (place === null) return null;
  const { inviteId, tenantId } = { inviteId: place.invite_id, tenantId: place.tenant_id };
  const opened = await withTenant(context.db, tenantId, async (trx) => {
    const invite = await findGoodInvite(trx, inviteId, context.clock.now());
    return invite === null ? null : { invite, company: (await getTenant(trx)).name };
  }, { readOnly: true });
  if (opened === null) return null;
  const { company, invite: { email, name } } = opened;
  return { company, email, name, isKnown: (await lookupPerson(context.db, email)).length > 0 };
}

/**
 * Makes somebody a member and signs them in: a new person with a name and a password, one who is known with their own,
 * and with their second factor where they have one. A
 * code works once, for 72 hours, and only while whoever invited may still give what it gives.
 */
export async function acceptStaffInvite(
  context: SignInContext,
  input: AcceptInput,
): Promise<Result<SignedIn | AskedSecond, AcceptRefusal>> {
  const hash = await sha256(input.code);
  const opened = await openInvite(context, input.code);
  const place = await lookupInvite(context.db, hash);
  const [known] = opened === null ? [] : await lookupPerson(context.db, opened.email);
  const tried = { account: known?.staff_user_id ?? `invite:${input.code}`, ip: input.ip, browser: null };
  const admission = await admitTry(context, tried);
  if ("waitSeconds" in admission) {
    const { waitSeconds } = admission;
    return err("too_many_tries", { minutes: Math.floor(waitSeconds / 60), seconds: waitSeconds % 60 });
  }
  if (opened === null || place === null) {
    await verifyAgainstNobody(input.password);
    note(context, input, { account: "", tenantId: null, staffUserId: null }, "invite_gone");
    return err("invite_gone");
  }
  const accepting = { ...opened, ...input, hash, tenantId: place.tenant_id, inviteId: place.invite_id };
  const joined = known === undefined
    ? await joinAsNew(context, accepting)
    : await joinAsKnown(context, accepting, known);
  if (!joined.ok) {
    if (joined.code === "wrong_login" && known !== undefined) {
      const who = { account: opened.email, tenantId: known.tenant_id, staffUserId: known.staff_user_id };
      note(context, input, who, "wrong_password");
    }
    return joined;
  }
  await forgetTry(context, tried, admission);
  const { tenantId } = accepting;
  const asked = await askSecond(context, { tenantId, staffUserId: joined.value });
  if (asked !== null) return ok(asked);
  const signedIn = await openSession(context, tenantId, joined.value, input, "invited");
  if (signedIn === null) return err("invite_gone");
  return ok({ ...signedIn, tenantId, staffUserId: joined.value });
}

type Accepting = AcceptInput & OpenedInvite & {
  hash: Uint8Array<ArrayBuffer>;
  tenantId: string;
  inviteId: string;
};

async function joinAsNew(
  context: SignInContext,
  accepting: Accepting,
): Promise<Result<string, "name_missing" | "invite_gone" | PasswordProblem>> {
  const { name, email, company, password } = accepting;
  if (name === "") return err("name_missing");
  const checked = checkPassword(password, { email, name, company }, await loadCommonPasswords());
  if (!checked.ok) return checked;
  const passwordHash = await hashPassword(password);
  const id = uuidv7(context.clock.now().epochMilliseconds);
  try {
    return await join(context, accepting, async (trx) => {
      await insertStaffMember(trx, { id, email, name, passwordHash, roleIds: [] });
      return id;
    });
  } catch (error) {
    // Somebody of this address was added meanwhile: opened again, the page asks for their password.
    if (sqlState(error) === "23505") return err("invite_gone");
    throw error;
  }
}

/**
 * The password is looked at where the person works, and a session there, that nobody gets the token of, is the proof which
 * the database asks for before it makes them a member here.
 */
async function joinAsKnown(
  context: SignInContext,
  accepting: Accepting,
  { staff_user_id: staffUserId, tenant_id: workplace }: { staff_user_id: string; tenant_id: string },
): Promise<Result<string, "invite_gone" | "wrong_login">> {
  const staff = await withTenant(context.db, workplace, (trx) => findStaffUser(trx, staffUserId), {
    readOnly: true,
  });
  if (staff === null || staff.is_disabled) {
    await verifyAgainstNobody(accepting.password);
    return err("wrong_login");
  }
  if (!await verifyPassword(staff.password_hash, accepting.password)) return err("wrong_login");
  const tokenHash = await sha256(toBase64Url(randomBytes(32)));
  const proof = uuidv7(context.clock.now().epochMilliseconds);
  await withTenant(context.db, workplace, (trx) => insertProof(trx, { id: proof, tokenHash, staffUserId }));
  try {
    return await join(
      context,
      accepting,
      (trx) => joinByInvite(trx, { codeHash: accepting.hash, tokenHash }),
    );
  } finally {
    await withTenant(context.db, workplace, (trx) => deleteProof(trx, proof));
  }
}

/** @param enter makes the membership; null refuses */
async function join(
  context: SignInContext,
  { tenantId, inviteId }: Accepting,
  enter: (trx: TenantTransaction) => Promise<string | null>,
): Promise<Result<string, "invite_gone">> {
  return await withTenant(context.db, tenantId, async (trx) => {
    const at = context.clock.now();
    await lockStaff(trx);
    const invite = await findGoodInvite(trx, inviteId, at);
    if (invite === null) return err("invite_gone");
    const staffUserId = await enter(trx);
    if (staffUserId === null) return err("invite_gone");
    await setMemberState(trx, staffUserId, { state: "active", at });
    await replaceStaffRoles(trx, staffUserId, invite.roles.map(({ id }) => id));
    await useInvite(trx, inviteId, { by: staffUserId, at });
    await skipStaffMessages(trx, aboutInvite(inviteId));
    const member = await findMember(trx, staffUserId);
    const name = member?.name ?? invite.name;
    const actor = { kind: "staff", label: name, staffUserId } as const;
    await recordAudit(trx, actor, {
      action: "staff.joined",
      subjectKind: "staff",
      subjectId: staffUserId,
      summary: coded("audit_staff_joined", { name, roles: namesOf(invite.roles) }),
      details: { invite: inviteId, invited_by: invite.invited_by_name, email: invite.email },
      at,
      businessOn: businessNow(await getTenant(trx), context.clock).today,
    });
    return ok(staffUserId);
  });
}

/** An open invitation that has not run out, and whose maker works here and has what it gives; null for every other. */
async function findGoodInvite(
  trx: TenantTransaction,
  inviteId: string,
  now: Temporal.Instant,
): Promise<InviteRow | null> {
  const invite = await findOpenInvite(trx, inviteId);
  if (invite === null || Temporal.Instant.compare(invite.expires_at, now) <= 0) return null;
  // Whoever sits at the server is nobody's colleague, and may give everything.
  if (invite.invited_by === trx.tenantId) return invite;
  const maker = await findMember(trx, invite.invited_by);
  if (maker === null || maker.state !== "active") return null;
  const own = accessOf(maker.roles);
  const roles = await rolesOf(trx, invite.roles.map(({ id }) => id)) ?? [];
  return own.permissions.has("staff:write") && missingToGive(own, roles).length === 0 ? invite : null;
}

function note(
  { security }: SignInContext,
  { ip, requestId = "" }: AcceptInput,
  who: { account: string; tenantId: string | null; staffUserId: string | null },
  reason: Extract<SecurityReason, "wrong_password" | "invite_gone">,
): void {
  security.note({ ...who, kind: "sign_in_failed", reason, ip, requestId });
}
