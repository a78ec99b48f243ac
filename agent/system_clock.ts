import type { Clock } from "@/shared/clock.ts";

/** The machine's clock. Only journal dates and logs use it: deadlines use server time, waits the monotonic clock. */
export class SystemClock implements Clock {
  now(): Temporal.Instant {
    return Temporal.Now.instant();
  }
}
