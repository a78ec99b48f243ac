import type { WebSocket } from "ws";
import {
  type AgentMessage,
  CLOSE,
  DEAD_PEER_MS,
  HEARTBEAT_MS,
  PROTOCOL_RANGE,
} from "@/shared/protocol/mod.ts";
import type { AgentMessageOf, LinkIdentity } from "./agent_book.ts";
import { AgentLink } from "./agent_link.ts";
import type { LinkSurroundings } from "./options.ts";
import { SiteSync } from "./site_sync.ts";

/** What the hub hears of a session. */
export interface SessionEvents {
  /** The agent said hello and has its epoch. */
  onGreeted(session: AgentSession): void;
  onClosed(session: AgentSession): void;
}

/** How long a permit is good: the agent must have started the write by then (R3). */
const PERMIT_MS = 10_000;
/** Reports that may be in progress at once; the oldest is forgotten. */
const OPEN_REPORTS_MAX = 8;
const MIN_AGENT_VERSION = "0.1.0";

/** One agent's conversation: hello and welcome, then whatever either side has to say. */
export class AgentSession {
  readonly link: AgentLink;
  readonly sync: SiteSync;
  readonly #around: LinkSurroundings;
  readonly #events: SessionEvents;
  readonly #reports = new Map<string, number>();
  #lastReportMs = 0;

  constructor(
    socket: WebSocket,
    agent: LinkIdentity,
    around: LinkSurroundings,
    events: SessionEvents,
  ) {
    this.#around = around;
    this.#events = events;
    this.link = new AgentLink(socket, agent, around, {
      onMessage: (_link, message) => this.#take(message),
      onClosed: () => {
        this.sync.stop();
        events.onClosed(this);
      },
    });
    this.sync = new SiteSync(this.link, around);
  }

  get agent(): LinkIdentity {
    return this.link.agent;
  }

  async #take(message: AgentMessage): Promise<void> {
    if (message.t === "hello") return await this.#greet(message);
    if (this.link.epoch === null) return this.link.close(CLOSE.protocol, "hello comes first");
    const { book } = this.#around;
    const { agent } = this;
    switch (message.t) {
      case "state.stored":
        return await this.#keep(() => book.stateStored(agent, message));
      case "state.resync":
        this.#around.log.info("agent_state_resync", { router: message.router_id, reason: message.reason });
        return this.sync.forget(message.router_id);
      case "state.report":
        return await this.#report(message);
      case "router.status":
        return await this.#keep(() => book.routerStatus(agent, message));
      case "permit.request":
        return await this.#permit(message);
      case "command.received":
        return await this.#keep(() => book.commandReceived(agent, message.id));
      case "command.part":
        return await this.#keep(() => book.commandPart(agent, message));
      case "command.result":
        return await this.#keep(() => book.commandResult(agent, message));
      case "nack":
        this.#around.log.warn("agent_nacked", {
          agent: agent.agentId,
          of: message.of,
          error: message.message,
        });
    }
  }

  async #keep(work: () => Promise<void>): Promise<void> {
    await this.link.keepTrying(work);
  }

  async #greet(hello: AgentMessageOf<"hello">): Promise<void> {
    if (this.link.epoch !== null) return this.link.close(CLOSE.protocol, "hello comes once");
    const proto = Math.min(hello.proto[1], PROTOCOL_RANGE[1]);
    if (proto < Math.max(hello.proto[0], PROTOCOL_RANGE[0])) {
      const speaks = `protocol ${hello.proto.join(" to ")}, this server ${PROTOCOL_RANGE.join(" to ")}`;
      await this.#refuse(hello.version, `The agent speaks ${speaks}. Update the older of the two.`);
      return this.link.close(CLOSE.protocol, "no protocol version in common; update the agent");
    }
    const { book, clock } = this.#around;
    const { install_id: installId, version } = hello;
    if (isOlder(version, MIN_AGENT_VERSION)) {
      this.#around.log.warn("agent_too_old", { agent: this.agent.agentId, version });
      const shown = version.slice(0, 40);
      await this.#refuse(
        version,
        `Version ${shown} is too old. Update the agent to ${MIN_AGENT_VERSION} or later.`,
      );
      return this.link.close(
        CLOSE.protocol,
        `this agent is too old; update it to ${MIN_AGENT_VERSION} or later`,
      );
    }
    const greeted = await this.link.keepTrying(() => book.greet(this.agent, { installId, version }));
    if (greeted === null) return;
    this.link.epoch = greeted.value.epoch;
    this.#events.onGreeted(this);
    if (greeted.value.isFrozen) {
      return this.link.close(CLOSE.replaced, "frozen: two installations, one identity");
    }
    this.link.send({
      t: "welcome",
      proto,
      epoch: greeted.value.epoch.toString(),
      server_time_ms: clock.now().epochMilliseconds,
      heartbeat_ms: HEARTBEAT_MS,
      dead_peer_ms: DEAD_PEER_MS,
      min_version: MIN_AGENT_VERSION,
    });
    for (const result of hello.results) await this.#keep(() => book.commandResult(this.agent, result));
    this.sync.start(hello);
  }

  /** Tells the operator; the agent is sent away whether or not that could be written down. */
  async #refuse(version: string, reason: string): Promise<void> {
    const refusal = { version: version.slice(0, 40), reason: reason.slice(0, 300) };
    try {
      await this.#around.book.refuse(this.agent, refusal);
    } catch (error) {
      this.#around.log.warn("agent_refusal_not_kept", { error: String(error) });
    }
  }

  /** Parts are written as they come, under the time of the first one: nothing is gathered in memory. */
  async #report(message: AgentMessageOf<"state.report">): Promise<void> {
    let atMs = this.#reports.get(message.report_id);
    if (atMs === undefined) {
      atMs = Math.max(this.#around.clock.now().epochMilliseconds, this.#lastReportMs + 1);
      this.#lastReportMs = atMs;
      this.#reports.set(message.report_id, atMs);
      if (this.#reports.size > OPEN_REPORTS_MAX) this.#reports.delete(this.#reports.keys().next().value!);
    }
    const reportedAtMs = atMs;
    const known = await this.link.keepTrying(() =>
      this.#around.book.stateReported(this.agent, message, reportedAtMs)
    );
    if (message.part === message.parts) this.#reports.delete(message.report_id);
    if (known?.value === false) {
      this.link.send({
        t: "nack",
        of: message.seq,
        code: "unknown_state",
        message: "no such router or lineage",
      });
    }
  }

  async #permit(message: AgentMessageOf<"permit.request">): Promise<void> {
    const permit = await this.link.keepTrying(() => this.#around.book.permit(this.agent, message));
    if (permit === null) return;
    this.link.send({
      t: "permit.grant",
      router_id: message.router_id,
      request_id: message.request_id,
      generation: permit.value.generation,
      names: permit.value.names,
      valid_ms: PERMIT_MS,
    });
    // A refused name means that the books moved on: what they say now follows.
    if (permit.value.names.length < message.names.length) this.sync.wake();
  }
}

/** Compares major, minor and patch. What is no version is older than every version. */
function isOlder(version: string, than: string): boolean {
  const [a, b] = [partsOf(version), partsOf(than)];
  if (a === null || b === null) return a === null;
  const differs = a.findIndex((part, i) => part !== b[i]);
  return differs !== -1 && a[differs]! < b[differs]!;
}

function partsOf(version: string): number[] | null {
  return /^(\d{1,6})\.(\d{1,6})\.(\d{1,6})(?:[-+].*)?$/.exec(version)?.slice(1).map(Number) ?? null;
}
