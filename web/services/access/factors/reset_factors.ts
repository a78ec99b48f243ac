import { coded } from "@/shared/codes/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { deleteFactors, findFactors, lockFactors } from "@/web/store/access/factors.ts";
import { endSessionsOf } from "@/web/store/access/sessions.ts";
import { lookupLogin, worksElsewhere } from "@/web/store/access/staff.ts";
import { withTenant } from "@/web/store/db/tenant_transaction.ts";
import { announceSessionEnded } from "@/web/store/live/live_topics.ts";
import { type Actor, originOf, type ServiceContext, staffIdOf } from "../../context.ts";
import { changeStaff, refuseToTouch, type StaffChangeRefusal } from "../change_staff.ts";
import { AT_THE_SERVER } from "../reset_password.ts";
import { tellOfAccountChange } from "../tell_of_account_change.ts";

type ResetRefusal =
  | StaffChangeRefusal
  | "staff_not_found"
  | "staff_is_away"
  | "own_factor"
  | "factor_gone"
  | "factors_elsewhere"
  | "has_more_than_you";

/**
 * Takes all second factors of somebody away who has lost them; their sessions here end. Factors are the person's and
 * guard every company that they work for: so one of them takes none from somebody who is with another one too, whoever
 * runs the server does. Nobody does it to themselves: an open session must not become a way around the factor.
 */
export async function resetFactors(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  { staffUserId }: { staffUserId: string },
): Promise<Result<null, ResetRefusal>> {
  const attempt = { what: "factors", subjectKind: "staff", subjectId: staffUserId } as const;
  return await changeStaff(context, tenantId, actor, attempt, async (change) => {
    const { trx, at, members, audit, giver } = change;
    const member = members.find(({ id }) => id === staffUserId);
    if (member === undefined) return err("staff_not_found");
    if (staffIdOf(actor) === staffUserId) return err("own_factor");
    // A company changes nothing of somebody who does not work there now.
    if (member.state !== "active") return err("staff_is_away", { name: member.name });
    const refusal = refuseToTouch(change, member);
    if (refusal !== null) return refusal;
    if (giver !== null && await worksElsewhere(trx, staffUserId)) {
      return err("factors_elsewhere", { name: member.name });
    }
    await lockFactors(trx, staffUserId);
    const before = await findFactors(trx, staffUserId);
    if (before.appSince === null && before.passkeys.length === 0) return err("factor_gone");
    await deleteFactors(trx, staffUserId);
    for (const sessionId of await endSessionsOf(trx, staffUserId, at)) announceSessionEnded(trx, sessionId);
    const told = { by: actor.label, place: originOf(actor).ip, at };
    await tellOfAccountChange(trx, { staffUserId, what: "factors_reset", ...told });
    await audit({
      action: "staff.factors_reset",
      subjectId: staffUserId,
      summary: coded("audit_factors_reset", { name: member.name }),
      details: {
        before: { app: before.appSince !== null, passkeys: before.passkeys.map(({ name }) => name) },
        after: { app: false, passkeys: [] },
      },
    });
    return ok(null);
  });
}

/**
 * The same by their address, for whoever sits at the server, also for somebody who works for several companies: it is
 * written down at the first one. Null where nobody of it works anywhere.
 */
export async function resetFactorsAtServer(
  context: ServiceContext,
  email: string,
): Promise<"reset" | "none" | null> {
  const [membership, ...others] = await lookupLogin(context.db, email.trim());
  if (membership === undefined) return null;
  const { tenant_id: tenantId, staff_user_id: staffUserId } = membership;
  const done = await resetFactors(context, tenantId, AT_THE_SERVER, { staffUserId });
  if (!done.ok) return "none";
  for (const { tenant_id: elsewhere } of others) {
    await withTenant(context.db, elsewhere, async (trx) => {
      const ended = await endSessionsOf(trx, staffUserId, context.clock.now());
      for (const sessionId of ended) announceSessionEnded(trx, sessionId);
    });
  }
  return "reset";
}
