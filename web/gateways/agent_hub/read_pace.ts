import type { WebSocket } from "ws";
import { RateLimit } from "./rate_limit.ts";

/**
 * What an agent may send for long. An import of the largest router and its first report fit the burst; a complete report
 * of it every five minutes fits the rate. Beyond that the socket is not read, so that the peer waits and not the server.
 */
const MESSAGES = { burst: 2_000, perSecond: 20 };
const BYTES = { burst: 32 * 1_048_576, perSecond: 64 * 1_024 };
/** Slowed down for this long without a pause, an agent is said to send too much. */
const FLOODING_AFTER_MS = 30_000;

/** Reads a socket no faster than its peer may send: TCP makes the peer wait, and nothing is gathered here. */
export class ReadPace {
  readonly #socket: Pick<WebSocket, "pause" | "resume">;
  readonly #messages = new RateLimit(MESSAGES);
  readonly #bytes = new RateLimit(BYTES);
  #slowedSinceMs: number | null = null;
  #readAgain: ReturnType<typeof setTimeout> | null = null;

  constructor(socket: Pick<WebSocket, "pause" | "resume">) {
    this.#socket = socket;
  }

  /** The peer sends more than is taken, and has for a while. */
  isFlooding(nowMs: number): boolean {
    return this.#slowedSinceMs !== null && nowMs - this.#slowedSinceMs > FLOODING_AFTER_MS;
  }

  /** Counts a message that was read; beyond the rate the next one is read later. */
  took(bytes: number, nowMs: number): void {
    const waitMs = Math.max(this.#messages.take(1, nowMs), this.#bytes.take(bytes, nowMs));
    if (waitMs === 0) {
      this.#slowedSinceMs = null;
      return;
    }
    this.#slowedSinceMs ??= nowMs;
    if (this.#readAgain !== null) return;
    this.#socket.pause();
    this.#readAgain = setTimeout(() => {
      this.#readAgain = null;
      this.#socket.resume();
    }, waitMs);
  }

  /** Nothing is read any more. */
  stop(): void {
    if (this.#readAgain !== null) clearTimeout(this.#readAgain);
  }
}
