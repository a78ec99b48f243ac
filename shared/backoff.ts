/** How long a retry may wait. */
export interface BackoffOptions {
  /** Upper limit of the first wait. */
  baseMs: number;
  /** Upper limit of every wait. */
  capMs: number;
  /** A number in [0, 1), injected so that tests decide. */
  random: () => number;
}

/**
 * The wait before retry number `attempt` (0 is the first): a random share of min(cap, base x 2^attempt). Full
 * jitter spreads a thousand agents that lost the same server, where a fixed schedule would bring them back at once.
 */
export function fullJitterMs(attempt: number, options: BackoffOptions): number {
  const ceilingMs = Math.min(options.capMs, options.baseMs * 2 ** Math.max(0, attempt));
  return Math.floor(options.random() * ceilingMs);
}
