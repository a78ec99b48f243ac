import { nextBoundaryAfter } from "@/shared/calendar/mod.ts";

/** Days of one cycle. Half-open. */
export interface CycleDays {
  start: Temporal.PlainDate;
  end: Temporal.PlainDate;
}

/** A stretch of days cut at the billing day, so that each part can be priced. */
export function splitByCycle({ start, end }: CycleDays, anchorDay: number): CycleDays[] {
  const parts: CycleDays[] = [];
  let from = start;
  while (Temporal.PlainDate.compare(from, end) < 0) {
    const boundary = nextBoundaryAfter(from, anchorDay);
    const until = Temporal.PlainDate.compare(boundary, end) < 0 ? boundary : end;
    parts.push({ start: from, end: until });
    from = until;
  }
  return parts;
}

/** What can be mended about a connection that no run can bill. */
export const MENDABLE = ["activation", "begin", "standing", "plan"] as const;
export type Mendable = (typeof MENDABLE)[number];

/**
 * The field that is wrong, by the code of the reason: the day of activation, the day from which it is billed, the day up to
 * which it counts as billed, or its plan.
 */
export function whatToMend(code: string | null, isBilledBefore: boolean): Mendable {
  if (code === "parked_not_activated") return "activation";
  if (code === "parked_ahead") return "standing";
  if (code === "parked_plan_missing") return "plan";
  return isBilledBefore ? "begin" : "activation";
}
