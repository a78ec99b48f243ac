import { err, type Failure } from "@/shared/result.ts";
import { JUMP_HOURS } from "@/web/domain/billing/mod.ts";
import { type ClockWatchRow, findClockWatch } from "@/web/store/billing/clock_watch.ts";
import type { UseCase } from "../use_case.ts";

/**
 * Asked in the transaction of everything that bills or cuts by the date: null when the clock is believed. Also right
 * before the watch has looked: a clock that says another day than at the last look is doubted by that alone.
 */
export async function refuseDoubtedClock(
  { trx, at }: Pick<UseCase, "trx" | "at">,
): Promise<Failure<"clock_doubted"> | null> {
  return isDoubted(await findClockWatch(trx), at) ? err("clock_doubted") : null;
}

/** Whether the clock is not to be believed now. Where nobody watches it, it is. */
export function isDoubted(
  watch: Pick<ClockWatchRow, "doubt" | "seen_at"> | null,
  at: Temporal.Instant,
): boolean {
  if (watch === null) return false;
  const offMs = Math.abs(at.epochMilliseconds - watch.seen_at.epochMilliseconds);
  return watch.doubt !== null || offMs > JUMP_HOURS * 3_600_000;
}
