/** For how long a company may keep what is known of people; the books at least as long as the tax law asks. */
export const RETENTION = {
  taxYears: { min: 5, max: 30 },
  days: { min: 90, max: 3650 },
} as const;

/** The most characters of what people are asked to agree to. */
export const CONSENT_TEXT_MAX = 2000;
