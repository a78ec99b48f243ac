import { type Kysely, sql } from "kysely";
import type { SealRecipient } from "@/shared/crypto/mod.ts";
import type { Database } from "../db/schema.ts";
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
