/** The one way to ask for the time. System clocks live at the edges (web and agent), tests use {@link ManualClock}. */
export interface Clock {
  /** The current instant, in UTC. */
  now(): Temporal.Instant;
}

/**
 * A clock that moves only when told to.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { ManualClock } from "@/shared/clock.ts";
 * const clock = new ManualClock("2026-03-01T00:00:00Z");
 * clock.advance({ hours: 24 });
 * assert.equal(clock.now().toString(), "2026-03-02T00:00:00Z");
 * ```
 */
export class ManualClock implements Clock {
  #now: Temporal.Instant;

  /** Starts at an instant, or at its ISO text. */
  constructor(start: string | Temporal.Instant) {
    this.#now = Temporal.Instant.from(start);
  }

  now(): Temporal.Instant {
    return this.#now;
  }

  /** Moves by exact time. A day counts as 24 hours: an instant has no calendar of its own. */
  advance(by: Temporal.DurationLike): void {
    const duration = Temporal.Duration.from(by);
    if (duration.years !== 0 || duration.months !== 0) {
      throw new RangeError("Cannot advance clock: years and months have no exact length");
    }
    const days = duration.days + 7 * duration.weeks;
    this.#now = this.#now.add(duration.with({ weeks: 0, days: 0, hours: duration.hours + 24 * days }));
  }

  /** Jumps to an instant, also backwards. */
  set(to: string | Temporal.Instant): void {
    this.#now = Temporal.Instant.from(to);
  }
}
