import { type Kysely, sql } from "kysely";
import type { SealRecipient } from "@/shared/crypto/mod.ts";
import { type AgentProblem, OFFLINE_AFTER_MS } from "@/shared/protocol/mod.ts";
import type { AgentPresenceTable, Database } from "../db/schema.ts";
import { announceLive } from "../live/live_topics.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** A daemon that was enrolled at a site. */
export interface AgentRow {
  id: string;
  site_id: string;
  name: string;
  identity_public_key: Uint8Array;
  sealing_public_key: Uint8Array;
  /** The newest sealed envelope that it opens. */
  seal_version: number;
  /** Whether it manages accounts of other services than PPPoE; false until it has said so. */
  tells_services_apart: boolean;
  install_id: string;
  version: string;
  enrolled_at: Temporal.Instant;
  revoked_at: Temporal.Instant | null;
  frozen_at: Temporal.Instant | null;
  epoch: bigint;
}

const COLUMNS = [
  "id",
  "site_id",
  "name",
  "identity_public_key",
  "sealing_public_key",
  "seal_version",
  "tells_services_apart",
  "install_id",
  "version",
  "enrolled_at",
  "revoked_at",
  "frozen_at",
  "epoch",
] as const;

/** The tenant of an agent, before the tenant is known (decision R10). */
export async function lookupAgentTenant(db: Kysely<Database>, agentId: string): Promise<string | null> {
  const { rows } = await sql<{ tenant_id: string }>`select tenant_id from lookup_agent(${agentId})`.execute(
    db,
  );
  return rows[0]?.tenant_id ?? null;
}

/** To whom passwords for this agent are sealed. */
export function recipientOf(agent: AgentRow): SealRecipient {
  return { publicKey: new Uint8Array(agent.sealing_public_key), version: agent.seal_version };
}

export async function findAgent(trx: TenantTransaction, agentId: string): Promise<AgentRow | null> {
  return await trx.selectFrom("agents").select(COLUMNS)
    .where("tenant_id", "=", trx.tenantId).where("id", "=", agentId).executeTakeFirst() ?? null;
}

/** The agent of a site that is not revoked. */
export async function findLiveAgent(trx: TenantTransaction, siteId: string): Promise<AgentRow | null> {
  return await trx.selectFrom("agents").select(COLUMNS)
    .where("tenant_id", "=", trx.tenantId).where("site_id", "=", siteId).where("revoked_at", "is", null)
    .executeTakeFirst() ?? null;
}

export async function insertAgent(
  trx: TenantTransaction,
  agent: Omit<AgentRow, "tells_services_apart" | "revoked_at" | "frozen_at" | "epoch">,
): Promise<void> {
  await trx.insertInto("agents").values({
    ...agent,
    identity_public_key: Buffer.from(agent.identity_public_key),
    sealing_public_key: Buffer.from(agent.sealing_public_key),
    tenant_id: trx.tenantId,
    revoked_at: null,
    frozen_at: null,
  }).execute();
  announceLive(trx, ["network"]);
}

/** @returns false when it was revoked before */
export async function updateAgentRevoked(
  trx: TenantTransaction,
  agentId: string,
  now: Temporal.Instant,
): Promise<boolean> {
  const row = await trx.updateTable("agents").set({ revoked_at: now })
    .where("tenant_id", "=", trx.tenantId).where("id", "=", agentId).where("revoked_at", "is", null)
    .returning("id").executeTakeFirst();
  return row !== undefined;
}

export async function updateAgentFrozen(
  trx: TenantTransaction,
  agentId: string,
  now: Temporal.Instant,
): Promise<void> {
  await trx.updateTable("agents").set({ frozen_at: now })
    .where("tenant_id", "=", trx.tenantId).where("id", "=", agentId).execute();
  announceLive(trx, ["network"]);
}

/** The next epoch for a new connection, with the installation that had the agent before. */
export async function updateAgentGreeted(
  trx: TenantTransaction,
  agentId: string,
  hello: { installId: string; version: string; sealVersion: number; tellsServicesApart: boolean },
): Promise<{ epoch: bigint; previousInstallId: string; isFrozen: boolean } | null> {
  const { rows } = await sql<{ epoch: bigint; previous_install_id: string; is_frozen: boolean }>`
    with before as (
      select id, install_id from agents where tenant_id = ${trx.tenantId} and id = ${agentId} for update)
    update agents a set epoch = a.epoch + 1, install_id = ${hello.installId}, version = ${hello.version},
      seal_version = ${hello.sealVersion}, tells_services_apart = ${hello.tellsServicesApart}
      from before where a.tenant_id = ${trx.tenantId} and a.id = before.id
      returning a.epoch, before.install_id as previous_install_id, a.frozen_at is not null as is_frozen`
    .execute(trx);
  const row = rows[0];
  return row
    ? { epoch: row.epoch, previousInstallId: row.previous_install_id, isFrozen: row.is_frozen }
    : null;
}

/**
 * Which node has the agent now. What the agent says of the interruption counts where we saw only that it was gone; its
 * end and its cause stay, for whoever wonders afterwards.
 */
export async function upsertPresence(
  trx: TenantTransaction,
  presence: {
    agent_id: string;
    node_id: string;
    epoch: bigint;
    hello: {
      version: string;
      clockMs: number | null;
      lastEnd: AgentProblem | null;
      trouble: AgentProblem | null;
    };
    now: Temporal.Instant;
  },
): Promise<void> {
  const { now, agent_id, node_id, epoch, hello } = presence;
  const row = {
    node_id,
    epoch,
    version: hello.version,
    connected_at: now,
    heartbeat_at: now,
    disconnected_at: null,
    round_trip_ms: null,
    refused_at: null,
    refused_code: null,
    refused_detail: null,
    trouble_code: hello.trouble?.code ?? null,
    trouble_detail: hello.trouble?.detail ?? null,
    trouble_at: hello.trouble === null ? null : now,
    clock_ahead_seconds: clockAhead(hello.clockMs, now),
  };
  const { lastEnd } = hello;
  await trx.insertInto("agent_presence").values({ ...row, agent_id, tenant_id: trx.tenantId })
    .onConflict((conflict) =>
      conflict.columns(["tenant_id", "agent_id"]).doUpdateSet({
        ...row,
        trouble_at: sql`case when excluded.trouble_code is null then null
          when agent_presence.trouble_code = excluded.trouble_code then agent_presence.trouble_at
          else excluded.trouble_at end`,
        ...(lastEnd === null ? {} : {
          ended_code: sql`case when ${IS_VAGUE_END} then ${lastEnd.code} else agent_presence.ended_code end`,
          ended_detail:
            sql`case when ${IS_VAGUE_END} then ${lastEnd.detail} else agent_presence.ended_detail end`,
          ended_at: sql`coalesce(agent_presence.disconnected_at, agent_presence.heartbeat_at)`,
        }),
      })
    ).execute();
  announceLive(trx, ["network"]);
}

/** We do not know more than that the connection is gone, or did not even see it go. */
const IS_VAGUE_END = sql`(agent_presence.disconnected_at is null or agent_presence.ended_code is null
  or agent_presence.ended_code in ('cut', 'silent'))`;

/** How far the agent's clock is ahead of ours. Years are as telling as ages, and fit the column. */
function clockAhead(clockMs: number | null, now: Temporal.Instant): bigint | null {
  if (clockMs === null) return null;
  const seconds = Math.round((clockMs - now.epochMilliseconds) / 1_000);
  return BigInt(Math.max(-CLOCK_OFF_MAX, Math.min(CLOCK_OFF_MAX, seconds)));
}

const CLOCK_OFF_MAX = 100 * 366 * 86_400;

/** What keeps an agent from its work; null when nothing does any more. A newer epoch keeps its row. */
export async function updatePresenceTrouble(
  trx: TenantTransaction,
  agentId: string,
  told: { epoch: bigint; trouble: AgentProblem | null; now: Temporal.Instant },
): Promise<void> {
  await trx.updateTable("agent_presence")
    .set({
      trouble_code: told.trouble?.code ?? null,
      trouble_detail: told.trouble?.detail ?? null,
      trouble_at: told.trouble === null ? null : told.now,
    })
    .where("tenant_id", "=", trx.tenantId).where("agent_id", "=", agentId).where("epoch", "=", told.epoch)
    .execute();
  announceLive(trx, ["network"]);
}

/**
 * An agent that was sent away, with the reason for the person who wonders. Not while the agent is connected: then the
 * caller is another one.
 */
export async function upsertPresenceRefused(
  trx: TenantTransaction,
  refused: {
    agentId: string;
    nodeId: string;
    version: string | null;
    code: NonNullable<AgentPresenceTable["refused_code"]>;
    detail: string | null;
    now: Temporal.Instant;
  },
): Promise<void> {
  const { now } = refused;
  const why = {
    refused_at: now,
    refused_code: refused.code,
    refused_detail: refused.detail?.slice(0, 100) ?? null,
  };
  await trx.insertInto("agent_presence").values({
    tenant_id: trx.tenantId,
    agent_id: refused.agentId,
    node_id: refused.nodeId,
    epoch: 0n,
    version: refused.version ?? "",
    connected_at: now,
    heartbeat_at: now,
    disconnected_at: now,
    round_trip_ms: null,
    ...why,
  }).onConflict((conflict) =>
    conflict.columns(["tenant_id", "agent_id"]).doUpdateSet(why)
      .where((eb) =>
        eb.or([
          eb("agent_presence.disconnected_at", "is not", null),
          eb("agent_presence.heartbeat_at", "<", now.subtract({ milliseconds: OFFLINE_AFTER_MS })),
        ])
      )
  ).execute();
  announceLive(trx, ["network"]);
}

/** The link closed, and why; a newer epoch keeps its row. */
export async function updatePresenceEnded(
  trx: TenantTransaction,
  agentId: string,
  left: { epoch: bigint; end: AgentProblem; now: Temporal.Instant },
): Promise<void> {
  const { epoch, end, now } = left;
  await trx.updateTable("agent_presence")
    .set({ disconnected_at: now, ended_at: now, ended_code: end.code, ended_detail: end.detail })
    .where("tenant_id", "=", trx.tenantId).where("agent_id", "=", agentId).where("epoch", "=", epoch)
    .execute();
  announceLive(trx, ["network"]);
}

/** Heartbeats of all agents of a node, across tenants, in one statement. */
export async function touchPresence(
  db: Kysely<Database>,
  nodeId: string,
  beat: {
    rows: readonly { agentId: string; epoch: bigint; roundTripMs: number | null }[];
    now: Temporal.Instant;
  },
): Promise<void> {
  const agents = beat.rows.map((row) => row.agentId);
  const epochs = beat.rows.map((row) => row.epoch.toString());
  const trips = beat.rows.map((row) => row.roundTripMs);
  await sql`select touch_agent_presence(${nodeId}, ${agents}::uuid[], ${epochs}::bigint[], ${trips}::int[],
    ${beat.now})`.execute(db);
}

/** What moved for these agents, across tenants, in one statement. */
export async function lookupLinkWork(db: Kysely<Database>, agentIds: readonly string[]): Promise<{
  agent_id: string;
  epoch: bigint;
  is_refused: boolean;
  states_mark: string;
  settings_mark: string;
  commands_waiting: bigint;
}[]> {
  const { rows } = await sql<{
    agent_id: string;
    epoch: bigint;
    is_refused: boolean;
    states_mark: string;
    settings_mark: string;
    commands_waiting: bigint;
  }>`select agent_id, epoch, is_refused, states_mark, settings_mark, commands_waiting
    from lookup_link_work(${[...agentIds]}::uuid[])`.execute(db);
  return rows;
}
