/** A server may take more again: after so long it is tried with all. */
const REMEMBERED_MS = 3_600_000;

/** How many connections a server took that wanted fewer, from one pass to the next. */
export class LineLimit {
  #known: { max: number; atMs: number } | null = null;

  /** It wants no more than this many. */
  note(max: number, nowMs: number): void {
    this.#known = { max: Math.max(1, max), atMs: nowMs };
  }

  /** As many as are wanted, or fewer where the server wanted fewer a while ago. */
  of(wanted: number, nowMs: number): number {
    if (this.#known !== null && nowMs - this.#known.atMs >= REMEMBERED_MS) this.#known = null;
    return Math.min(wanted, this.#known?.max ?? wanted);
  }
}
