import type { Logger } from "@/shared/log.ts";

/** Fields of a counted event that stay the same for all of a period; the first one's are written. */
type Fields = Record<string, string | number>;

/**
 * Writes what outsiders can make happen as often as they like as one line in a period, with how often it happened:
 * nobody can fill the log.
 */
export class CountedLog {
  readonly #log: Logger;
  readonly #periodMs: number;
  readonly #waiting = new Map<string, { count: number; fields: Fields }>();
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(log: Logger, options: { periodMs?: number } = {}) {
    this.#log = log;
    this.#periodMs = options.periodMs ?? 10_000;
  }

  /** Counts one; the line comes at the end of the period. */
  note(event: string, fields: Fields = {}): void {
    const known = this.#waiting.get(event);
    if (known !== undefined) known.count += 1;
    else this.#waiting.set(event, { count: 1, fields });
    if (this.#timer !== null) return;
    this.#timer = setTimeout(() => this.flush(), this.#periodMs);
    // A line that waits keeps no process alive; whoever stops calls flush().
    Deno.unrefTimer(this.#timer);
  }

  /** Writes what waits. */
  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const due = [...this.#waiting];
    this.#waiting.clear();
    for (const [event, { count, fields }] of due) this.#log.warn(event, { ...fields, count });
  }
}
