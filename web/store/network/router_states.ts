import { sql } from "kysely";
import { accountOfKey, keyOfSecret, type PppService } from "@/shared/protocol/mod.ts";
import { sendSqlAhead } from "../db/ahead.ts";
import { announceLive } from "../live/live_topics.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** Desired and observed state of one router in figures. */
export interface RouterStateRow {
  router_id: string;
  lineage: string;
  generation: bigint;
  hash: string;
  changed_at: Temporal.Instant;
  stored_generation: bigint;
  applied_generation: bigint;
  observed_at: Temporal.Instant | null;
  took_ms: number | null;
  drift_count: number;
  held_count: number;
}

const COLUMNS = [
  "router_id",
  "lineage",
  "generation",
  "hash",
  "changed_at",
  "stored_generation",
  "applied_generation",
  "observed_at",
  "took_ms",
  "drift_count",
  "held_count",
] as const;

export async function findRouterState(
  trx: TenantTransaction,
  routerId: string,
): Promise<RouterStateRow | null> {
  return await trx.selectFrom("router_states").select(COLUMNS)
    .where("tenant_id", "=", trx.tenantId).where("router_id", "=", routerId).executeTakeFirst() ?? null;
}

/** States of routers in use, of one site or of all. */
export async function listRouterStates(trx: TenantTransaction, siteId?: string): Promise<RouterStateRow[]> {
  let query = trx.selectFrom("router_states")
    .innerJoin("routers", (join) =>
      join.onRef("routers.tenant_id", "=", "router_states.tenant_id")
        .onRef("routers.id", "=", "router_states.router_id"))
    .select(COLUMNS.map((column) => `router_states.${column}` as const))
    .where("router_states.tenant_id", "=", trx.tenantId).where("routers.archived_at", "is", null);
  if (siteId !== undefined) query = query.where("routers.site_id", "=", siteId);
  return await query.orderBy("router_states.router_id").execute();
}

/** Desired rows as one statement read them, together with the mark they lead to. */
export interface DesiredStateRows {
  lineage: string;
  generation: bigint;
  hash: string;
  rows: {
    name: string;
    service: PppService;
    profile: string | null;
    disabled: boolean;
    authorisation: string | null;
    removed: boolean;
  }[];
  /** All live rows of services other than PPPoE, whatever has changed. */
  others: { name: string; service: PppService; profile: string | null; disabled: boolean }[];
  authorisations: {
    id: string;
    kind: "run" | "manual" | "import";
    run_id: string | null;
    generation: string;
    count: number;
  }[];
}

/**
 * The desired state of a router of this site, whole or what changed after `from`. One statement, so that rows and
 * generation come from one snapshot although billing writes meanwhile.
 */
export async function findDesiredState(
  trx: TenantTransaction,
  wanted: {
    siteId: string;
    routerId: string;
    from: bigint | null;
    /** Only while this agent, in this epoch, is in charge of the site and can open the router's credentials. */
    holder?: { agentId: string; epoch: bigint };
  },
): Promise<DesiredStateRows | null> {
  const from = wanted.from ?? -1n;
  const isHeld = wanted.holder === undefined
    ? sql`true`
    : sql`exists (select from agents a where a.tenant_id = r.tenant_id and a.id = r.sealed_to_agent_id
        and a.site_id = r.site_id and a.id = ${wanted.holder.agentId} and a.epoch = ${wanted.holder.epoch}
        and a.revoked_at is null and a.frozen_at is null)`;
  const { rows } = await sql<DesiredStateRows>`
    with state as (
      select s.tenant_id, s.router_id, s.lineage, s.generation, s.hash from router_states s
      join routers r on r.tenant_id = s.tenant_id and r.id = s.router_id
      where s.tenant_id = ${trx.tenantId} and s.router_id = ${wanted.routerId} and r.site_id = ${wanted.siteId}
        and r.archived_at is null and ${isHeld}),
    secrets as (
      select d.ppp_name, d.ppp_service, d.profile, d.is_disabled, d.authorisation_id, d.removed_at
      from desired_secrets d
      where d.tenant_id = ${trx.tenantId} and d.router_id = ${wanted.routerId} and d.generation > ${from}
        and (${wanted.from !== null} or d.removed_at is null))
    select state.lineage, state.generation, state.hash,
      coalesce((select jsonb_agg(jsonb_build_object('name', ppp_name, 'service', ppp_service, 'profile', profile,
        'disabled', is_disabled, 'authorisation', authorisation_id, 'removed', removed_at is not null)
        order by ppp_name, ppp_service) from secrets), '[]') as rows,
      coalesce((select jsonb_agg(jsonb_build_object('name', o.ppp_name, 'service', o.ppp_service, 'profile', o.profile,
        'disabled', o.is_disabled)) from desired_secrets o where o.tenant_id = ${trx.tenantId}
          and o.router_id = ${wanted.routerId} and o.ppp_service <> 'pppoe' and o.removed_at is null),
        '[]') as others,
      coalesce((select jsonb_agg(jsonb_build_object('id', a.id, 'kind', a.kind, 'run_id', a.run_id,
        'generation', a.generation::text, 'count', cardinality(a.names)) order by a.generation)
        from disable_authorisations a where a.tenant_id = ${trx.tenantId}
          and a.id in (select authorisation_id from secrets)), '[]') as authorisations
    from state`.execute(trx);
  return rows[0] ?? null;
}

/** The agent has a generation on disk. */
export async function updateStateStored(
  trx: TenantTransaction,
  stored: { siteId: string; routerId: string; lineage: string; generation: bigint },
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update router_states s set stored_generation = greatest(stored_generation, least(${stored.generation}, generation))
    from routers r where s.tenant_id = ${trx.tenantId} and s.router_id = ${stored.routerId}
      and r.tenant_id = s.tenant_id and r.id = s.router_id and r.site_id = ${stored.siteId}
      and s.lineage = ${stored.lineage}`.execute(trx);
  announceLive(trx, [`router:${stored.routerId}`]);
  return numAffectedRows === 1n;
}

/** Whether the router is of this site and its state of this lineage; locks the state against other reports. */
export async function lockReportedState(
  trx: TenantTransaction,
  wanted: { siteId: string; routerId: string; lineage: string },
): Promise<boolean> {
  const { rows } = await sql`
    select 1 from router_states s join routers r on r.tenant_id = s.tenant_id and r.id = s.router_id
    where s.tenant_id = ${trx.tenantId} and s.router_id = ${wanted.routerId} and r.site_id = ${wanted.siteId}
      and s.lineage = ${wanted.lineage} for no key update of s`.execute(trx);
  return rows.length === 1;
}

/** Figures of a report that is complete. */
export async function updateStateObserved(
  trx: TenantTransaction,
  routerId: string,
  report: {
    applied: bigint;
    observedAt: Temporal.Instant;
    tookMs: number;
    driftCount: number;
    heldCount: number;
  },
): Promise<void> {
  await sendSqlAhead(
    trx,
    sql`
    update router_states set applied_generation = greatest(applied_generation, least(${report.applied}, generation)),
      stored_generation = greatest(stored_generation, least(${report.applied}, generation)),
      observed_at = ${report.observedAt}, took_ms = ${report.tookMs}, drift_count = ${report.driftCount},
      held_count = ${report.heldCount}
    where tenant_id = ${trx.tenantId} and router_id = ${routerId}`,
  );
  announceLive(trx, ["network", `router:${routerId}`]);
}

/**
 * Accounts, by their keys, that the books want disabled right now, if `generation` is the current one; the generation as it is now.
 * One statement and one snapshot: a payment that committed before it is seen.
 */
export async function findPermittedNames(
  trx: TenantTransaction,
  wanted: { siteId: string; routerId: string; lineage: string; generation: bigint; names: readonly string[] },
): Promise<{ generation: bigint; names: string[] }> {
  const asked = new Set(wanted.names);
  const names = [...new Set(wanted.names.map((key) => accountOfKey(key).name))];
  const { rows } = await sql<{ generation: bigint; accounts: { name: string; service: PppService }[] }>`
    select s.generation, (
      select coalesce(jsonb_agg(jsonb_build_object('name', d.ppp_name, 'service', d.ppp_service)
        order by d.ppp_name, d.ppp_service), '[]') from desired_secrets d
      where s.lineage = ${wanted.lineage} and s.generation = ${wanted.generation}
        and d.tenant_id = s.tenant_id and d.router_id = s.router_id and d.is_disabled and d.removed_at is null
        and d.ppp_name = any(${names}::text[])) as accounts
    from router_states s join routers r on r.tenant_id = s.tenant_id and r.id = s.router_id
    where s.tenant_id = ${trx.tenantId} and s.router_id = ${wanted.routerId} and r.site_id = ${wanted.siteId}
      and r.archived_at is null`.execute(trx);
  const [found] = rows;
  return {
    generation: found?.generation ?? 0n,
    names: found?.accounts.map(keyOfSecret).filter((key) => asked.has(key)) ?? [],
  };
}
