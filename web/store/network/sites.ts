import { sql } from "kysely";
import type { AgentPresenceTable } from "../db/schema.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** A place with at most one live agent and any number of routers. */
export interface SiteRow {
  id: string;
  name: string;
  created_at: Temporal.Instant;
}

/** A site as the Sites page lists it. */
export interface SiteOverviewRow extends SiteRow {
  /** The live agent; null before enrolment and after a revocation. */
  agent_id: string | null;
  agent_name: string | null;
  agent_version: string | null;
  agent_frozen_at: Temporal.Instant | null;
  /** Last heartbeat that a node wrote; compare with OFFLINE_AFTER_MS. */
  heartbeat_at: Temporal.Instant | null;
  disconnected_at: Temporal.Instant | null;
  round_trip_ms: number | null;
  /** Set while the agent is sent away at its hello. */
  refused_at: Temporal.Instant | null;
  refused_code: AgentPresenceTable["refused_code"];
  refused_detail: string | null;
  /** When and why its last connection ended; still there when the next one is up. */
  ended_at: Temporal.Instant | null;
  ended_code: string | null;
  ended_detail: string | null;
  /** Set while something keeps it from its work. */
  trouble_at: Temporal.Instant | null;
  trouble_code: string | null;
  trouble_detail: string | null;
  clock_ahead_seconds: bigint | null;
  router_count: number;
}

/** @returns false when the name is taken */
export async function insertSite(trx: TenantTransaction, site: SiteRow): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await trx.insertInto("sites").values({
    ...site,
    tenant_id: trx.tenantId,
  })
    .onConflict((conflict) => conflict.columns(["tenant_id", "name"]).doNothing()).executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
}

export async function findSite(trx: TenantTransaction, siteId: string): Promise<SiteRow | null> {
  return await trx.selectFrom("sites").select(["id", "name", "created_at"])
    .where("tenant_id", "=", trx.tenantId).where("id", "=", siteId).where("archived_at", "is", null)
    .executeTakeFirst() ?? null;
}

/** All sites by name, for a choice. */
export async function listSiteNames(trx: TenantTransaction): Promise<{ id: string; name: string }[]> {
  return await trx.selectFrom("sites").select(["id", "name"])
    .where("tenant_id", "=", trx.tenantId).where("archived_at", "is", null).orderBy("name_sort").orderBy("id")
    .execute();
}

export async function findSiteByName(trx: TenantTransaction, name: string): Promise<SiteRow | null> {
  return await trx.selectFrom("sites").select(["id", "name", "created_at"])
    .where("tenant_id", "=", trx.tenantId).where("name", "=", name).executeTakeFirst() ?? null;
}

/** Locks the site, so that two enrolments of one site take turns. */
export async function lockSite(trx: TenantTransaction, siteId: string): Promise<SiteRow | null> {
  return await trx.selectFrom("sites").select(["id", "name", "created_at"])
    .where("tenant_id", "=", trx.tenantId).where("id", "=", siteId).where("archived_at", "is", null)
    .forUpdate()
    .executeTakeFirst() ?? null;
}

export async function updateSiteName(trx: TenantTransaction, siteId: string, name: string): Promise<void> {
  await trx.updateTable("sites").set({ name })
    .where("tenant_id", "=", trx.tenantId).where("id", "=", siteId).execute();
}

/** Takes a site off every list; nothing is added to it any more. */
export async function updateSiteRemoved(
  trx: TenantTransaction,
  siteId: string,
  { at, name }: { at: Temporal.Instant; name: string },
): Promise<void> {
  await trx.updateTable("sites").set({ archived_at: at, name })
    .where("tenant_id", "=", trx.tenantId).where("id", "=", siteId).execute();
}

/** What a site has: routers and agents that are in use, and connections that have not ended. */
export async function countAtSite(
  trx: TenantTransaction,
  siteId: string,
): Promise<{ routers: number; agents: number; connections: number }> {
  const { rows } = await sql<{ routers: number; agents: number; connections: number }>`
    select (select count(*)::int from routers r where r.tenant_id = ${trx.tenantId} and r.site_id = ${siteId}
        and r.archived_at is null) as routers,
      (select count(*)::int from agents a where a.tenant_id = ${trx.tenantId} and a.site_id = ${siteId}
        and a.revoked_at is null) as agents,
      (select count(*)::int from subscriptions c join routers r on r.tenant_id = c.tenant_id
        and r.id = c.router_id where c.tenant_id = ${trx.tenantId} and r.site_id = ${siteId}
        and c.status <> 'cancelled') as connections`.execute(trx);
  return rows[0] ?? { routers: 0, agents: 0, connections: 0 };
}

/** Every site with its agent's presence, by name. */
export async function listSiteOverview(trx: TenantTransaction): Promise<SiteOverviewRow[]> {
  const { rows } = await sql<SiteOverviewRow>`
    select s.id, s.name, s.created_at, a.id as agent_id, a.name as agent_name, a.version as agent_version,
      a.frozen_at as agent_frozen_at, p.heartbeat_at, p.disconnected_at, p.round_trip_ms,
      p.refused_at, p.refused_code, p.refused_detail, p.ended_at, p.ended_code, p.ended_detail, p.trouble_at,
      p.trouble_code, p.trouble_detail, p.clock_ahead_seconds,
      (select count(*)::int from routers r
        where r.tenant_id = s.tenant_id and r.site_id = s.id and r.archived_at is null) as router_count
    from sites s
    left join agents a on a.tenant_id = s.tenant_id and a.site_id = s.id and a.revoked_at is null
    left join agent_presence p on p.tenant_id = a.tenant_id and p.agent_id = a.id
    where s.tenant_id = ${trx.tenantId} and s.archived_at is null order by s.name_sort, s.id`.execute(trx);
  return rows;
}
