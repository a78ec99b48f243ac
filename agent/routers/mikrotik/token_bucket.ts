/** How fast configuration may be written; protects the router's flash and CPU. */
export interface WriteRate {
  perSecond: number;
  burst: number;
}

/** Counts write permits. Full at the start; refills with time. */
export class TokenBucket {
  #tokens: number;
  #at: number;

  /** `now` is monotonic milliseconds. */
  constructor(readonly rate: WriteRate, readonly now: () => number) {
    this.#tokens = rate.burst;
    this.#at = now();
  }

  /** Takes a permit if there is one. */
  take(): boolean {
    this.#refill();
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }

  /** Milliseconds until the next permit; 0 when one is there. */
  waitMs(): number {
    this.#refill();
    return this.#tokens >= 1 ? 0 : Math.ceil((1 - this.#tokens) / this.rate.perSecond * 1_000);
  }

  #refill(): void {
    const now = this.now();
    this.#tokens = Math.min(this.rate.burst, this.#tokens + (now - this.#at) / 1_000 * this.rate.perSecond);
    this.#at = now;
  }
}
