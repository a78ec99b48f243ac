import type { PlanBillsInput } from "./types.ts";

type DueRules = Pick<PlanBillsInput, "asOf" | "termsDays" | "minNoticeDays" | "lateTermsDays">;

/**
 * A late run still leaves the subscriber the notice that the tenant promises (billing rule 5). Where the tenant gives
 * more to statements that are issued late, it leaves that, and whole terms to a bill that is issued again after a void.
 */
export function dueDate(
  input: DueRules,
  natural: Temporal.PlainDate,
  options: { isAgain?: boolean } = {},
): Temporal.PlainDate {
  const due = natural.add({ days: input.termsDays });
  if (Temporal.PlainDate.compare(natural, input.asOf) >= 0) return due;
  const noticed = input.asOf.add({ days: daysFromIssue(input, options) });
  return Temporal.PlainDate.compare(due, noticed) < 0 ? noticed : due;
}

/** Days to pay that a late statement has at least. */
function daysFromIssue(
  { termsDays, minNoticeDays = 3, lateTermsDays = 0 }: DueRules,
  { isAgain = false }: { isAgain?: boolean },
): number {
  if (lateTermsDays === 0) return minNoticeDays;
  return Math.max(minNoticeDays, lateTermsDays, isAgain ? termsDays : 0);
}
