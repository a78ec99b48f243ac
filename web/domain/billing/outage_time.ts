import { OUTAGE_DAYS_AHEAD_MAX, OUTAGE_DAYS_BACK_MAX, OUTAGE_PLANNED_HOURS_MAX } from "./limits.ts";

/** When an outage is said to be. */
export interface OutageTime {
  from: Temporal.Instant;
  /** Null: it lasts, or nobody knows. */
  to: Temporal.Instant | null;
  kind: "fault" | "scheduled" | "force_majeure";
  now: Temporal.Instant;
}

/** Why it cannot be then. */
export type OutageTimeRefusal =
  | { code: "outage_to_come" | "outage_ends_before" }
  | { code: "outage_plan_without_end" | "outage_plan_too_far" | "outage_plan_too_long" }
  | { code: "outage_too_old"; first: Temporal.Instant };

/** Only what is planned is to come, and it says when it ends: it keeps people from being cut. */
export function refuseOutageTime({ from, to, kind, now }: OutageTime): OutageTimeRefusal | null {
  const isToCome = isAfter(from, now);
  if (kind !== "scheduled" && (isToCome || from.equals(now) || (to !== null && isAfter(to, now)))) {
    return { code: "outage_to_come" };
  }
  const first = now.subtract({ hours: 24 * OUTAGE_DAYS_BACK_MAX });
  if (isAfter(first, from)) return { code: "outage_too_old", first };
  if (to !== null && !isAfter(to, from)) return { code: "outage_ends_before" };
  if (isToCome && to === null) return { code: "outage_plan_without_end" };
  if (isAfter(from, now.add({ hours: 24 * OUTAGE_DAYS_AHEAD_MAX }))) return { code: "outage_plan_too_far" };
  const isPlan = to !== null && isAfter(to, now);
  if (isPlan && isAfter(to, from.add({ hours: OUTAGE_PLANNED_HOURS_MAX }))) {
    return { code: "outage_plan_too_long" };
  }
  return null;
}

/** Whole days of notice that were given; null where nothing was announced. */
export function noticeDays(outage: {
  from_at: Temporal.Instant;
  announced_at: Temporal.Instant | null;
}): number | null {
  if (outage.announced_at === null) return null;
  return Math.floor(outage.from_at.since(outage.announced_at).total("hours") / 24);
}

function isAfter(a: Temporal.Instant, b: Temporal.Instant): boolean {
  return Temporal.Instant.compare(a, b) > 0;
}
