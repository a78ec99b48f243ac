/** Where a dispute stands; late is open with its clock run out. */
export type DisputeState = "open" | "late" | "upheld" | "rejected" | "withdrawn" | "void";

/** What decides where a dispute stands. */
export interface DisputeFacts {
  /** What a person decided; null while it is open. */
  decision: "upheld" | "rejected" | "withdrawn" | null;
  /** Last day of its clock. */
  decideByOn: Temporal.PlainDate;
  /** Its bill was taken back. */
  isBillVoid: boolean;
}

/**
 * Where a dispute stands on a date. Nothing is decided by the end of the clock. Only a void bill ends it by itself: one that
 * was paid meanwhile, perhaps by a payment that was not meant for it, may still be decided.
 */
export function disputeState(facts: DisputeFacts, today: Temporal.PlainDate): DisputeState {
  if (facts.decision !== null) return facts.decision;
  if (facts.isBillVoid) return "void";
  return Temporal.PlainDate.compare(facts.decideByOn, today) < 0 ? "late" : "open";
}

/**
 * Days of grace of a bill whose dispute ends with the amount owed: as they were, or so many that the subscriber still has the
 * usual grace from the decision on, and never less than the least notice. Nobody is cut on the day on which they are told.
 */
export function graceAfterDispute(
  bill: { dueOn: Temporal.PlainDate; graceDays: number },
  rules: { graceDays: number; minNoticeDays: number },
  decidedOn: Temporal.PlainDate,
): number {
  const until = decidedOn.add({ days: Math.max(rules.graceDays, rules.minNoticeDays, 1) });
  return Math.max(bill.graceDays, bill.dueOn.until(until, { largestUnit: "day" }).days);
}
