import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** A session that is open: not ended, not over, and not idle for too long. */
export interface OpenSession {
  id: string;
  ip: string | null;
  user_agent: string | null;
  created_at: Temporal.Instant;
  last_seen_at: Temporal.Instant;
}

/** When sessions count as open. */
export interface OpenAt {
  now: Temporal.Instant;
  /** One that was seen last before this has idled out. */
  activeSince: Temporal.Instant;
}

/** Sessions of one person that are open at the company, the one that was seen last first. */
export async function listOpenSessions(
  trx: TenantTransaction,
  staffUserId: string,
  { now, activeSince }: OpenAt,
): Promise<OpenSession[]> {
  return await trx.selectFrom("sessions").select(["id", "ip", "user_agent", "created_at", "last_seen_at"])
    .where("tenant_id", "=", trx.tenantId).where("staff_user_id", "=", staffUserId)
    .where("ended_at", "is", null).where("expires_at", ">", now).where("last_seen_at", ">", activeSince)
    .orderBy("last_seen_at", "desc").orderBy("id", "desc").execute();
}

/**
 * Ends sessions of one person: all of them, also those that have idled out meanwhile, but the one to keep; or only one.
 *
 * @returns the ids of those that were not over yet
 */
export async function endSessionsOf(
  trx: TenantTransaction,
  staffUserId: string,
  { at, only, keep }: { at: Temporal.Instant; only?: string | undefined; keep?: string | undefined },
): Promise<string[]> {
  const ended = await trx.updateTable("sessions").set({ ended_at: at })
    .where("tenant_id", "=", trx.tenantId).where("staff_user_id", "=", staffUserId)
    .where("ended_at", "is", null)
    .$if(only !== undefined, (query) => query.where("id", "=", only!))
    .$if(keep !== undefined, (query) => query.where("id", "<>", keep!))
    .returning("id").execute();
  return ended.map(({ id }) => id);
}

/** Whether somebody opened a session from the same address with the same browser since: a form that was sent twice. */
export async function hasJustOpened(
  trx: TenantTransaction,
  staffUserId: string,
  { since, ip, userAgent }: { since: Temporal.Instant; ip: string; userAgent: string | null },
): Promise<boolean> {
  const found = await trx.selectFrom("sessions").select("id")
    .where("tenant_id", "=", trx.tenantId).where("staff_user_id", "=", staffUserId)
    .where("ended_at", "is", null).where("created_at", ">", since).where("ip", "=", ip)
    .where("user_agent", "is not distinct from", userAgent)
    .limit(1).executeTakeFirst();
  return found !== undefined;
}
