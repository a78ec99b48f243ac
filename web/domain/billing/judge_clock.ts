/** The clock as it was looked at once, beside the machine's own count, which nobody can set. */
export interface ClockSight {
  /** What the clock said. */
  at: Temporal.Instant;
  /** Names one start of one machine: two counts of the same start can be compared. */
  bootId: string;
  /** Seconds since that start, sleep included. */
  uptimeSeconds: number;
}

/**
 * `jump`: the clock went another way than the machine's count, or backwards. `gap`: nobody counted in between, so that
 * it may have jumped or the machine may have been off.
 */
export type ClockDoubt = "jump" | "gap";

/** What a look at the clock says. */
export interface ClockVerdict {
  /** Null: the clock is where it should be. */
  doubt: ClockDoubt | null;
  /** What it should say by the count; the last sight itself where nobody counted. */
  expectedAt: Temporal.Instant;
}

/** A clock that is off by more than this has jumped. */
export const JUMP_HOURS = 24;

/**
 * Compares a look at the clock with the one before. A web that was stopped on a machine that went on is told apart
 * from a jump by the machine's count; across a restart of the machine, or on another one, only a person can tell.
 */
export function judgeClock(last: ClockSight, now: ClockSight): ClockVerdict {
  const isCounted = last.bootId === now.bootId && now.uptimeSeconds >= last.uptimeSeconds;
  if (isCounted) {
    const expectedAt = last.at.add({ seconds: Math.round(now.uptimeSeconds - last.uptimeSeconds) });
    return { doubt: isFar(expectedAt, now.at) ? "jump" : null, expectedAt };
  }
  if (!isFar(last.at, now.at)) return { doubt: null, expectedAt: now.at };
  const isBack = Temporal.Instant.compare(now.at, last.at) < 0;
  return { doubt: isBack ? "jump" : "gap", expectedAt: last.at };
}

/** Whether the clock is not to be believed now, by the last look at it. Where nobody watches it, it is. */
export function isClockDoubted(
  watch: { doubt: ClockDoubt | null; seen_at: Temporal.Instant } | null,
  at: Temporal.Instant,
): boolean {
  return watch !== null && (watch.doubt !== null || isFar(watch.seen_at, at));
}

function isFar(a: Temporal.Instant, b: Temporal.Instant): boolean {
  return Math.abs(a.epochMilliseconds - b.epochMilliseconds) > JUMP_HOURS * 3_600_000;
}
