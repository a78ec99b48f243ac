/** Suggested length of a hold. */
const HOLD_DAYS = 3;

/** The day that is suggested for a hold. */
export function suggestedHold(today: Temporal.PlainDate): string {
  return today.add({ days: HOLD_DAYS }).toString();
}
