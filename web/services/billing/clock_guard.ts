import { err, type Failure } from "@/shared/result.ts";
import { isClockDoubted } from "@/web/domain/billing/mod.ts";
import { findClockWatch } from "@/web/store/billing/clock_watch.ts";
import type { UseCase } from "../use_case.ts";

/**
 * Asked in the transaction of everything that bills or cuts by the date: null when the clock is believed. Also right
 * before the watch has looked: a clock that says another day than at the last look is doubted by that alone.
 */
export async function refuseDoubtedClock(
  { trx, at }: Pick<UseCase, "trx" | "at">,
): Promise<Failure<"clock_doubted"> | null> {
  return isClockDoubted(await findClockWatch(trx), at) ? err("clock_doubted") : null;
}
