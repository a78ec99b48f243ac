import { coded } from "@/shared/codes/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { replaceStaffRoles, setMemberState } from "@/web/store/access/members.ts";
import { type Actor, type ServiceContext, staffIdOf } from "../context.ts";
import { withdrawAllOf } from "../approvals/withdraw.ts";
import {
  changeStaff,
  namesOf,
  refuseToTouch,
  type StaffChange,
  type StaffChangeRefusal,
} from "./change_staff.ts";
import { withdrawWithMail } from "./invite_staff.ts";

type DisableRefusal =
  | StaffChangeRefusal
  | "staff_not_found"
  | "staff_is_away"
  | "staff_is_active"
  | "has_more_than_you";

/**
 * Signs somebody out of the company and keeps them out: sessions and open pages end within a second on every node, and
 * stay ended when they are enabled again. What they invited to and
 * asked for is withdrawn. Their roles are kept for the way back.
 */
export async function disableStaff(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  { staffUserId }: { staffUserId: string },
): Promise<Result<null, DisableRefusal>> {
  const attempt = { what: "disable", subjectKind: "staff", subjectId: staffUserId } as const;
  return await changeStaff(context, tenantId, actor, attempt, async (change) => {
    const { trx, at, members, audit } = change;
    const member = members.find(({ id }) => id === staffUserId);
    if (member === undefined) return err("staff_not_found");
    if (member.state !== "active") return err("staff_is_away", { name: member.name });
    const refusal = refuseToTouch(change, member);
    if (refusal !== null) return refusal;
    await setMemberState(trx, staffUserId, { state: "disabled", at });
    const withdrawn = await withdrawWithMail(trx, { invitedBy: staffUserId }, at);
    await withdrawAllOf(change, staffUserId);
    await audit({
      action: "staff.disabled",
      subjectId: staffUserId,
      summary: coded("audit_staff_disabled", { name: member.name }),
      details: { before: "active", after: "disabled", withdrawn: withdrawn.map(({ email }) => email) },
    });
    return ok(null);
  });
}

/** Lets somebody who was disabled sign in again, with the roles they had. Who has left is invited. */
export async function enableStaff(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  { staffUserId }: { staffUserId: string },
): Promise<Result<null, DisableRefusal>> {
  const attempt = { what: "enable", subjectKind: "staff", subjectId: staffUserId } as const;
  return await changeStaff(context, tenantId, actor, attempt, async (change) => {
    const { trx, at, members, audit } = change;
    const member = members.find(({ id }) => id === staffUserId);
    if (member === undefined) return err("staff_not_found");
    if (member.state === "active") return err("staff_is_active", { name: member.name });
    if (member.state === "left") return err("staff_is_away", { name: member.name });
    const refusal = refuseToTouch(change, member);
    if (refusal !== null) return refusal;
    await setMemberState(trx, staffUserId, { state: "active", at });
    await audit({
      action: "staff.enabled",
      subjectId: staffUserId,
      summary: coded("audit_staff_enabled", { name: member.name }),
      details: { before: "disabled", after: "active" },
    });
    return ok(null);
  });
}

/** Somebody leaves the company by themselves: back only by an invitation. Their name stays on what they did. */
export async function leaveCompany(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
): Promise<Result<null, StaffChangeRefusal | "staff_not_found">> {
  const staffUserId = staffIdOf(actor);
  if (staffUserId === null) return err("staff_not_found");
  const attempt = {
    what: "leave",
    subjectKind: "staff",
    subjectId: staffUserId,
    permission: null,
  } as const;
  return await changeStaff(context, tenantId, actor, attempt, (change) => leave(change, staffUserId));
}

async function leave(
  change: StaffChange,
  staffUserId: string,
): Promise<Result<null, "staff_not_found">> {
  const { trx, at, members, audit } = change;
  const member = members.find(({ id }) => id === staffUserId);
  if (member === undefined) return err("staff_not_found");
  await replaceStaffRoles(trx, staffUserId, []);
  await setMemberState(trx, staffUserId, { state: "left", at });
  const withdrawn = await withdrawWithMail(trx, { invitedBy: staffUserId }, at);
  await withdrawAllOf(change, staffUserId);
  await audit({
    action: "staff.left",
    subjectId: staffUserId,
    summary: coded("audit_staff_left", { name: member.name }),
    details: {
      before: { state: "active", roles: namesOf(member.roles) },
      after: { state: "left", roles: "" },
      withdrawn: withdrawn.map(({ email }) => email),
    },
  });
  return ok(null);
}
