import { type Kysely, sql } from "kysely";
import { type AgentProblem, OFFLINE_AFTER_MS } from "@/shared/protocol/mod.ts";
import type { AgentPresenceTable, Database } from "../db/schema.ts";
import { announceLive } from "../live/live_topics.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

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

/** Agents in use that were there once and are not since before a moment; without those whose absence was noted. */
export async function listAgentsAway(
  trx: TenantTransaction,
  { before, event }: { before: Temporal.Instant; event: string },
): Promise<{ agent_id: string; last_seen_at: Temporal.Instant }[]> {
  const { rows } = await sql<{ agent_id: string; last_seen_at: Temporal.Instant }>`
    select p.agent_id, p.heartbeat_at as last_seen_at from agent_presence p
    join agents a on a.tenant_id = p.tenant_id and a.id = p.agent_id and a.revoked_at is null
    where p.tenant_id = ${trx.tenantId} and p.heartbeat_at < ${before} and p.epoch > 0
      and not exists (select from system_log l where l.tenant_id = p.tenant_id and l.reference = p.agent_id::text
        and l.event = ${event} and l.at >= p.heartbeat_at)`.execute(trx);
  return rows;
}
