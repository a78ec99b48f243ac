/** Which limit ended it: that of the whole answer, or that of a gap between two rows. */
export type DeadlineLimit = "total" | "row_gap";

/** How long a command may take. Times are milliseconds. */
export interface DeadlineOptions {
  /** For the whole answer; of a stream, for its first row or its end. */
  totalMs: number;
  /** Between two rows. */
  rowGapMs: number;
  /** The rows are taken one by one: however many there are, only the gaps between them count. */
  isStream: boolean;
  /** Said once, with the limit that was reached. */
  onOver(limit: DeadlineLimit, ms: number): void;
  /** When the last bytes came. */
  heardAt(): number;
  /** Monotonic milliseconds. */
  now(): number;
}

/**
 * Ends a command that takes too long. A router that answers pings and has stopped in the middle of a table is not waited
 * for until the long deadline of the whole table, but until a gap between two rows is longer than any seen on a router.
 */
export class Deadline {
  readonly #options: DeadlineOptions;
  #startedAt: number;
  #rowAt: number | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #wakeAt = 0;

  constructor(options: DeadlineOptions) {
    this.#options = options;
    this.#startedAt = options.now();
    this.#schedule();
  }

  /** Called for every row, so it does not even look at the clock. */
  rowCame(): void {
    const isFirst = this.#rowAt === null;
    this.#rowAt = this.#options.heardAt();
    if (isFirst) this.#schedule();
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** After a time in which nothing was read: it does not count as a gap. */
  resume(): void {
    const now = this.#options.now();
    if (this.#rowAt === null) this.#startedAt = now;
    else this.#rowAt = now;
    this.#schedule();
  }

  #dueAt(): { at: number; limit: DeadlineLimit } {
    const { totalMs, rowGapMs, isStream } = this.#options;
    const end = this.#startedAt + totalMs;
    if (this.#rowAt === null) return { at: end, limit: "total" };
    const gapEnd = this.#rowAt + rowGapMs;
    return isStream || gapEnd < end ? { at: gapEnd, limit: "row_gap" } : { at: end, limit: "total" };
  }

  #schedule(): void {
    this.stop();
    this.#wakeAt = this.#dueAt().at;
    this.#timer = setTimeout(
      () => this.#check(),
      Math.max(1, Math.ceil(this.#wakeAt - this.#options.now())),
    );
  }

  #check(): void {
    const { totalMs, rowGapMs, now, onOver } = this.#options;
    const { at, limit } = this.#dueAt();
    if (now() < at) return this.#schedule();
    // A timer that fires late says that this machine stood still, not the router: what came meanwhile is read first.
    if (limit === "row_gap" && now() - this.#wakeAt > rowGapMs / 4) return this.resume();
    this.stop();
    onOver(limit, limit === "total" ? totalMs : rowGapMs);
  }
}
