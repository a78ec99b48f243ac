/** The longest hold, in days from its first. */
export const HOLD_DAYS_MAX = 60;
