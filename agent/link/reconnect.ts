import { fullJitterMs } from "@/shared/backoff.ts";
import {
  CLOSE,
  RECONNECT_BASE_MS,
  RECONNECT_CAP_MS,
  REFUSED_RETRY_MS,
  STABLE_AFTER_MS,
} from "@/shared/protocol/mod.ts";
import type { DialOutcome } from "./dial.ts";
import { CLOSE_STORAGE, type LinkEnd } from "./link.ts";

/** How the last try or the last connection ended. */
export type Ending =
  | { kind: "dial"; outcome: Exclude<DialOutcome, { kind: "open" }> }
  | { kind: "link"; end: LinkEnd };

const REPLACED_RETRY_MS = 60_000;
const STORAGE_RETRY_MS = 15_000;

/**
 * How long to wait before the next try, and the attempt counter from there on. The counter starts over only after a
 * connection that lived a minute: one that dies at once would otherwise be retried in a tight loop.
 */
export function planReconnect(
  ending: Ending,
  attempt: number,
  random: () => number,
): { delayMs: number; attempt: number } {
  if (ending.kind === "dial") {
    if (ending.outcome.kind === "unreachable") return backOff(attempt, random);
    return { delayMs: withJitter(REFUSED_RETRY_MS, random), attempt: 0 };
  }
  const { code, livedMs, drainAfterMs } = ending.end;
  if (code === CLOSE.revoked) return { delayMs: withJitter(REFUSED_RETRY_MS, random), attempt: 0 };
  if (code === CLOSE.replaced) {
    return { delayMs: REPLACED_RETRY_MS + Math.floor(random() * REPLACED_RETRY_MS / 4), attempt: 0 };
  }
  if (code === CLOSE_STORAGE) return { delayMs: withJitter(STORAGE_RETRY_MS, random), attempt };
  const next = livedMs >= STABLE_AFTER_MS ? 0 : attempt;
  if (drainAfterMs !== null) return { delayMs: Math.floor(drainAfterMs), attempt: next };
  return backOff(next, random);
}

function backOff(attempt: number, random: () => number): { delayMs: number; attempt: number } {
  const delayMs = fullJitterMs(attempt, { baseMs: RECONNECT_BASE_MS, capMs: RECONNECT_CAP_MS, random });
  return { delayMs, attempt: attempt + 1 };
}

function withJitter(ms: number, random: () => number): number {
  return Math.floor(ms * (0.9 + 0.2 * random()));
}
