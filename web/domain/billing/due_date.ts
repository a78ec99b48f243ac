import type { PlanBillsInput } from "./types.ts";

/** A late run still leaves the subscriber the notice that the tenant promises (billing rule 5). */
export function dueDate(
  input: Pick<PlanBillsInput, "asOf" | "termsDays" | "minNoticeDays">,
  natural: Temporal.PlainDate,
): Temporal.PlainDate {
  const due = natural.add({ days: input.termsDays });
  if (Temporal.PlainDate.compare(natural, input.asOf) >= 0) return due;
  const noticed = input.asOf.add({ days: input.minNoticeDays ?? 3 });
  return Temporal.PlainDate.compare(due, noticed) < 0 ? noticed : due;
}
