/** Days after which a request expires that nobody decided, where the policy says nothing else. */
export const EXPIRE_DAYS = 7;
export const EXPIRE_DAYS_MAX = 90;

/** The most connections from which on an approval is needed. */
export const FROM_COUNT_MAX = 100_000;

/** Hours for which the own operation of a sole owner waits, where the setting says nothing else. */
export const COOLING_HOURS = 24;
export const COOLING_HOURS_MAX = 720;

/** Hours for which an approved export can be fetched. */
export const EXPORT_HOURS = 24;

/** So many requests are decided before the page answers; more are by a job, while the page says how far it is. */
export const DECIDE_IN_PLACE_MAX = 5;

/** The most requests that are decided at once. */
export const DECIDE_AT_ONCE_MAX = 200;
