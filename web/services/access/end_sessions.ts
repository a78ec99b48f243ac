import { coded } from "@/shared/codes/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import type { SecurityReason } from "@/web/domain/access/mod.ts";
import { endSessionsOf, listOpenSessions, type OpenSession } from "@/web/store/access/open_sessions.ts";
import { type TenantTransaction, withTenant } from "@/web/store/db/tenant_transaction.ts";
import { announceSessionEnded } from "@/web/store/live/live_topics.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { changeStaff, refuseToTouch, type StaffChangeRefusal } from "./change_staff.ts";
import type { SecurityLog } from "./security_log.ts";
import { type Client, SESSION_IDLE_MINUTES, type SessionContext, type StaffSession } from "./session.ts";
import { listWorkplaces } from "./switch_company.ts";

/** What ending sessions needs. */
export type EndingContext = SessionContext & { security: SecurityLog };

/** The person whose own sessions they are, and the one that they ask with. */
type Own = Pick<StaffSession, "tenantId" | "sessionId" | "staffUserId" | "email">;

/** One of a person's own sessions, at whichever company. */
export interface OwnSession extends OpenSession {
  tenantId: string;
  company: string;
  /** The one that they look with. */
  isThis: boolean;
}

/** What counts as open now. */
export function openAt(now: Temporal.Instant): { now: Temporal.Instant; activeSince: Temporal.Instant } {
  return { now, activeSince: now.subtract({ minutes: SESSION_IDLE_MINUTES }) };
}

/** All open sessions of a person: this one first, then the one that was seen last. */
export async function listOwnSessions(context: SessionContext, own: Own): Promise<OwnSession[]> {
  const open = openAt(context.clock.now());
  const found: OwnSession[] = [];
  for (const { tenantId, name: company } of await listWorkplaces(context, own)) {
    const sessions = await withTenant(
      context.db,
      tenantId,
      (trx) => listOpenSessions(trx, own.staffUserId, open),
      { readOnly: true },
    );
    found.push(
      ...sessions.map((session) => ({ ...session, tenantId, company, isThis: session.id === own.sessionId })),
    );
  }
  return found.sort((one, other) =>
    Number(other.isThis) - Number(one.isThis) ||
    Temporal.Instant.compare(other.last_seen_at, one.last_seen_at)
  );
}

/** Ends one of a person's own sessions, at whichever of their companies; whatever is not theirs is not there. */
export async function endOwnSession(
  context: EndingContext,
  own: Own,
  { tenantId, sessionId }: { tenantId: string; sessionId: string },
  client: Client,
): Promise<Result<number, "not_found">> {
  const workplaces = await listWorkplaces(context, own);
  if (!workplaces.some((workplace) => workplace.tenantId === tenantId)) return err("not_found");
  const ended = await endAt(context, own, tenantId, { only: sessionId }, client);
  return ended === 0 ? err("not_found") : ok(ended);
}

/** Ends all sessions of a person but the one that they ask with. */
export async function endOtherSessions(context: EndingContext, own: Own, client: Client): Promise<number> {
  let ended = 0;
  for (const { tenantId } of await listWorkplaces(context, own)) {
    ended += await endAt(context, own, tenantId, { keep: own.sessionId }, client);
  }
  return ended;
}

function endAt(
  { db, clock, security }: EndingContext,
  { staffUserId, email }: Own,
  tenantId: string,
  which: { only?: string; keep?: string },
  client: Client,
): Promise<number> {
  const what = { staffUserId, email, at: clock.now(), reason: "ended_by_person", client, ...which } as const;
  return withTenant(db, tenantId, (trx) => end(trx, security, what));
}

/**
 * Ends one session of somebody at this company, or all of them. Who has more than whoever asks is not theirs to touch, as
 * with every change of staff.
 */
export async function endStaffSessions(
  context: ServiceContext & { security: SecurityLog },
  tenantId: string,
  actor: Actor,
  { staffUserId, sessionId, client }: { staffUserId: string; sessionId?: string | undefined; client: Client },
): Promise<Result<number, StaffChangeRefusal | "staff_not_found" | "session_gone" | "has_more_than_you">> {
  const attempt = { what: "end_sessions", subjectKind: "staff", subjectId: staffUserId } as const;
  return await changeStaff(context, tenantId, actor, attempt, async (change) => {
    const { trx, at, members, audit } = change;
    const member = members.find(({ id }) => id === staffUserId);
    if (member === undefined) return err("staff_not_found");
    const refusal = refuseToTouch(change, member);
    if (refusal !== null) return refusal;
    const email = member.email.toLowerCase();
    const count = await end(trx, context.security, {
      staffUserId,
      email,
      at,
      reason: "ended_by_staff",
      only: sessionId,
      client,
    });
    if (count === 0) return err("session_gone");
    await audit({
      action: "staff.sessions_ended",
      subjectId: staffUserId,
      summary: coded("audit_staff_sessions_ended", { name: member.name, count }),
    });
    return ok(count);
  });
}

interface Ending {
  staffUserId: string;
  email: string;
  at: Temporal.Instant;
  reason: SecurityReason;
  only?: string | undefined;
  keep?: string | undefined;
  client: Client;
}

/** Ends them and tells every node, which closes their streams. */
async function end(
  trx: TenantTransaction,
  security: SecurityLog,
  { staffUserId, email, reason, client, ...which }: Ending,
): Promise<number> {
  const ended = await endSessionsOf(trx, staffUserId, which);
  for (const sessionId of ended) {
    announceSessionEnded(trx, sessionId);
    await security.record(trx, {
      kind: "session_ended",
      reason,
      account: email,
      staffUserId,
      ip: client.ip,
      requestId: client.requestId ?? "",
    });
  }
  return ended.length;
}
