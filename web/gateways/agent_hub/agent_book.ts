import type { Result } from "@/shared/result.ts";
import type {
  AgentMessage,
  EnrolRequest,
  EnrolResponse,
  RouterSettings,
  Unnumbered,
  WebMessage,
} from "@/shared/protocol/mod.ts";

/** Which agent a link belongs to. */
export interface LinkIdentity {
  tenantId: string;
  agentId: string;
  siteId: string;
}

/** What must be known before an upgrade is answered. */
export interface KnownAgent extends LinkIdentity {
  identityPublicKey: Uint8Array<ArrayBuffer>;
  revokedAtMs: number | null;
  isFrozen: boolean;
}

/** A message of one kind. */
export type AgentMessageOf<T extends AgentMessage["t"]> = Extract<AgentMessage, { t: T }>;
/** A message that the hub numbers when it sends it. */
export type Outgoing = Unnumbered<WebMessage>;
export type OutgoingOf<T extends WebMessage["t"]> = Unnumbered<Extract<WebMessage, { t: T }>>;

/** Where a router's desired state stands. */
export interface StateMark {
  routerId: string;
  lineage: string;
  generation: bigint;
  hash: string;
}

/** Everything that a link has to compare with what its agent holds. */
export interface SiteView {
  epoch: bigint;
  revokedAtMs: number | null;
  isFrozen: boolean;
  settings: { version: string; routers: RouterSettings[] };
  states: StateMark[];
  /** Queued or sent, not finished, not past their deadline; oldest first. */
  commands: OutgoingOf<"command">[];
  /** Taken back by a person before their deadline; the agent may still have them on disk. */
  withdrawnCommandIds: string[];
}

/** Rows of a router's desired state with the mark they lead to, read in one snapshot of the database. */
export interface StateRows extends StateMark {
  secrets: OutgoingOf<"state.snapshot">["secrets"];
  removed: string[];
  authorisations: OutgoingOf<"state.snapshot">["authorisations"];
}

/** Something moved for an agent; marks are compared, never interpreted. */
export interface LinkWork {
  agentId: string;
  epoch: bigint;
  isRefused: boolean;
  mark: string;
  commandsWaiting: number;
}

/** A hint from another part of this node or from another node. */
export type Wake = { tenantId: string; routerIds: readonly string[] } | { tenantId: string; agentId: string };

/** What the hub needs to know and to keep. The services implement it; every promise may reject while the database is away. */
export interface AgentBook {
  isUnavailable(error: unknown): boolean;
  /** Counts a try; false when this address tried too often. */
  allowEnrolTry(address: string): Promise<boolean>;
  /** Refusals are written down with where they came from. */
  enrol(request: EnrolRequest, address: string): Promise<Result<EnrolResponse>>;
  findAgent(agentId: string): Promise<KnownAgent | null>;
  /** Takes the agent over: the next epoch, presence, version. Counts changes of installation and freezes a cloned identity. */
  greet(
    agent: LinkIdentity,
    hello: { installId: string; version: string },
  ): Promise<{ epoch: bigint; isFrozen: boolean }>;
  /** The agent was sent away at its hello; the reason is for whoever looks for it. */
  refuse(agent: LinkIdentity, hello: { version: string; reason: string }): Promise<void>;
  /** The link closed; ignored when a newer epoch has the agent. */
  leave(agent: LinkIdentity, epoch: bigint): Promise<void>;
  /** Heartbeats of all links of this node. */
  touch(rows: readonly { agentId: string; epoch: bigint; roundTripMs: number | null }[]): Promise<void>;
  findWork(agentIds: readonly string[]): Promise<LinkWork[]>;
  viewSite(agent: LinkIdentity): Promise<SiteView>;
  /** The whole state, or what changed after `from`; null when the router is not this agent's or has no state. */
  readState(agent: LinkIdentity, routerId: string, from: bigint | null): Promise<StateRows | null>;
  /** What changed after `from`; null unless this agent, in this epoch, is in charge, not revoked and not frozen. */
  readNews(
    agent: LinkIdentity & { epoch: bigint },
    routerId: string,
    from: bigint,
  ): Promise<StateRows | null>;
  markCommandSent(agent: LinkIdentity, commandId: string): Promise<void>;
  stateStored(agent: LinkIdentity, message: AgentMessageOf<"state.stored">): Promise<void>;
  /** @returns false when router or lineage is not what we know */
  stateReported(
    agent: LinkIdentity,
    message: AgentMessageOf<"state.report">,
    reportedAtMs: number,
  ): Promise<boolean>;
  routerStatus(agent: LinkIdentity, message: AgentMessageOf<"router.status">): Promise<void>;
  /** Names that may be disabled or kicked now, re-read from the books (R3). */
  permit(
    agent: LinkIdentity,
    message: AgentMessageOf<"permit.request">,
  ): Promise<{ generation: bigint; names: string[] }>;
  commandReceived(agent: LinkIdentity, commandId: string): Promise<void>;
  commandPart(agent: LinkIdentity, message: AgentMessageOf<"command.part">): Promise<void>;
  commandResult(
    agent: LinkIdentity,
    result: Omit<AgentMessageOf<"command.result">, "t" | "seq" | "ack">,
  ): Promise<void>;
  /** Tells the other nodes; a hint, so a failure is only logged. */
  publish(wake: Wake): void;
  /** Hears what other nodes publish, for as long as the database lets it; reconnects by itself. */
  subscribe(onWake: (wake: Wake) => void): { stop(): Promise<void> };
}
