import { coded } from "@/shared/codes/mod.ts";
import type { STAFF_ATTEMPTS } from "@/shared/codes/kinds.ts";
import { err, type Failure, type Result } from "@/shared/result.ts";
import {
  type Access,
  accessOf,
  type HeldRole,
  isWholeOwner,
  missingToGive,
  type Permission,
  PERMISSIONS,
} from "@/web/domain/access/mod.ts";
import {
  listMembers,
  lockStaff,
  type Member,
  rollBackToStaffSavepoint,
  setStaffSavepoint,
} from "@/web/store/access/members.ts";
import { announceAccessChanged } from "@/web/store/live/live_topics.ts";
import { type AuditInput, recordAudit } from "../audit.ts";
import { type Actor, type ServiceContext, staffIdOf } from "../context.ts";
import { runUseCase, type UseCase } from "../use_case.ts";

/** A change of who may do what, under the lock of the company's staff. */
export interface StaffChange extends UseCase {
  /** Everybody as they were before it. */
  members: readonly Member[];
  /** What whoever asks may do themselves; null: everything, for whoever sits at the server. */
  giver: Access | null;
  audit(entry: Omit<AuditInput, "at" | "businessOn" | "subjectKind">): Promise<void>;
}

/** Who may ask for a change. */
export interface Attempt {
  what: (typeof STAFF_ATTEMPTS)[number];
  subjectKind: "staff" | "role" | "invite";
  subjectId: string;
  /** Of the person, the role or the invitation, for the audit log. @default that of the person of this id */
  name?: string;
  /** What it takes to try; null where one does it to oneself. @default "staff:write" */
  permission?: Permission | null;
}

/** Refusals of somebody who wants more than is theirs: they are written down. */
const WRITTEN_DOWN: readonly string[] = ["not_yours_to_give", "has_more_than_you", "last_owner"];

export type StaffChangeRefusal = "not_yours_any_more" | "last_owner";

/**
 * Runs a change of staff or roles. All of a company take turns, so that what is looked at stays so; afterwards somebody
 * must be left who may do everything, or the change is taken back. A refusal is all that then stays of it.
 */
export async function changeStaff<T, C extends string>(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  attempt: Attempt,
  body: (change: StaffChange) => Promise<Result<T, C>>,
): Promise<Result<T, C | StaffChangeRefusal>> {
  return await runUseCase<T, C | StaffChangeRefusal>(context, tenantId, actor, async (useCase) => {
    const { trx } = useCase;
    await lockStaff(trx);
    const members = await listMembers(trx);
    const giver = giverOf(actor, members, attempt.permission);
    if (giver === undefined) return err("not_yours_any_more");
    const audit: StaffChange["audit"] = (entry) =>
      recordAudit(trx, actor, { ...entry, ...datesOf(useCase), subjectKind: attempt.subjectKind });
    await setStaffSavepoint(trx);
    const done: Result<T, C | StaffChangeRefusal> = await body({ ...useCase, members, giver, audit });
    const result = done.ok && hasOwner(members) && !hasOwner(await listMembers(trx))
      ? err("last_owner" as const)
      : done;
    if (result.ok) announceAccessChanged(trx);
    if (result.ok || !WRITTEN_DOWN.includes(result.code)) return result;
    await rollBackToStaffSavepoint(trx);
    await audit({
      action: "staff.refused",
      subjectId: attempt.subjectId,
      summary: coded("audit_staff_refused", {
        what: attempt.what,
        name: attempt.name ?? nameOf(attempt.subjectId, members),
        why: { code: result.code, values: result.values },
      }),
    });
    return result;
  });
}

/** Undefined for somebody who may not, or not any more. */
function giverOf(
  actor: Actor,
  members: readonly Member[],
  permission: Permission | null = "staff:write",
): Access | null | undefined {
  if (actor.kind === "system") return null;
  const own = members.find(({ id }) => id === staffIdOf(actor));
  if (own === undefined || own.state !== "active") return undefined;
  const access = accessOf(own.roles);
  return permission === null || access.permissions.has(permission) ? access : undefined;
}

function hasOwner(members: readonly Member[]): boolean {
  return members.some(({ state, roles }) => state === "active" && isWholeOwner(accessOf(roles), PERMISSIONS));
}

function nameOf(staffUserId: string, members: readonly Member[]): string {
  return members.find(({ id }) => id === staffUserId)?.name ?? "";
}

/** Names in one text, for the audit log. */
export function namesOf(roles: readonly { name: string }[]): string {
  return roles.map(({ name }) => name).join(", ");
}

function datesOf({ at, business }: UseCase): Pick<AuditInput, "at" | "businessOn"> {
  return { at, businessOn: business.today };
}

/** Refuses to give what the giver does not have; null when it is theirs to give. */
export function refuseToGive(
  { giver }: Pick<StaffChange, "giver">,
  roles: readonly HeldRole[],
): Failure<"not_yours_to_give"> | null {
  const count = giver === null ? 0 : missingToGive(giver, roles).length;
  return count === 0 ? null : err("not_yours_to_give", { count });
}

/** Refuses to touch somebody who may do anything more than whoever asks. */
export function refuseToTouch(
  { giver }: Pick<StaffChange, "giver">,
  { name, roles }: Pick<Member, "name" | "roles">,
): Failure<"has_more_than_you"> | null {
  const hasMore = giver !== null && missingToGive(giver, roles).length > 0;
  return hasMore ? err("has_more_than_you", { name }) : null;
}
