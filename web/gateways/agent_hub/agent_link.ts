import type { WebSocket } from "ws";
import {
  type AgentMessage,
  agentMessage,
  type AgentProblem,
  CLOSE,
  DEAD_PEER_MS,
  formatFrame,
  HEARTBEAT_MS,
  parseFrame,
  WINDOW_BYTES,
  WINDOW_MESSAGES,
} from "@/shared/protocol/mod.ts";
import { fullJitterMs } from "@/shared/backoff.ts";
import type { LinkIdentity, Outgoing } from "./agent_records.ts";
import type { LinkEvents, RefusedFrame } from "./link_events.ts";
import { LinkLog } from "./link_log.ts";
import type { LinkSurroundings } from "./options.ts";
import { RateLimit } from "./rate_limit.ts";
import { ReadPace } from "./read_pace.ts";
import { SendWindow } from "./send_window.ts";

interface InboxItem {
  seq: number;
  bytes: number;
  /** Null: it needs no more work and only has its turn to be acknowledged. */
  content: { message: AgentMessage } | { refused: RefusedFrame } | null;
}

/** Time that an authenticated peer has for its hello. */
const HELLO_WITHIN_MS = 10_000;
/** A peer that lives but acknowledges nothing for this long is given up. */
const UNACKED_MS_MAX = 60_000;
/** More than an agent with one strange router ever sends; that router is named, and the site goes on. */
const BAD_FRAMES = { burst: 50, perSecond: 50 / 60 };
/** Acks and heartbeats do not count for the window, so a peer that sends and never reads is bounded here. */
const BUFFERED_BYTES_MAX = 2 * WINDOW_BYTES;
/** Twice what an honest peer may have unacknowledged. */
const INBOX_MAX = 2 * WINDOW_MESSAGES;
const INBOX_BYTES_MAX = 2 * WINDOW_BYTES;
/** What a close code says about the end, by who closed. */
const BY_US: Readonly<Record<number, string>> = {
  [CLOSE.restart]: "web_restart",
  [CLOSE.protocol]: "bad_messages",
  [CLOSE.slowPeer]: "too_slow",
  [CLOSE.revoked]: "revoked",
  [CLOSE.replaced]: "replaced",
  [CLOSE.deadPeer]: "silent",
};
/** `ws` closes with 1009 by itself when a frame is too long, so that comes as if from the peer. */
const BY_PEER: Readonly<Record<number, string>> = { [CLOSE.tooLarge]: "bad_messages" };
const UNNUMBERED: ReadonlySet<string> = new Set(["ack", "heartbeat", "heartbeat.echo"]);

/**
 * The web's end of one agent's connection: sequence numbers, window, order, liveness. It knows nothing of routers.
 * It has no timer of its own; the hub's sweep calls `sweep`, so that ten thousand links cost one timer.
 */
export class AgentLink {
  readonly agent: LinkIdentity;
  /** Set when the agent was greeted. */
  epoch: bigint | null = null;
  roundTripMs: number | null = null;
  readonly #socket: WebSocket;
  readonly #around: LinkSurroundings;
  readonly #events: LinkEvents;
  readonly #window = new SendWindow();
  readonly #openedMs: number;
  readonly #log: LinkLog;
  readonly #badFrames = new RateLimit(BAD_FRAMES);
  readonly #pace: ReadPace;
  #inbox: InboxItem[] = [];
  #inboxBytes = 0;
  #isWorking = false;
  #isClosed = false;
  #sent = 0;
  #received = 0;
  #processed = 0;
  #ackSent = 0;
  #heardMs: number;
  #nextBeatMs = 0;
  /** Of the heartbeat whose echo is awaited; any other echo is made up. */
  #beatSentMs: number | null = null;
  #end: AgentProblem | null = null;
  #waiting: (() => void)[] = [];

  constructor(socket: WebSocket, agent: LinkIdentity, around: LinkSurroundings, events: LinkEvents) {
    this.agent = agent;
    this.#socket = socket;
    this.#pace = new ReadPace(socket);
    this.#around = around;
    this.#events = events;
    this.#openedMs = this.#heardMs = around.monotonicMs();
    socket.on("message", (frame: Uint8Array, isBinary: boolean) => this.#receive(frame, isBinary));
    this.#log = new LinkLog(around.log, around.monotonicMs);
    socket.on("close", (code: number) => this.#closed(BY_PEER[code] ?? "cut"));
    // `ws` closes by itself after an error, with the right code (1009 for a frame that is too long).
    socket.on("error", (error: Error) => this.note("info", "agent_link_error", { error: error.message }));
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Why it is closed: what the agent said on leaving, else what we saw. */
  get end(): AgentProblem | null {
    return this.#end;
  }

  /** The agent sends more than is taken, and has for a while. */
  get isFlooding(): boolean {
    return this.#pace.isFlooding(this.#around.monotonicMs());
  }

  /** Writes to the log, within what one agent may fill of it. */
  note(level: "info" | "warn" | "error", event: string, fields: Record<string, unknown>): void {
    this.#log.write(level, event, { agent: this.agent.agentId, ...fields });
  }

  /** Sends at once, also past a full window; for what a peer must hear (welcome, nack, revoked). */
  send(message: Outgoing): void {
    if (this.#isClosed || this.#socket.readyState !== this.#socket.OPEN) return;
    const isNumbered = !UNNUMBERED.has(message.t);
    const seq = isNumbered ? ++this.#sent : 0;
    this.#ackSent = this.#processed;
    const frame = formatFrame({ ...message, seq, ack: this.#processed });
    if (isNumbered) this.#window.add(seq, frame.length, this.#around.monotonicMs());
    this.#socket.send(frame);
    if (this.#socket.bufferedAmount > BUFFERED_BYTES_MAX) this.#giveUp(CLOSE.slowPeer, "peer does not read");
  }

  /** Sends when the window has room. @returns false when the link closed instead */
  async sendInTurn(message: Outgoing): Promise<boolean> {
    while (!this.#isClosed && !this.#window.isOpen) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.send(message);
    return !this.#isClosed;
  }

  /**
   * Runs database work, again and again while the database is away: the link stays up and the work waits.
   * @returns null when the link closed first
   */
  async keepTrying<T>(work: () => Promise<T>): Promise<{ value: T } | null> {
    for (let attempt = 0; !this.#isClosed; attempt++) {
      try {
        return { value: await work() };
      } catch (error) {
        if (!this.#around.records.isUnavailable(error)) throw error;
        const waitMs = fullJitterMs(attempt, { baseMs: 500, capMs: 5_000, random: Math.random });
        await new Promise((resolve) => setTimeout(resolve, 50 + waitMs));
      }
    }
    return null;
  }

  close(code: number, reason: string): void {
    if (this.#isClosed) return;
    this.note("info", "agent_link_closing", {
      close_code: code,
      reason,
      lived_ms: Math.round(this.#around.monotonicMs() - this.#openedMs),
    });
    this.#socket.close(code, reason);
    this.#closed(BY_US[code] ?? "refused");
  }

  /** Liveness, called by the hub about once a second. */
  sweep(nowMs: number): void {
    if (this.epoch === null && nowMs - this.#openedMs > HELLO_WITHIN_MS) {
      return this.#giveUp(CLOSE.protocol, "no hello");
    }
    if (nowMs - this.#heardMs > DEAD_PEER_MS) return this.#giveUp(CLOSE.deadPeer, "peer is silent");
    const oldestMs = this.#window.oldestMs;
    if (oldestMs !== null && nowMs - oldestMs > UNACKED_MS_MAX) {
      return this.#giveUp(CLOSE.slowPeer, "peer acknowledges nothing");
    }
    if (this.epoch === null || nowMs < this.#nextBeatMs) return;
    this.#nextBeatMs = nowMs + HEARTBEAT_MS * (0.9 + 0.2 * Math.random());
    const serverMs = this.#around.clock.now().epochMilliseconds;
    this.#beatSentMs = Math.round(nowMs);
    this.send({ t: "heartbeat", sent_ms: this.#beatSentMs, server_time_ms: serverMs });
  }

  /** A peer that is gone or stopped does not answer a close frame, so the socket is dropped. */
  #giveUp(code: number, reason: string): void {
    this.close(code, reason);
    this.#socket.terminate();
  }

  #closed(code: string): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#end ??= { code, detail: null };
    this.#pace.stop();
    this.#inbox = [];
    this.#wakeSenders();
    this.#events.onClosed(this);
  }

  #wakeSenders(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  #receive(frame: Uint8Array, isBinary: boolean): void {
    if (this.#isClosed) return;
    this.#heardMs = this.#around.monotonicMs();
    this.#pace.took(frame.length, this.#heardMs);
    if (isBinary) return this.#bad(0, "not_text", "frames are text");
    const parsed = parseFrame(agentMessage, new TextDecoder().decode(frame));
    if (!parsed.ok) return this.#refuse(parsed, frame.length);
    const { message } = parsed;
    this.#acknowledged(message.ack);
    if (message.t === "heartbeat") {
      const serverMs = this.#around.clock.now().epochMilliseconds;
      return this.send({ t: "heartbeat.echo", sent_ms: message.sent_ms, server_time_ms: serverMs });
    }
    if (message.t === "heartbeat.echo") {
      if (message.sent_ms !== this.#beatSentMs) return;
      this.roundTripMs = Math.max(0, Math.round(this.#heardMs - message.sent_ms));
      this.#beatSentMs = null;
      return;
    }
    if (message.t === "ack") return;
    if (message.seq <= this.#received) return this.#bad(message.seq, "out_of_order", "seq was used before");
    // What an agent says when it goes must not wait for the work that it will not see done.
    if (message.t === "link.closing") this.#end = message.reason;
    if (message.t === "agent.trouble") this.#events.onTrouble(this, message.trouble);
    const isSaid = message.t === "link.closing" || message.t === "agent.trouble";
    this.#enqueue({ seq: message.seq, bytes: frame.length, content: isSaid ? null : { message } });
  }

  #refuse(frame: RefusedFrame, bytes: number): void {
    const { head, problem } = frame;
    this.#bad(head.seq, problem.code, problem.message);
    if (this.#isClosed) return;
    this.#enqueue({ seq: Math.max(head.seq, this.#received), bytes, content: { refused: frame } });
  }

  #acknowledged(ack: number): void {
    if (ack > this.#sent) return this.#bad(0, "bad_ack", "ack of a message that was never sent");
    this.#window.acknowledge(ack);
    if (this.#window.isOpen) this.#wakeSenders();
  }

  #bad(seq: number, code: string, message: string): void {
    if (!this.#badFrames.tryTake(1, this.#heardMs)) return this.close(CLOSE.protocol, "too many bad frames");
    this.send({ t: "nack", of: seq, code, message });
  }

  #enqueue(item: InboxItem): void {
    this.#received = item.seq;
    this.#inbox.push(item);
    this.#inboxBytes += item.bytes;
    if (this.#inbox.length > INBOX_MAX || this.#inboxBytes > INBOX_BYTES_MAX) {
      return this.close(CLOSE.protocol, "more messages than the window");
    }
    if (!this.#isWorking) void this.#work();
  }

  /** An ack says "done with", so that a slow database slows the agent down instead of filling memory. */
  async #work(): Promise<void> {
    this.#isWorking = true;
    for (let next = this.#inbox.shift(); next !== undefined; next = this.#inbox.shift()) {
      if (next.content !== null) await this.#handle(next.content);
      this.#inboxBytes -= next.bytes;
      this.#processed = next.seq;
      if (this.#inbox.length === 0 || this.#processed - this.#ackSent >= WINDOW_MESSAGES / 2) this.#ack();
    }
    this.#isWorking = false;
  }

  async #handle(content: NonNullable<InboxItem["content"]>): Promise<void> {
    try {
      if ("message" in content) await this.#events.onMessage(this, content.message);
      else await this.#events.onRefused(this, content.refused);
    } catch (error) {
      // A bug or a row that the database refuses must not take the link, or the node, down.
      this.note("error", "agent_message_failed", {
        type: "message" in content ? content.message.t : content.refused.head.t,
        error: error instanceof Error ? error.message : String(error),
      });
      this.send({
        t: "nack",
        of: "message" in content ? content.message.seq : content.refused.head.seq,
        code: "failed",
        message: "the server could not take this message",
      });
    }
  }

  #ack(): void {
    if (this.#ackSent < this.#processed) this.send({ t: "ack" });
  }
}
