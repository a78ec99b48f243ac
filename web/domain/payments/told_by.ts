/** How long what is open has been past its due date: not yet, 1–30 days, 31–60, 61–90, longer. */
export const AGES = ["current", "d30", "d60", "d90", "older"] as const;
export type Age = (typeof AGES)[number];

/** What money received is told by. */
export const COLLECTED_BY = ["day", "month", "method", "staff"] as const;
export type CollectedBy = (typeof COLLECTED_BY)[number];
