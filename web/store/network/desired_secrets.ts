import { sql } from "kysely";
import { EMPTY_STATE_HASH } from "@/shared/protocol/mod.ts";
import { sendAhead, sendSqlAhead } from "../db/ahead.ts";
import { uuidArray } from "../billing/bill_run.ts";
import { toRecordset } from "../db/recordset.ts";
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

/**
 * Reads and locks the subscriptions, with their live block reasons; in id order, so that two callers cannot deadlock.
 * From its first day on (business time) the next plan decides the profile. One whose secret is still to be made is left
 * out: until then that name on the router may be somebody else's.
 *
 * @param now real time
 */
export async function listProvisioningSources(
  trx: TenantTransaction,
  subscriptionIds: readonly string[],
  now: Temporal.Instant,
): Promise<ProvisioningSource[]> {
  const { rows } = await sql<ProvisioningSource>`
    with locked as (
      select s.id, s.router_id, s.ppp_name, s.plan_id, s.next_plan_id, s.next_plan_on, s.status, s.activation
      from subscriptions s
      where s.tenant_id = ${trx.tenantId} and s.id = any(${
    uuidArray(subscriptionIds)
  }::uuid[]) and s.secret <> 'wanted'
      order by s.id for no key update)
    select l.id as subscription_id, l.router_id, l.ppp_name, p.ppp_profile, l.status, l.activation,
      array(select b.reason from block_reasons b
        where b.tenant_id = ${trx.tenantId} and b.subscription_id = l.id and b.removed_at is null
        order by b.reason) as reasons
    from locked l
    join tenants t on t.id = ${trx.tenantId}
    join plans p on p.tenant_id = ${trx.tenantId} and p.id = case
      when l.next_plan_on <= ((${now}::timestamptz + make_interval(secs => t.business_offset_seconds))
        at time zone t.time_zone)::date
      then l.next_plan_id else l.plan_id end
    order by l.id`.execute(trx);
  return rows;
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
 * Rows that belong to these subscriptions, or that hold one of these names on a router; removed ones included. Two looks
 * by key: joined by `or`, every posting read all secrets there are.
 */
export async function listDesiredSecretsFor(
  trx: TenantTransaction,
  subscriptionIds: readonly string[],
  names: readonly { router_id: string; ppp_name: string }[],
): Promise<DesiredSecretRow[]> {
  const columns = sql`d.router_id, d.ppp_name, d.subscription_id, d.profile, d.is_disabled, d.generation,
      d.authorisation_id, d.removed_at`;
  const { rows } = await sql<DesiredSecretRow>`
    select ${columns} from desired_secrets d
    where d.tenant_id = ${trx.tenantId} and d.subscription_id = any(${uuidArray(subscriptionIds)}::uuid[])
    union
    select ${columns}
    from jsonb_to_recordset(${
    toRecordset(names.map(({ router_id, ppp_name }) => ({ router_id, ppp_name })))
  }::jsonb) as n(router_id uuid, ppp_name text)
    cross join lateral (select ${columns} from desired_secrets d where d.tenant_id = ${trx.tenantId}
      and d.router_id = n.router_id and d.ppp_name = n.ppp_name offset 0) d
    order by router_id, ppp_name`.execute(trx);
  return rows;
}

/** Writes rows of the desired state. */
export async function upsertDesiredSecrets(
  trx: TenantTransaction,
  rows: readonly DesiredSecretRow[],
): Promise<void> {
  await sendSqlAhead(
    trx,
    sql`
    insert into desired_secrets (tenant_id, router_id, ppp_name, subscription_id, profile, is_disabled, generation,
      authorisation_id, removed_at)
    select ${trx.tenantId}::uuid, r.router_id, r.ppp_name, r.subscription_id, r.profile, r.is_disabled, r.generation,
      r.authorisation_id, r.removed_at
    from jsonb_to_recordset(${
      toRecordset(rows)
    }::jsonb) as r(router_id uuid, ppp_name text, subscription_id uuid,
      profile text, is_disabled boolean, generation bigint, authorisation_id uuid, removed_at timestamptz)
    on conflict (tenant_id, router_id, ppp_name) do update set subscription_id = excluded.subscription_id,
      profile = excluded.profile, is_disabled = excluded.is_disabled, generation = excluded.generation,
      authorisation_id = excluded.authorisation_id, removed_at = excluded.removed_at`,
  );
}

/** Records who allowed the disables of one generation of one router (rule R4). */
export async function insertDisableAuthorisation(
  trx: TenantTransaction,
  row: {
    id: string;
    router_id: string;
    generation: bigint;
    kind: "run" | "manual" | "import";
    run_id: string | null;
    approved_by: string;
    names: string[];
    created_at: Temporal.Instant;
  },
): Promise<void> {
  await trx.insertInto("disable_authorisations").values({ ...row, tenant_id: trx.tenantId }).execute();
}

/** Moves a router to its next generation. */
export async function updateRouterState(
  trx: TenantTransaction,
  routerId: string,
  state: { generation: bigint; hash: string; changed_at: Temporal.Instant },
): Promise<void> {
  await sendAhead(
    trx,
    trx.updateTable("router_states").set(state)
      .where("tenant_id", "=", trx.tenantId).where("router_id", "=", routerId),
  );
}
