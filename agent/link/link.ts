import type { Logger } from "@/shared/log.ts";
import {
  type AgentMessage,
  type AgentProblem,
  CLOSE,
  DEAD_PEER_MS,
  formatFrame,
  HEARTBEAT_MS,
  MAX_MESSAGE_BYTES,
  parseFrame,
  type Unnumbered,
  type WebMessage,
  webMessage,
  WINDOW_MESSAGES,
} from "@/shared/protocol/mod.ts";
import { problemOf } from "./link_problem.ts";
import { SendWindow } from "./send_window.ts";
import type { ServerClock } from "./server_clock.ts";

/** The connection is gone; what was to be sent is worked out anew on the next one. */
export class LinkClosedError extends Error {
  readonly code = "link_closed";
}

/** How a connection ended. */
export interface LinkEnd {
  code: number;
  reason: string;
  livedMs: number;
  /** Why the agent itself ended it; null when the other side did. */
  problem: AgentProblem | null;
  /** The web announced a restart and asked for this wait. */
  drainAfterMs: number | null;
}

export interface LinkOptions {
  log: Logger;
  serverClock: ServerClock;
  monotonicMs: () => number;
  random: () => number;
  /** One at a time, in order; a rejection closes the link, so that what could not be stored is never acknowledged. */
  handle: (message: WebMessage) => Promise<void>;
  /** At once, past whatever `handle` works on: permits and the like. True when that was all. */
  peek?: (message: WebMessage) => boolean;
  heartbeatMs?: number;
  deadPeerMs?: number;
}

const ACK_EVERY_MESSAGES = 8;
const ACK_DELAY_MS = 200;
/** More than an honest web can have unacknowledged. */
const INBOX_MAX = 2 * WINDOW_MESSAGES;
/** Codes of ours are 4000 and up; a client may not close with 1009 or 1012. */
export const CLOSE_STORAGE = 4500;

interface Waiting {
  message: Unnumbered<AgentMessage>;
  bytes: number;
  onSent: () => void;
  onAck: () => void;
  onLost: (error: LinkClosedError) => void;
}

/** The agent's end of one connection: numbers, window, order and liveness. It knows nothing of routers. */
export class Link {
  readonly ended: Promise<LinkEnd>;
  readonly #socket: WebSocket;
  readonly #options: LinkOptions;
  readonly #window = new SendWindow();
  readonly #waiting: Waiting[] = [];
  readonly #unacked = new Set<(error: LinkClosedError) => void>();
  readonly #inbox: { seq: number; message: WebMessage }[] = [];
  readonly #openedMs: number;
  #resolveEnd: (end: LinkEnd) => void = () => {};
  #isClosed = false;
  #isWorking = false;
  #sentSeq = 0;
  #ackedSeq = 0;
  #processedSeq = 0;
  #heardMs: number;
  #heartbeatMs: number;
  #deadPeerMs: number;
  #drainAfterMs: number | null = null;
  #ackTimer: ReturnType<typeof setTimeout> | null = null;
  #beatTimer: ReturnType<typeof setTimeout> | null = null;

  /** @param socket already open */
  constructor(socket: WebSocket, options: LinkOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#heartbeatMs = options.heartbeatMs ?? HEARTBEAT_MS;
    this.#deadPeerMs = options.deadPeerMs ?? DEAD_PEER_MS;
    this.#openedMs = this.#heardMs = options.monotonicMs();
    this.ended = new Promise((resolve) => this.#resolveEnd = resolve);
    socket.onmessage = (event) => this.#receive(event.data);
    socket.onclose = (event) => this.#end(event.code, event.reason);
    socket.onerror = (event) =>
      options.log.debug("link_socket_error", { error: (event as ErrorEvent).message });
    this.#scheduleBeat();
  }

  get isOpen(): boolean {
    return !this.#isClosed;
  }

  /** Unacknowledged messages and bytes, and messages that wait for room. */
  get load(): { messages: number; bytes: number; waiting: number } {
    return { messages: this.#window.messages, bytes: this.#window.bytes, waiting: this.#waiting.length };
  }

  /** Resolves when the message is on its way, which is when the window had room; rejects when the link closed first. */
  send(message: Unnumbered<AgentMessage>): Promise<void> {
    return new Promise((resolve, reject) =>
      this.#submit(message, { onSent: resolve, onAck: () => {}, onLost: reject })
    );
  }

  /** Resolves when the web has acknowledged the message. */
  deliver(message: Unnumbered<AgentMessage>): Promise<void> {
    return new Promise((resolve, reject) =>
      this.#submit(message, { onSent: () => {}, onAck: resolve, onLost: reject })
    );
  }

  /** Ends the connection from our side at once, also when the peer no longer answers; says why first. */
  close(code: number, reason: string, problem: AgentProblem): void {
    if (this.#isClosed) return;
    this.#transmit({ t: "link.closing", reason: problem }, ++this.#sentSeq);
    this.#socket.close(code, reason.slice(0, 100));
    this.#end(code, reason, problem);
  }

  /** The other side broke the rules of the link. */
  #closeBadPeer(reason: string): void {
    this.close(CLOSE.protocol, reason, { code: "bad_messages", detail: reason });
  }

  #submit(
    message: Unnumbered<AgentMessage>,
    events: Pick<Waiting, "onSent" | "onAck" | "onLost">,
  ): void {
    if (this.#isClosed) return events.onLost(new LinkClosedError("Cannot send: the link is closed"));
    const bytes = byteLength(formatFrame({ ...message, seq: this.#sentSeq + 1, ack: 0 } as AgentMessage)) +
      40;
    if (bytes > MAX_MESSAGE_BYTES) {
      throw new RangeError(`Cannot send ${message.t}: ${bytes} bytes is over the limit of a frame`);
    }
    this.#waiting.push({ message, bytes, ...events });
    this.#pump();
  }

  #pump(): void {
    while (!this.#isClosed) {
      const next = this.#waiting[0];
      if (next === undefined || !this.#window.hasRoomFor(next.bytes)) return;
      this.#waiting.shift();
      const seq = ++this.#sentSeq;
      this.#unacked.add(next.onLost);
      this.#window.add(seq, next.bytes, () => {
        this.#unacked.delete(next.onLost);
        next.onAck();
      });
      this.#transmit(next.message, seq);
      next.onSent();
    }
  }

  #transmit(message: Unnumbered<AgentMessage>, seq: number): void {
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    this.#ackedSeq = this.#processedSeq;
    this.#socket.send(formatFrame({ ...message, seq, ack: this.#processedSeq } as AgentMessage));
  }

  #receive(frame: unknown): void {
    if (this.#isClosed) return;
    this.#heardMs = this.#options.monotonicMs();
    if (typeof frame !== "string") return this.#closeBadPeer("frames are text");
    if (frame.length * 3 > MAX_MESSAGE_BYTES && byteLength(frame) > MAX_MESSAGE_BYTES) {
      this.#options.log.warn("link_frame_too_long", { bytes: byteLength(frame) });
      return this.#closeBadPeer("frame is too long");
    }
    const parsed = parseFrame(webMessage, frame);
    if (parsed.ok) return this.#accept(parsed.message);
    this.#options.log.warn("link_bad_frame", { problem: parsed.problem.message });
    if (parsed.problem.code === "not_json") return this.#closeBadPeer(parsed.problem.message);
    const { code, message } = parsed.problem;
    this.#submit({ t: "nack", of: parsed.head.seq, code, message }, lost);
    if (parsed.head.seq > 0) this.#enqueue({ t: "ack", seq: parsed.head.seq, ack: 0 });
  }

  #accept(message: WebMessage): void {
    if (message.ack > this.#sentSeq) {
      return this.#closeBadPeer("ack of a message that was never sent");
    }
    this.#window.acknowledge(message.ack);
    this.#pump();
    const { serverClock, monotonicMs, peek } = this.#options;
    switch (message.t) {
      case "ack":
        return;
      case "heartbeat":
        serverClock.learn(message.server_time_ms);
        return this.#transmit({ t: "heartbeat.echo", sent_ms: message.sent_ms }, 0);
      case "heartbeat.echo":
        return serverClock.learn(message.server_time_ms, Math.min(message.sent_ms, monotonicMs()));
      case "welcome":
        serverClock.learn(message.server_time_ms);
        this.#heartbeatMs = message.heartbeat_ms;
        this.#deadPeerMs = message.dead_peer_ms;
        this.#scheduleBeat();
        break;
      case "drain":
        this.#drainAfterMs = message.after_ms;
        break;
    }
    if (peek?.(message) === true) this.#enqueue({ t: "ack", seq: message.seq, ack: 0 });
    else this.#enqueue(message);
  }

  /** A message of type ack stands for one that needs no more work and only has its turn to be acknowledged. */
  #enqueue(message: WebMessage): void {
    this.#inbox.push({ seq: message.seq, message });
    if (this.#inbox.length > INBOX_MAX) return this.#closeBadPeer("more messages than the window");
    if (!this.#isWorking) void this.#work();
  }

  async #work(): Promise<void> {
    this.#isWorking = true;
    for (let next = this.#inbox.shift(); next !== undefined; next = this.#inbox.shift()) {
      try {
        if (next.message.t !== "ack") await this.#options.handle(next.message);
      } catch (error) {
        this.#options.log.error("link_message_failed", { type: next.message.t, error });
        return this.close(CLOSE_STORAGE, "the agent could not store a message", problemOf(error));
      }
      this.#processedSeq = Math.max(this.#processedSeq, next.seq);
      this.#acknowledge();
    }
    this.#isWorking = false;
  }

  #acknowledge(): void {
    const open = this.#processedSeq - this.#ackedSeq;
    if (open >= ACK_EVERY_MESSAGES) return this.#sendAck();
    if (open > 0) this.#ackTimer ??= setTimeout(() => this.#sendAck(), ACK_DELAY_MS);
  }

  #sendAck(): void {
    if (this.#ackTimer !== null) clearTimeout(this.#ackTimer);
    this.#ackTimer = null;
    if (!this.#isClosed && this.#ackedSeq < this.#processedSeq) this.#transmit({ t: "ack" }, 0);
  }

  /** Both jobs of one timer: speak regularly, and notice that the peer does not. Deno's client never notices by itself. */
  #scheduleBeat(): void {
    if (this.#beatTimer !== null) clearTimeout(this.#beatTimer);
    const delayMs = this.#heartbeatMs * (0.9 + 0.2 * this.#options.random());
    this.#beatTimer = setTimeout(() => this.#beat(), delayMs);
  }

  #beat(): void {
    if (this.#isClosed) return;
    const now = this.#options.monotonicMs();
    if (now - this.#heardMs > this.#deadPeerMs) {
      return this.close(CLOSE.deadPeer, "the web is silent", { code: "silent", detail: null });
    }
    this.#transmit({ t: "heartbeat", sent_ms: now }, 0);
    this.#scheduleBeat();
  }

  #end(code: number, reason: string, problem: AgentProblem | null = null): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#ackTimer !== null) clearTimeout(this.#ackTimer);
    if (this.#beatTimer !== null) clearTimeout(this.#beatTimer);
    this.#inbox.length = 0;
    const error = new LinkClosedError(`Cannot send: the link closed (${code} ${reason})`);
    const lostOnes = [...this.#waiting.splice(0).map((item) => item.onLost), ...this.#unacked];
    this.#unacked.clear();
    for (const onLost of lostOnes) onLost(error);
    this.#resolveEnd({
      code,
      reason,
      livedMs: this.#options.monotonicMs() - this.#openedMs,
      problem,
      drainAfterMs: this.#drainAfterMs,
    });
  }
}

/** For messages whose fate nobody waits for. */
const lost = { onSent: () => {}, onAck: () => {}, onLost: () => {} };

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
