import type { Kysely } from "kysely";
import type { Clock } from "@/shared/clock.ts";
import type { SigningKeyPair } from "@/shared/crypto/mod.ts";
import type { Logger } from "@/shared/log.ts";
import type { KnownHosts } from "@/web/domain/access/mod.ts";
import { listenForAgents, type RunningHub } from "@/web/gateways/agent_hub/mod.ts";
import type { Database } from "@/web/store/db/schema.ts";
import { createAgentRecords } from "./agent_link/agent_records.ts";
import type { ServiceContext } from "../context.ts";

/** How the agent listener of this node runs. */
export interface AgentHubOptions {
  db: Kysely<Database>;
  /** For LISTEN. Without it changes made on other nodes are seen within the poll. @default null */
  databaseUrl?: string | null;
  /** 0 takes a free port. */
  port: number;
  /** Connections at once; further ones are not accepted. @default no limit */
  connectionsMax?: number;
  /** Names that agents may ask for. @default every name */
  hosts?: KnownHosts;
  /** @default "127.0.0.1" */
  hostname?: string;
  clock: Clock;
  log: Logger;
  /** Ed25519; the same on all nodes. Signs revocations and keys the challenges. */
  serverKey: SigningKeyPair;
  /** Unlike that of any other node. */
  nodeId: string;
  /** @default 3000 */
  pollMs?: number;
  /** @default 1000 */
  sweepMs?: number;
  /** @default 15000 */
  touchMs?: number;
  /** Milliseconds that never jump, for liveness. @default performance.now */
  monotonicMs?: () => number;
  /** Takes callers' addresses from X-Forwarded-For. @default false */
  trustProxy?: boolean;
}

/** Starts listening for agents, with the books behind it. */
export async function startAgentHub(options: AgentHubOptions): Promise<RunningHub> {
  const { db, clock, log, serverKey, nodeId, databaseUrl = null, ...listening } = options;
  let hub: RunningHub | null = null;
  const context: ServiceContext = {
    db,
    clock,
    log,
    notifyRouters: (tenantId, routerIds) => hub?.notifyRouters(tenantId, routerIds),
    notifyCommands: (tenantId, agentId) => hub?.notifyCommands(tenantId, agentId),
  };
  const records = createAgentRecords(context, { nodeId, serverPublicKey: serverKey.publicKey, databaseUrl });
  hub = await listenForAgents({ records, clock, log, serverKey, ...listening });
  log.info("agent_hub_started", { port: hub.port, node: nodeId });
  return hub;
}
