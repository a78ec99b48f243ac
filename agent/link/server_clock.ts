/** Server time, as the web last told it plus our monotonic clock: the agent's own clock may be wrong (no battery, no NTP). */
export class ServerClock {
  readonly #monotonicMs: () => number;
  #offsetMs: number | null = null;

  constructor(monotonicMs: () => number) {
    this.#monotonicMs = monotonicMs;
  }

  /** @param sentMs monotonic time at which the question left, when this answers one: half the way is added */
  learn(serverTimeMs: number, sentMs?: number): void {
    const now = this.#monotonicMs();
    const travelMs = sentMs === undefined ? 0 : Math.max(0, now - sentMs) / 2;
    this.#offsetMs = serverTimeMs + travelMs - now;
  }

  /** Null until the web has spoken once. */
  nowMs(): number | null {
    return this.#offsetMs === null ? null : this.#offsetMs + this.#monotonicMs();
  }
}
