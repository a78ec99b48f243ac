import type { Clock } from "@/shared/clock.ts";

/** Real time, read from the system. */
export const systemClock: Clock = { now: () => Temporal.Now.instant() };
