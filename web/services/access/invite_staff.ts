import { coded } from "@/shared/codes/mod.ts";
import { randomBytes, sha256, toBase64Url } from "@/shared/crypto/mod.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { INVITE_HOURS } from "@/web/domain/access/limits.ts";
import {
  findOpenInvite,
  insertInvite,
  listOpenInvites,
  renewInvite,
  withdrawInvites,
} from "@/web/store/access/invites.ts";
import { listRoles, type RoleRow } from "@/web/store/access/roles.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { skipStaffMessages } from "@/web/store/mail/staff_messages.ts";
import { queueStaffMail, type StaffMailOutcome } from "../mail/queue_staff_mail.ts";
import { type Actor, type ServiceContext, staffIdOf } from "../context.ts";
import {
  changeStaff,
  namesOf,
  refuseToGive,
  refuseToTouch,
  type StaffChangeRefusal,
} from "./change_staff.ts";

/** An invitation that was just made: its code is shown this once, only the hash is kept. */
export interface MadeInvite {
  inviteId: string;
  /** Single use. */
  code: string;
  expiresAt: Temporal.Instant;
  /** Whether the link is mailed as well. */
  mail: StaffMailOutcome;
}

/** What an invitation is made of. */
export interface InviteInput {
  email: string;
  /** What whoever invites calls them; they choose it themselves. */
  name: string;
  roleIds: readonly string[];
}

/**
 * Invites somebody to work here, with roles that are the inviter's to give. Who was here before comes back the same way:
 * with their own password, and roles that are given now.
 */
export async function inviteStaff(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  { email, name, roleIds }: InviteInput,
): Promise<
  Result<
    MadeInvite,
    | StaffChangeRefusal
    | "not_yours_to_give"
    | "has_more_than_you"
    | "role_not_found"
    | "staff_here_already"
    | "invite_open_already"
  >
> {
  const made = await newCode();
  const inviteId = uuidv7(context.clock.now().epochMilliseconds);
  const attempt = { what: "invite", subjectKind: "invite", subjectId: inviteId, name: email } as const;
  return await changeStaff(context, tenantId, actor, attempt, async (change) => {
    const { trx, at, members, audit } = change;
    const roles = await rolesOf(trx, roleIds);
    if (roles === null) return err("role_not_found");
    const known = members.find((member) => member.email.toLowerCase() === email.toLowerCase());
    if (known?.state === "active") return err("staff_here_already", { name: known.name });
    const refusal = refuseToGive(change, roles) ??
      (known === undefined ? null : refuseToTouch(change, known));
    if (refusal !== null) return refusal;
    const open = (await listOpenInvites(trx)).find((each) =>
      each.email.toLowerCase() === email.toLowerCase()
    );
    if (open !== undefined) {
      if (Temporal.Instant.compare(open.expires_at, at) > 0) return err("invite_open_already", { email });
      await withdrawWithMail(trx, { inviteId: open.id }, at);
    }
    const expiresAt = at.add({ hours: INVITE_HOURS });
    await insertInvite(trx, {
      id: inviteId,
      codeHash: made.hash,
      email,
      name,
      invitedBy: staffIdOf(actor) ?? tenantId,
      invitedByName: actor.label,
      at,
      expiresAt,
      roleIds: roles.map(({ id }) => id),
    });
    await audit({
      action: "staff.invited",
      subjectId: inviteId,
      summary: coded("audit_staff_invited", { email, roles: namesOf(roles) }),
      details: { email, name, roles: roles.map((role) => role.name), expires_at: expiresAt.toString() },
    });
    const mail = await mailInvite(context, change, {
      actor,
      inviteId,
      email,
      name,
      roles,
      code: made.code,
      expiresAt,
    });
    return ok({ inviteId, code: made.code, expiresAt, mail });
  });
}

/** Another link for an invitation, for 72 hours more: the one before is worthless. */
export async function renewStaffInvite(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  { inviteId }: { inviteId: string },
): Promise<Result<MadeInvite, StaffChangeRefusal | "not_yours_to_give" | "invite_not_found">> {
  const made = await newCode();
  const attempt = { what: "renew", subjectKind: "invite", subjectId: inviteId, name: "" } as const;
  return await changeStaff(context, tenantId, actor, attempt, async (change) => {
    const { trx, at, audit } = change;
    const invite = await findOpenInvite(trx, inviteId);
    if (invite === null) return err("invite_not_found");
    const roles = await rolesOf(trx, invite.roles.map(({ id }) => id)) ?? [];
    const refusal = refuseToGive(change, roles);
    if (refusal !== null) return refusal;
    const expiresAt = at.add({ hours: INVITE_HOURS });
    const invitedBy = staffIdOf(actor) ?? tenantId;
    await renewInvite(trx, inviteId, {
      codeHash: made.hash,
      invitedBy,
      invitedByName: actor.label,
      at,
      expiresAt,
    });
    await audit({
      action: "staff_invite.renewed",
      subjectId: inviteId,
      summary: coded("audit_invite_renewed", { email: invite.email }),
      details: { before: invite.expires_at.toString(), after: expiresAt.toString() },
    });
    const { email, name } = invite;
    const mail = await mailInvite(context, change, {
      actor,
      inviteId,
      email,
      name,
      roles,
      code: made.code,
      expiresAt,
    });
    return ok({ inviteId, code: made.code, expiresAt, mail });
  });
}

/** Takes an invitation back: its link is worthless from then on. */
export async function withdrawStaffInvite(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  { inviteId }: { inviteId: string },
): Promise<Result<null, StaffChangeRefusal | "not_yours_to_give" | "invite_not_found">> {
  const attempt = { what: "withdraw", subjectKind: "invite", subjectId: inviteId, name: "" } as const;
  return await changeStaff(context, tenantId, actor, attempt, async (change) => {
    const { trx, at, audit } = change;
    const invite = await findOpenInvite(trx, inviteId);
    if (invite === null) return err("invite_not_found");
    const refusal = refuseToGive(change, await rolesOf(trx, invite.roles.map(({ id }) => id)) ?? []);
    if (refusal !== null) return refusal;
    await withdrawWithMail(trx, { inviteId }, at);
    await audit({
      action: "staff_invite.withdrawn",
      subjectId: inviteId,
      summary: coded("audit_invite_withdrawn", { email: invite.email }),
    });
    return ok(null);
  });
}

interface InviteToMail {
  actor: Actor;
  inviteId: string;
  email: string;
  name: string;
  roles: readonly RoleRow[];
  code: string;
  expiresAt: Temporal.Instant;
}

/** Mails the link; one of before that still waits is worthless and stays here. */
async function mailInvite(
  { masterKeys }: ServiceContext,
  { trx, at }: { trx: TenantTransaction; at: Temporal.Instant },
  { actor, inviteId, email, name, roles, code, expiresAt }: InviteToMail,
): Promise<StaffMailOutcome> {
  await skipStaffMessages(trx, aboutInvite(inviteId));
  if (masterKeys === undefined) return "no_mail_server";
  return await queueStaffMail(trx, {
    to: { email, name, staffUserId: null },
    occasion: "staff_invited",
    params: { inviter: actor.label, roles: roles.map((role) => role.name) },
    path: `/invite/${code}`,
    masterKeys,
    at,
    by: actor.label,
    about: aboutInvite(inviteId),
    goodUntil: expiresAt,
  });
}

/** Withdraws open invitations; a mail of one that still waits is not sent. */
export async function withdrawWithMail(
  trx: TenantTransaction,
  which: { inviteId: string } | { invitedBy: string },
  at: Temporal.Instant,
): Promise<{ id: string; email: string }[]> {
  const withdrawn = await withdrawInvites(trx, which, at);
  for (const { id } of withdrawn) await skipStaffMessages(trx, aboutInvite(id));
  return withdrawn;
}

/** What mails of an invitation are about. */
export function aboutInvite(inviteId: string): string {
  return `invite:${inviteId}`;
}

/** The roles of these ids; null when one is not the company's. */
export async function rolesOf(trx: TenantTransaction, ids: readonly string[]): Promise<RoleRow[] | null> {
  const wanted = new Set(ids);
  const roles = (await listRoles(trx)).filter(({ id }) => wanted.has(id));
  return roles.length === wanted.size ? roles : null;
}

/** 256 random bits for an address, and what is kept of them. */
export async function newCode(): Promise<{ code: string; hash: Uint8Array<ArrayBuffer> }> {
  const code = toBase64Url(randomBytes(32));
  return { code, hash: await sha256(code) };
}
