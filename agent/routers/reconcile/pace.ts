import { fullJitterMs } from "@/shared/backoff.ts";
import type { LoopTiming } from "./loop_timing.ts";

/** When to connect again: at once, after some jitter that grows, or in minutes. */
export type NextTry = "now" | "soon" | "slow";

/** How long a loop waits: for its next look, and for its next connection. */
export class Pace {
  readonly #timing: LoopTiming;
  readonly #random: () => number;
  #followUps: number[] = [];

  constructor({ timing, random }: { timing: LoopTiming; random: () => number }) {
    this.#timing = timing;
    this.#random = random;
  }

  /** Something was changed: looks again soon, to see who dialled in. */
  lookSoon(): void {
    this.#followUps = [...this.#timing.followUpsMs];
  }

  nextLookMs(): number {
    return this.#followUps.shift() ?? this.#about(this.#timing.everyMs);
  }

  /** @param failures how many tries failed in a row */
  beforeTryMs(next: NextTry, failures: number): number {
    const { retryBaseMs, retryCapMs } = this.#timing;
    if (next === "now") return 0;
    if (next === "slow") return this.slowRetryMs();
    const options = { baseMs: retryBaseMs, capMs: retryCapMs, random: this.#random };
    return 50 + fullJitterMs(Math.max(0, failures - 1), options);
  }

  slowRetryMs(): number {
    return this.#about(this.#timing.slowRetryMs);
  }

  /** Give or take 20 %. */
  #about(ms: number): number {
    return ms * (0.8 + 0.4 * this.#random());
  }
}
