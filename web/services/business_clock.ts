import type { Clock } from "@/shared/clock.ts";
import { localDate, localTime } from "@/shared/calendar/mod.ts";

/** What the business clock reads of a tenant. */
export interface BusinessClockSettings {
  time_zone: string;
  /** How far the time machine has moved business time ahead of real time. */
  business_offset_seconds: bigint;
}

/** A moment of business time, in the tenant's zone. */
export interface BusinessMoment {
  instant: Temporal.Instant;
  today: Temporal.PlainDate;
  time: Temporal.PlainTime;
  zone: string;
}

/** Business time (rule R7): dates of bills, runs and holds. Sessions, heartbeats and retries use the clock itself. */
export function businessNow(tenant: BusinessClockSettings, clock: Clock): BusinessMoment {
  const instant = clock.now().add({ seconds: Number(tenant.business_offset_seconds) });
  const zone = tenant.time_zone;
  return { instant, today: localDate(instant, zone), time: localTime(instant, zone), zone };
}
