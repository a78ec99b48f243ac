import type { Result } from "@/shared/result.ts";
import type {
  AgentMessage,
  AgentProblem,
  EnrolRequest,
  EnrolResponse,
  HashedSecret,
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
  /** Accounts by their keys. */
  removed: string[];
  /** All live rows of services other than PPPoE, whatever has changed: what an agent that knows none is not told. */
  others: HashedSecret[];
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

/** What an agent says of itself when it comes. */
export interface Greeting {
  installId: string;
  version: string;
  /** The newest sealed envelope that it opens. */
  sealVersion: number;
  /** It says which services it manages: an older one takes every account for PPPoE. */
  tellsServicesApart: boolean;
  /** Its own clock. */
  clockMs: number | null;
  /** What ended the last connection or kept the next one from opening. */
  lastEnd: AgentProblem | null;
  /** What keeps it from its work. */
  trouble: AgentProblem | null;
}

/** Why an agent was sent away. The words are the pages'. */
export interface LinkRefused {
  code: "too_old" | "no_common_protocol" | "bad_hello" | "key_unknown";
  /** What the word is about: a version, a range, a field. */
  detail: string | null;
  /** Of the agent, when it said one. */
  version: string | null;
}

/** What was wrong with a message about a router. */
export interface RouterRefused {
  code: "unknown_names" | "out_of_bounds" | "bad_parts";
  /** Kind of the message; the next good one of it takes the note away. */
  about: string;
  /** How many, for what is counted. */
  count: number;
  /** The field, as a path. */
  detail: string | null;
}

/** What the hub needs to know and to keep. The services implement it; every promise may reject while the database is away. */
export interface AgentRecords {
  isUnavailable(error: unknown): boolean;
  /** Counts a try; false when this address tried too often. */
  allowEnrolTry(address: string): Promise<boolean>;
  /** Somebody asked under a host name that is not ours. */
  noteStrangeHost(address: string): void;
  /** Refusals are written down with where they came from. */
  enrol(request: EnrolRequest, address: string): Promise<Result<EnrolResponse>>;
  findAgent(agentId: string): Promise<KnownAgent | null>;
  /** Takes the agent over: the next epoch, presence, version. Counts changes of installation and freezes a cloned identity. */
  greet(agent: LinkIdentity, hello: Greeting): Promise<{ epoch: bigint; isFrozen: boolean }>;
  /** The agent was sent away; the reason is for whoever looks for it. Ignored while the agent is connected. */
  refuse(agent: LinkIdentity, refusal: LinkRefused): Promise<void>;
  /** The link closed, and why; ignored when a newer epoch has the agent. */
  leave(agent: LinkIdentity, epoch: bigint, end: AgentProblem): Promise<void>;
  /** Something keeps the agent from its work, or does no more. */
  trouble(agent: LinkIdentity, epoch: bigint, trouble: AgentProblem | null): Promise<void>;
  /** What an agent said about a router was not taken; shown at that router until it says something that is. */
  routerRefused(agent: LinkIdentity, routerId: string, refused: RouterRefused): Promise<void>;
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
  /**
   * Keeps what is managed. With `isWhole` no earlier part is missing, so that the last one says what is there.
   *
   * @param report with the names that earlier parts named and Linya does not manage
   * @returns how many names were left out because Linya does not manage them; null when router or lineage is not what we know
   */
  stateReported(
    agent: LinkIdentity,
    message: AgentMessageOf<"state.report">,
    report: { atMs: number; isWhole: boolean; unknownNames: number },
  ): Promise<{ unknownNames: number } | null>;
  routerStatus(agent: LinkIdentity, message: AgentMessageOf<"router.status">): Promise<void>;
  /** Keeps changes made by hand, of accounts that Linya manages there; the others, and those of routers of other sites, are dropped. */
  routerChanges(agent: LinkIdentity, message: AgentMessageOf<"router.changes">): Promise<void>;
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
  /** The answer to a command was not taken: it failed, with what was wrong. */
  commandRefused(agent: LinkIdentity, commandId: string, detail: string): Promise<void>;
  /** Tells the other nodes; a hint, so a failure is only logged. */
  publish(wake: Wake): void;
  /** Hears what other nodes publish, for as long as the database lets it; reconnects by itself. */
  subscribe(onWake: (wake: Wake) => void): { stop(): Promise<void> };
}
