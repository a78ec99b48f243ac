import type { WebSocket } from "ws";
import {
  type AgentMessage,
  type AgentProblem,
  CLOSE,
  DEAD_PEER_MS,
  HEARTBEAT_MS,
  PROTOCOL_RANGE,
} from "@/shared/protocol/mod.ts";
import type { AgentMessageOf, LinkIdentity, LinkRefused, RouterRefused } from "./agent_records.ts";
import { AgentLink } from "./agent_link.ts";
import type { RefusedFrame } from "./link_events.ts";
import type { LinkSurroundings } from "./options.ts";
import { ReportParts } from "./report_parts.ts";
import { SiteSync } from "./site_sync.ts";

/** What the hub hears of a session. */
export interface SessionEvents {
  /** The agent said hello and has its epoch. */
  onGreeted(session: AgentSession): void;
  onClosed(session: AgentSession): void;
}

/** How long a permit is good: the agent must have started the write by then (R3). */
const PERMIT_MS = 10_000;
/** What was refused is written down at most this often for one router. */
const NOTE_EVERY_MS = 10_000;
const NOTED_MAX = 1_000;
const MIN_AGENT_VERSION = "0.1.0";

/** One agent's conversation: hello and welcome, then whatever either side has to say. */
export class AgentSession {
  readonly link: AgentLink;
  readonly sync: SiteSync;
  readonly #around: LinkSurroundings;
  readonly #events: SessionEvents;
  readonly #reports = new ReportParts();
  readonly #notedMs = new Map<string, number>();
  #trouble: AgentProblem | null = null;
  #isFlooding = false;

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
      onRefused: (_link, frame) => this.#refused(frame),
      onTrouble: (_link, trouble) => this.#troubled(trouble),
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
    const { records } = this.#around;
    const { agent } = this;
    switch (message.t) {
      case "state.stored":
        return await this.#keep(() => records.stateStored(agent, message));
      case "state.resync":
        this.link.note("info", "agent_state_resync", { router: message.router_id, reason: message.reason });
        return this.sync.forget(message.router_id);
      case "state.report":
        return await this.#report(message);
      case "router.status":
        return await this.#keep(() => records.routerStatus(agent, message));
      case "router.changes":
        return await this.#changes(message);
      case "permit.request":
        return await this.#permit(message);
      case "command.received":
        return await this.#keep(() => records.commandReceived(agent, message.id));
      case "command.part":
        return await this.#keep(() => records.commandPart(agent, message));
      case "command.result":
        return await this.#keep(() => records.commandResult(agent, message));
      case "nack":
        return this.link.note("warn", "agent_nacked", { of: message.of, error: message.message });
    }
  }

  async #keep(work: () => Promise<void>): Promise<void> {
    await this.link.keepTrying(work);
  }

  async #greet(hello: AgentMessageOf<"hello">): Promise<void> {
    if (this.link.epoch !== null) return this.link.close(CLOSE.protocol, "hello comes once");
    const proto = Math.min(hello.proto[1], PROTOCOL_RANGE[1]);
    if (proto < Math.max(hello.proto[0], PROTOCOL_RANGE[0])) {
      const detail = `${hello.proto.join("-")} / ${PROTOCOL_RANGE.join("-")}`;
      await this.#refuse({ code: "no_common_protocol", detail, version: hello.version });
      return this.link.close(CLOSE.protocol, "no protocol version in common; update the agent");
    }
    const { records, clock } = this.#around;
    const { install_id: installId, version } = hello;
    if (isOlder(version, MIN_AGENT_VERSION)) {
      this.link.note("warn", "agent_too_old", { version });
      await this.#refuse({ code: "too_old", detail: `${version} ${MIN_AGENT_VERSION}`, version });
      return this.link.close(
        CLOSE.protocol,
        `this agent is too old; update it to ${MIN_AGENT_VERSION} or later`,
      );
    }
    this.#trouble = hello.trouble ?? null;
    const greeting = {
      installId,
      version,
      sealVersion: hello.seal_version ?? 1,
      tellsServicesApart: hello.ppp_services !== undefined,
      clockMs: hello.clock_ms ?? null,
      lastEnd: hello.last_end ?? null,
      trouble: this.#trouble,
    };
    const greeted = await this.link.keepTrying(() => records.greet(this.agent, greeting));
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
    for (const result of hello.results) await this.#keep(() => records.commandResult(this.agent, result));
    this.sync.start(hello);
  }

  /** Tells the operator; the agent is sent away whether or not that could be written down. */
  async #refuse(refusal: LinkRefused): Promise<void> {
    try {
      await this.#around.records.refuse(this.agent, refusal);
    } catch (error) {
      this.link.note("warn", "agent_refusal_not_kept", { error: String(error) });
    }
  }

  /** A frame that is not what it should be: named where a person finds it, and the rest of the site goes on. */
  async #refused({ head, problem }: RefusedFrame): Promise<void> {
    const { records } = this.#around;
    this.link.note("warn", "agent_frame_refused", { type: head.t, problem: problem.message });
    if (head.t === "hello" && this.link.epoch === null) {
      await this.#refuse({ code: "bad_hello", detail: problem.field ?? problem.message, version: null });
      return this.link.close(CLOSE.protocol, "the hello is not one");
    }
    if (this.link.epoch === null || problem.code !== "bad_message" || head.t === null) return;
    const detail = (problem.field ?? problem.message).slice(0, 100);
    if (head.routerId !== null) {
      await this.#noteRouter(head.routerId, { code: "out_of_bounds", about: head.t, count: 1, detail });
    } else if (head.commandId !== null && head.t !== "command.received") {
      const { commandId } = head;
      await this.#keep(() => records.commandRefused(this.agent, commandId, detail));
    }
  }

  async #noteRouter(routerId: string, refused: RouterRefused): Promise<void> {
    const key = `${routerId} ${refused.about}`;
    const nowMs = this.#around.monotonicMs();
    if (nowMs < (this.#notedMs.get(key) ?? -Infinity) + NOTE_EVERY_MS) return;
    // Ids that are nobody's routers must not gather here.
    if (this.#notedMs.size > NOTED_MAX) this.#notedMs.clear();
    this.#notedMs.set(key, nowMs);
    await this.#keep(() => this.#around.records.routerRefused(this.agent, routerId, refused));
  }

  /** Called about once a second: whether the agent is being slowed down for long. */
  sweep(nowMs: number): void {
    this.link.sweep(nowMs);
    if (this.link.isFlooding === this.#isFlooding) return;
    this.#isFlooding = this.link.isFlooding;
    this.#tellTrouble();
  }

  #troubled(trouble: AgentProblem | null): void {
    this.#trouble = trouble;
    this.#tellTrouble();
  }

  /** Once, whether or not the database is there: the next hello says it again. */
  #tellTrouble(): void {
    const { epoch } = this.link;
    if (epoch === null) return;
    const trouble = this.#trouble ?? (this.#isFlooding ? { code: "sends_too_much", detail: null } : null);
    this.#around.records.trouble(this.agent, epoch, trouble).catch((error: unknown) =>
      this.link.note("warn", "agent_trouble_not_kept", { error: String(error) })
    );
  }

  /** Parts are written as they come, under the time of the first one: nothing is gathered in memory. */
  async #report(message: AgentMessageOf<"state.report">): Promise<void> {
    const { records, clock } = this.#around;
    const about = message.t;
    const report = this.#reports.take(message, clock.now().epochMilliseconds);
    if (report === null) {
      this.#nack(message, "bad_report", "this part does not follow the last one");
      const refused = { code: "bad_parts", about, count: message.part, detail: null } as const;
      return await this.#noteRouter(message.router_id, refused);
    }
    const wasBroken = report.isBroken;
    report.isBroken = true;
    const { atMs, unknownNames } = report;
    const kept = await this.link.keepTrying(() =>
      records.stateReported(this.agent, message, { atMs, unknownNames, isWhole: !wasBroken })
    );
    if (kept === null) return;
    if (kept.value === null) return this.#nack(message, "unknown_state", "no such router or lineage");
    report.isBroken = wasBroken;
    report.unknownNames += kept.value.unknownNames;
    if (message.part < message.parts || report.unknownNames === 0) return;
    const refused = { code: "unknown_names", about, count: report.unknownNames, detail: null } as const;
    await this.#noteRouter(message.router_id, refused);
  }

  #nack(message: AgentMessage, code: string, text: string): void {
    this.link.send({ t: "nack", of: message.seq, code, message: text });
  }

  /** Named once they are stored, or dropped for good: until then the agent tells them again. */
  async #changes(message: AgentMessageOf<"router.changes">): Promise<void> {
    const kept = await this.link.keepTrying(() => this.#around.records.routerChanges(this.agent, message));
    if (kept === null) return;
    const ids = message.changes.map(({ id }) => id);
    await this.link.sendInTurn({ t: "router.changes_kept", router_id: message.router_id, ids });
  }

  async #permit(message: AgentMessageOf<"permit.request">): Promise<void> {
    const permit = await this.link.keepTrying(() => this.#around.records.permit(this.agent, message));
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
