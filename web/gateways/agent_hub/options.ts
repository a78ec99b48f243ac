import type { Clock } from "@/shared/clock.ts";
import type { SigningKeyPair } from "@/shared/crypto/mod.ts";
import type { Logger } from "@/shared/log.ts";
import type { KnownHosts } from "@/web/domain/access/mod.ts";
import type { AgentRecords } from "./agent_records.ts";

/** How a hub runs. */
export interface HubOptions {
  records: AgentRecords;
  clock: Clock;
  log: Logger;
  /** Signs revocations; its public half is pinned by agents when they enrol. The same on every node. */
  serverKey: SigningKeyPair;
  port: number;
  /** @default "127.0.0.1" */
  hostname?: string;
  /** Connections at once; further ones are not accepted. @default no limit */
  connectionsMax?: number;
  /** Names that agents may ask for. @default every name */
  hosts?: KnownHosts;
  /** Milliseconds that never jump, for liveness. @default performance.now */
  monotonicMs?: () => number;
  /** How often the database is asked what moved: notifications are only hints. @default 3000 */
  pollMs?: number;
  /** How often liveness is looked at. @default 1000 */
  sweepMs?: number;
  /** How often the heartbeats of all links are written down. @default HEARTBEAT_MS */
  touchMs?: number;
  /** Takes the caller's address from X-Forwarded-For; only behind a proxy that sets it. @default false */
  trustProxy?: boolean;
}

/** What a link shares with its hub. */
export interface LinkSurroundings {
  records: AgentRecords;
  clock: Clock;
  log: Logger;
  monotonicMs: () => number;
  signRevocation(agentId: string, atMs: number): Promise<string>;
}
