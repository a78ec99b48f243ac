import { sql } from "kysely";
import { EMPTY_STATE_HASH, type PppService } from "@/shared/protocol/mod.ts";
import { askSqlAhead, sendAhead, sendSqlAhead } from "../db/ahead.ts";
import { uuidArray } from "../billing/bill_run.ts";
import { textArray } from "../db/text_array.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** What of a subscription decides its desired secret. */
export interface ProvisioningSource {
  subscription_id: string;
  router_id: string;
  ppp_name: string;
  ppp_service: PppService;
  status: "pending" | "active" | "disconnected" | "cancelled";
  activation: "day" | "first_session" | "by_hand";
  /** The plan of today. */
  plan_id: string;
}

/** A row of the desired state. */
export interface DesiredSecretRow {
  router_id: string;
  ppp_name: string;
  ppp_service: PppService;
  subscription_id: string;
  profile: string | null;
  is_disabled: boolean;
  generation: bigint;
  authorisation_id: string | null;
  /** Set when Linya stopped managing the secret; nothing is ever deleted on the router. */
  removed_at: Temporal.Instant | null;
}

/** What else decides the secrets of subscriptions. */
export interface SourceFacts {
  /** PPP profiles by plan. */
  profiles: Readonly<Record<string, string | null>>;
  /** Live block reasons by subscription. */
  reasons: ReadonlyMap<string, string[]>;
}

/**
 * Locks the subscriptions, in id order so that two callers cannot deadlock. From its first day on (business time) the next
 * plan decides. One whose secret is still to be made is left out: until then that name on the router may be somebody
 * else's.
 *
 * @param now real time
 */
export async function lockProvisioningSources(
  trx: TenantTransaction,
  subscriptionIds: readonly string[],
  now: Temporal.Instant,
): Promise<ProvisioningSource[]> {
  return (await selectSources(trx, subscriptionIds, now).execute(trx)).rows;
}

/** The same ahead of the next statement that is waited for. */
export function lockProvisioningSourcesAhead(
  trx: TenantTransaction,
  subscriptionIds: readonly string[],
  now: Temporal.Instant,
): Promise<() => Promise<ProvisioningSource[]>> {
  return askSqlAhead(trx, selectSources(trx, subscriptionIds, now));
}

function selectSources(trx: TenantTransaction, subscriptionIds: readonly string[], now: Temporal.Instant) {
  return sql<ProvisioningSource>`
    select s.id as subscription_id, s.router_id, s.ppp_name, s.ppp_service, s.status, s.activation,
      case when s.next_plan_on <= ((${now}::timestamptz + make_interval(secs => t.business_offset_seconds))
        at time zone t.time_zone)::date then s.next_plan_id else s.plan_id end as plan_id
    from subscriptions s join tenants t on t.id = ${trx.tenantId}
    where s.tenant_id = ${trx.tenantId} and s.id = any(${
    uuidArray(subscriptionIds)
  }::uuid[]) and s.secret <> 'wanted'
    order by s.id for no key update of s`;
}

/** The state of a router, as it is under the lock. */
interface RouterStateRow {
  generation: bigint;
  hash: string;
}

/** What {@linkcode lockRouterStates} has locked and read. */
export interface LockedStates {
  states: ReadonlyMap<string, RouterStateRow>;
  facts: SourceFacts;
}

/**
 * Creates the state of routers that have none yet, then locks them in id order, and those on which these subscriptions have
 * or had a secret. With the profiles and block reasons of the sources, which the caller has locked: read in a statement
 * behind that lock, what was committed while it was waited for is seen. Ahead of the next statement that is waited for.
 */
export async function lockRouterStates(
  trx: TenantTransaction,
  of: {
    subscriptionIds: readonly string[];
    routers: readonly { routerId: string; lineage: string }[];
    planIds: readonly string[];
  },
  now: Temporal.Instant,
): Promise<() => Promise<LockedStates>> {
  const ids = uuidArray(of.subscriptionIds);
  const ordered = [...of.routers].sort((a, b) => a.routerId < b.routerId ? -1 : 1);
  if (ordered.length > 0) {
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
  }
  // What is the same for all stands in the row of one.
  const answer = await askSqlAhead<StoredState>(
    trx,
    sql`
    select s.router_id, s.generation, s.hash, case when s.router_id = ${ordered[0]?.routerId ?? null} then (
      select jsonb_build_object('profiles', (select jsonb_object_agg(p.id, p.ppp_profile) from plans p
          where p.tenant_id = ${trx.tenantId} and p.id = any(${uuidArray(of.planIds)}::uuid[])),
        'reasons', (select jsonb_agg(jsonb_build_array(b.subscription_id, b.reason) order by b.reason)
          from block_reasons b where b.tenant_id = ${trx.tenantId} and b.subscription_id = any(${ids}::uuid[])
            and b.removed_at is null))) end as facts
    from router_states s
    where s.tenant_id = ${trx.tenantId} and (s.router_id = any(${
      uuidArray(ordered.map((router) => router.routerId))
    }::uuid[]) or s.router_id in (select d.router_id from desired_secrets d
        where d.tenant_id = ${trx.tenantId} and d.subscription_id = any(${ids}::uuid[])))
    order by s.router_id for no key update of s`,
  );
  return async () => toLocked(await answer());
}

function toLocked(rows: readonly StoredState[]): LockedStates {
  const stored = rows.find((row) => row.facts !== null)?.facts;
  const reasons = Map.groupBy(stored?.reasons ?? [], ([subscriptionId]) => subscriptionId);
  return {
    states: new Map(rows.map((row) => [row.router_id, row])),
    facts: {
      profiles: stored?.profiles ?? {},
      reasons: new Map([...reasons].map(([id, pairs]) => [id, pairs.map(([, reason]) => reason)])),
    },
  };
}

interface StoredState extends RouterStateRow {
  router_id: string;
  facts: {
    profiles: Record<string, string | null> | null;
    reasons: [subscriptionId: string, reason: string][] | null;
  } | null;
}

/** Rows that belong to these subscriptions, removed ones included. */
export async function listDesiredSecretsOf(
  trx: TenantTransaction,
  subscriptionIds: readonly string[],
): Promise<DesiredSecretRow[]> {
  const { rows } = await sql<DesiredSecretRow>`
    select ${SECRET_COLUMNS} from desired_secrets d
    where d.tenant_id = ${trx.tenantId} and d.subscription_id = any(${uuidArray(subscriptionIds)}::uuid[])
    order by d.router_id, d.ppp_name, d.ppp_service`.execute(trx);
  return rows;
}

/** Rows of these accounts, removed ones included. */
export async function listDesiredSecretsNamed(
  trx: TenantTransaction,
  accounts: readonly Pick<DesiredSecretRow, "router_id" | "ppp_name" | "ppp_service">[],
): Promise<DesiredSecretRow[]> {
  if (accounts.length === 0) return [];
  const { rows } = await sql<DesiredSecretRow>`
    select ${SECRET_COLUMNS}
    from unnest(${uuidArray(accounts.map((row) => row.router_id))}::uuid[], ${
    textArray(accounts.map((row) => row.ppp_name))
  }::text[], ${
    textArray(accounts.map((row) => row.ppp_service))
  }::text[]) as n(router_id, ppp_name, ppp_service)
    cross join lateral (select ${SECRET_COLUMNS} from desired_secrets d where d.tenant_id = ${trx.tenantId}
      and d.router_id = n.router_id and d.ppp_name = n.ppp_name and d.ppp_service = n.ppp_service offset 0) d
    order by d.router_id, d.ppp_name, d.ppp_service`.execute(trx);
  return rows;
}

const SECRET_COLUMNS =
  sql`d.router_id, d.ppp_name, d.ppp_service, d.subscription_id, d.profile, d.is_disabled, d.generation,
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
      where d.tenant_id = ${trx.tenantId} and d.router_id = r.router_id and d.ppp_name = r.ppp_name
        and d.ppp_service = r.ppp_service`,
    );
  }
  if (fresh.length === 0) return;
  await sendSqlAhead(
    trx,
    sql`
    insert into desired_secrets (tenant_id, router_id, ppp_name, ppp_service, subscription_id, profile, is_disabled, generation,
      authorisation_id, removed_at)
    select ${trx.tenantId}::uuid, r.router_id, r.ppp_name, r.ppp_service, r.subscription_id, r.profile, r.is_disabled,
      r.generation, r.authorisation_id, r.removed_at
    from ${secretRows(fresh)}`,
  );
}

/** Those of one router are alike in nearly everything: what they share travels once, and a row says which is its. */
function secretRows(rows: readonly DesiredSecretRow[]) {
  const shared = new Map<string, { nth: number; row: DesiredSecretRow }>();
  const nths = rows.map((row) => {
    const { router_id, ppp_service, profile, is_disabled, generation, authorisation_id, removed_at } = row;
    const alike =
      `${router_id}/${ppp_service}/${is_disabled}/${generation}/${authorisation_id}/${removed_at}/${profile}`;
    const found = shared.get(alike) ?? { nth: shared.size + 1, row };
    shared.set(alike, found);
    return found.nth;
  });
  const alike = [...shared.values()].map(({ row }) => row);
  return sql`(
    select s.router_id, n.ppp_name, s.ppp_service, n.subscription_id, s.profile, s.is_disabled, s.generation, s.authorisation_id, s.removed_at
    from unnest(${textArray(rows.map((row) => row.ppp_name))}::text[],
      ${uuidArray(rows.map((row) => row.subscription_id))}::uuid[], ${`{${nths.join(",")}}`}::int[])
      as n(ppp_name, subscription_id, nth)
    join unnest(${uuidArray(alike.map((row) => row.router_id))}::uuid[],
      ${textArray(alike.map((row) => row.ppp_service))}::text[], ${
    textArray(alike.map((row) => row.profile))
  }::text[], ${textArray(alike.map((row) => row.is_disabled))}::boolean[],
      ${textArray(alike.map((row) => row.generation))}::bigint[], ${
    textArray(alike.map((row) => row.authorisation_id))
  }::uuid[], ${textArray(alike.map((row) => row.removed_at))}::timestamptz[]) with ordinality
      as s(router_id, ppp_service, profile, is_disabled, generation, authorisation_id, removed_at, nth) on s.nth = n.nth) r`;
}

/** Who allowed the disables of one generation of one router (rule R4). */
export interface DisableAuthorisationRow {
  id: string;
  router_id: string;
  generation: bigint;
  kind: "run" | "manual" | "import";
  run_id: string | null;
  approved_by: string;
  /** Accounts by their keys. */
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
