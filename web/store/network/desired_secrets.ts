import { sql } from "kysely";
import { EMPTY_STATE_HASH } from "@/shared/protocol/mod.ts";
import { sendAhead, sendSqlAhead } from "../db/ahead.ts";
import { uuidArray } from "../billing/bill_run.ts";
import { textArray } from "../db/text_array.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** What decides the desired secret of one subscription. */
export interface ProvisioningSource {
  subscription_id: string;
  router_id: string;
  ppp_name: string;
  ppp_profile: string | null;
  status: "pending" | "active" | "disconnected" | "cancelled";
  activation: "day" | "first_session" | "by_hand";
  reasons: string[];
}

/** A row of the desired state. */
export interface DesiredSecretRow {
  router_id: string;
  ppp_name: string;
  subscription_id: string;
  profile: string | null;
  is_disabled: boolean;
  generation: bigint;
  authorisation_id: string | null;
  /** Set when Linya stopped managing the secret; nothing is ever deleted on the router. */
  removed_at: Temporal.Instant | null;
}

/** A subscription as it was locked. */
type LockedSource = Omit<ProvisioningSource, "ppp_profile" | "reasons"> & { plan_id: string };

/** What else decides the secrets of subscriptions. */
interface SourceFacts {
  /** PPP profiles by plan. */
  profiles: Record<string, string | null> | null;
  reasons: [subscriptionId: string, reason: string][] | null;
  routers: string[] | null;
}

/**
 * Locks the subscriptions, in id order so that two callers cannot deadlock, and reads what decides their secrets; with the
 * routers on which they have or had one. Profiles and live block reasons are read behind the lock by a statement of their
 * own, so that what was committed while this one waited is seen. From its first day on (business time) the next plan
 * decides the profile. One whose secret is still to be made is left out: until then that name on the router may be
 * somebody else's.
 *
 * @param now real time
 */
export async function lockProvisioningSources(
  trx: TenantTransaction,
  subscriptionIds: readonly string[],
  now: Temporal.Instant,
): Promise<{ sources: ProvisioningSource[]; routerIds: string[] }> {
  const ids = uuidArray(subscriptionIds);
  const { rows: locked } = await sql<LockedSource>`
    select s.id as subscription_id, s.router_id, s.ppp_name, s.status, s.activation,
      case when s.next_plan_on <= ((${now}::timestamptz + make_interval(secs => t.business_offset_seconds))
        at time zone t.time_zone)::date then s.next_plan_id else s.plan_id end as plan_id
    from subscriptions s join tenants t on t.id = ${trx.tenantId}
    where s.tenant_id = ${trx.tenantId} and s.id = any(${ids}::uuid[]) and s.secret <> 'wanted'
    order by s.id for no key update of s`.execute(trx);
  const planIds = [...new Set(locked.map((row) => row.plan_id))];
  const { rows: [facts] } = await sql<SourceFacts>`
    select (select jsonb_object_agg(p.id, p.ppp_profile) from plans p
        where p.tenant_id = ${trx.tenantId} and p.id = any(${uuidArray(planIds)}::uuid[])) as profiles,
      (select jsonb_agg(jsonb_build_array(b.subscription_id, b.reason) order by b.reason) from block_reasons b
        where b.tenant_id = ${trx.tenantId} and b.subscription_id = any(${ids}::uuid[])
          and b.removed_at is null) as reasons,
      (select jsonb_agg(distinct d.router_id) from desired_secrets d
        where d.tenant_id = ${trx.tenantId} and d.subscription_id = any(${ids}::uuid[])) as routers`.execute(
    trx,
  );
  const reasons = Map.groupBy(facts?.reasons ?? [], ([subscriptionId]) => subscriptionId);
  const sources = locked.map(({ plan_id, ...row }) => ({
    ...row,
    ppp_profile: facts?.profiles?.[plan_id] ?? null,
    reasons: (reasons.get(row.subscription_id) ?? []).map(([, reason]) => reason),
  }));
  return { sources, routerIds: facts?.routers ?? [] };
}

/** Creates the state of routers that have none yet, then locks all of them in id order. */
export async function lockRouterStates(
  trx: TenantTransaction,
  routers: readonly { routerId: string; lineage: string }[],
  now: Temporal.Instant,
): Promise<Map<string, { generation: bigint; hash: string }>> {
  if (routers.length === 0) return new Map();
  const ordered = [...routers].sort((a, b) => a.routerId < b.routerId ? -1 : 1);
  await sendAhead(
    trx,
    trx.insertInto("router_states")
      .values(ordered.map(({ routerId, lineage }) => ({
        tenant_id: trx.tenantId,
        router_id: routerId,
        lineage,
        hash: EMPTY_STATE_HASH,
        changed_at: now,
      })))
      .onConflict((conflict) => conflict.columns(["tenant_id", "router_id"]).doNothing()),
  );
  const rows = await trx.selectFrom("router_states").select(["router_id", "generation", "hash"])
    .where("tenant_id", "=", trx.tenantId).where("router_id", "in", ordered.map((r) => r.routerId))
    .orderBy("router_id").forNoKeyUpdate().execute();
  return new Map(rows.map((row) => [row.router_id, row]));
}

/** Routers on which these subscriptions have or had a secret. */
export async function listRoutersOfSecrets(
  trx: TenantTransaction,
  subscriptionIds: readonly string[],
): Promise<string[]> {
  const { rows } = await sql<{ router_id: string }>`
    select distinct d.router_id from desired_secrets d
    where d.tenant_id = ${trx.tenantId} and d.subscription_id = any(${uuidArray(subscriptionIds)}::uuid[])`
    .execute(trx);
  return rows.map((row) => row.router_id);
}

/**
 * Rows that belong to these subscriptions, or that hold one of their names on a router for somebody else; removed ones
 * included. A name that one of them holds itself is held by nobody else.
 */
export async function listDesiredSecretsFor(
  trx: TenantTransaction,
  subscriptionIds: readonly string[],
  names: readonly Pick<DesiredSecretRow, "router_id" | "ppp_name" | "subscription_id">[],
): Promise<DesiredSecretRow[]> {
  const { rows: own } = await sql<DesiredSecretRow>`
    select ${SECRET_COLUMNS} from desired_secrets d
    where d.tenant_id = ${trx.tenantId} and d.subscription_id = any(${uuidArray(subscriptionIds)}::uuid[])
    order by d.router_id, d.ppp_name`.execute(trx);
  const held = new Set(own.map((row) => `${row.router_id}/${row.ppp_name}`));
  const others = names.filter((row) => !held.has(`${row.router_id}/${row.ppp_name}`));
  if (others.length === 0) return own;
  const { rows } = await sql<DesiredSecretRow>`
    select ${SECRET_COLUMNS}
    from unnest(${uuidArray(others.map((row) => row.router_id))}::uuid[], ${
    textArray(others.map((row) => row.ppp_name))
  }::text[]) as n(router_id, ppp_name)
    cross join lateral (select ${SECRET_COLUMNS} from desired_secrets d where d.tenant_id = ${trx.tenantId}
      and d.router_id = n.router_id and d.ppp_name = n.ppp_name offset 0) d
    order by d.router_id, d.ppp_name`.execute(trx);
  return [...own, ...rows];
}

const SECRET_COLUMNS = sql`d.router_id, d.ppp_name, d.subscription_id, d.profile, d.is_disabled, d.generation,
      d.authorisation_id, d.removed_at`;

/** Writes rows of the desired state; those that are known to be there cost an update and no try to insert them. */
export async function writeDesiredSecrets(
  trx: TenantTransaction,
  { known, fresh }: { known: readonly DesiredSecretRow[]; fresh: readonly DesiredSecretRow[] },
): Promise<void> {
  if (known.length > 0) {
    await sendSqlAhead(
      trx,
      sql`
      update desired_secrets d set subscription_id = r.subscription_id, profile = r.profile, is_disabled = r.is_disabled,
        generation = r.generation, authorisation_id = r.authorisation_id, removed_at = r.removed_at
      from ${secretRows(known)}
      where d.tenant_id = ${trx.tenantId} and d.router_id = r.router_id and d.ppp_name = r.ppp_name`,
    );
  }
  if (fresh.length === 0) return;
  await sendSqlAhead(
    trx,
    sql`
    insert into desired_secrets (tenant_id, router_id, ppp_name, subscription_id, profile, is_disabled, generation,
      authorisation_id, removed_at)
    select ${trx.tenantId}::uuid, r.router_id, r.ppp_name, r.subscription_id, r.profile, r.is_disabled, r.generation,
      r.authorisation_id, r.removed_at
    from ${secretRows(fresh)}`,
  );
}

function secretRows(rows: readonly DesiredSecretRow[]) {
  return sql`unnest(${uuidArray(rows.map((row) => row.router_id))}::uuid[], ${
    textArray(rows.map((row) => row.ppp_name))
  }::text[],
    ${uuidArray(rows.map((row) => row.subscription_id))}::uuid[], ${
    textArray(rows.map((row) => row.profile))
  }::text[],
    ${textArray(rows.map((row) => row.is_disabled))}::boolean[], ${
    textArray(rows.map((row) => row.generation))
  }::bigint[],
    ${textArray(rows.map((row) => row.authorisation_id))}::uuid[], ${
    textArray(rows.map((row) => row.removed_at))
  }::timestamptz[])
    as r(router_id, ppp_name, subscription_id, profile, is_disabled, generation, authorisation_id, removed_at)`;
}

/** Who allowed the disables of one generation of one router (rule R4). */
export interface DisableAuthorisationRow {
  id: string;
  router_id: string;
  generation: bigint;
  kind: "run" | "manual" | "import";
  run_id: string | null;
  approved_by: string;
  names: string[];
  created_at: Temporal.Instant;
}

/** Records who allowed what; before the rows that name it. */
export async function insertDisableAuthorisations(
  trx: TenantTransaction,
  rows: readonly DisableAuthorisationRow[],
): Promise<void> {
  if (rows.length === 0) return;
  await sendAhead(
    trx,
    trx.insertInto("disable_authorisations").values(rows.map((row) => ({
      ...row,
      tenant_id: trx.tenantId,
      names: sql<string[]>`${textArray(row.names)}::text[]`,
    }))),
  );
}

/** Moves routers to their next generation. */
export async function updateRouterStates(
  trx: TenantTransaction,
  states: readonly { routerId: string; generation: bigint; hash: string }[],
  changedAt: Temporal.Instant,
): Promise<void> {
  if (states.length === 0) return;
  await sendSqlAhead(
    trx,
    sql`
    update router_states s set generation = n.generation, hash = n.hash, changed_at = ${changedAt}
    from unnest(${uuidArray(states.map((row) => row.routerId))}::uuid[], ${
      states.map((row) => row.generation)
    }::bigint[], ${states.map((row) => row.hash)}::text[]) as n(router_id, generation, hash)
    where s.tenant_id = ${trx.tenantId} and s.router_id = n.router_id`,
  );
}
