/** The most characters of each field of a person who works here. */
export const PERSON_MAX = { name: 120, email: 200 } as const;

/** Characters of a password: length is what counts, so there are no rules about kinds of characters (ASVS V6.2). */
export const PASSWORD_MIN = 8;
export const PASSWORD_MAX = 200;

/** The most characters of a reason that is asked for and kept in the audit log. */
export const REASON_MAX = 200;

/** The most characters of a role's name. */
export const ROLE_MAX = { name: 60 } as const;

/** Hours that an invitation is good for. */
export const INVITE_HOURS = 72;

/** Hours that a link for a new password is good for. */
export const RESET_HOURS = 1;

/** Minutes that a link is good for that somebody asked for at the sign-in page. */
export const ASKED_RESET_MINUTES = 30;

/** So many of these are mailed to one person in an hour: strangers may ask too. */
export const ASKED_RESETS_PER_HOUR = 3;
