import type { Logger } from "@/shared/log.ts";
import { RateLimit } from "./rate_limit.ts";

const LINES = { burst: 30, perSecond: 0.2 };

/** What one agent may write into the server's log by what it does: thirty lines, then one every five seconds, counted. */
export class LinkLog {
  readonly #log: Logger;
  readonly #monotonicMs: () => number;
  readonly #lines = new RateLimit(LINES);
  #leftOut = 0;

  constructor(log: Logger, monotonicMs: () => number) {
    this.#log = log;
    this.#monotonicMs = monotonicMs;
  }

  write(level: "info" | "warn" | "error", event: string, fields: Record<string, unknown>): void {
    if (!this.#lines.tryTake(1, this.#monotonicMs())) {
      this.#leftOut++;
      return;
    }
    const leftOut = this.#leftOut === 0 ? {} : { lines_left_out: this.#leftOut };
    this.#leftOut = 0;
    this.#log[level](event, { ...fields, ...leftOut });
  }
}
