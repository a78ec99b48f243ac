/** How long somebody counts as the one who signed in, for what would hurt most in other hands. */
export const CONFIRM_MINUTES = 15;
/** Wrong passwords in a row after which the session ends: whoever sits there is not the one who opened it. */
export const CONFIRM_TRIES_MAX = 5;
/** Nodes do not agree on the time to the second; what one of them confirmed must count on the others. */
const SKEW_SECONDS = 60;

/**
 * Whether who sits there has proved lately that they are the person of the session: by signing in, or since. A moment
 * that lies ahead, after a clock was set back, counts as none.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { isConfirmed } from "./confirmation.ts";
 * const at = Temporal.Instant.from("2026-11-23T01:00:00Z");
 * assert.equal(isConfirmed(at, at.add({ minutes: 14 })), true);
 * assert.equal(isConfirmed(at, at.add({ minutes: 15 })), false);
 * assert.equal(isConfirmed(null, at), false);
 * ```
 */
export function isConfirmed(at: Temporal.Instant | null, now: Temporal.Instant): boolean {
  if (at === null) return false;
  const seconds = now.since(at).total("seconds");
  return seconds >= -SKEW_SECONDS && seconds < CONFIRM_MINUTES * 60;
}
