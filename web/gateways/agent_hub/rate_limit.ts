/** A bucket that fills at a rate and may be emptied at once. */
export class RateLimit {
  readonly #capacity: number;
  readonly #perSecond: number;
  #level: number;
  #atMs: number | null = null;

  constructor(limit: { burst: number; perSecond: number }) {
    this.#capacity = this.#level = limit.burst;
    this.#perSecond = limit.perSecond;
  }

  /** Takes an amount, into debt if need be. @returns how long to wait until the debt is paid; 0 without one */
  take(amount: number, nowMs: number): number {
    this.#fill(nowMs);
    this.#level -= amount;
    return this.#level >= 0 ? 0 : Math.ceil(-this.#level / this.#perSecond * 1_000);
  }

  /** Takes an amount if it is there. */
  tryTake(amount: number, nowMs: number): boolean {
    this.#fill(nowMs);
    if (this.#level < amount) return false;
    this.#level -= amount;
    return true;
  }

  #fill(nowMs: number): void {
    const passedMs = Math.max(0, nowMs - (this.#atMs ?? nowMs));
    this.#atMs = nowMs;
    this.#level = Math.min(this.#capacity, this.#level + passedMs / 1_000 * this.#perSecond);
  }
}
