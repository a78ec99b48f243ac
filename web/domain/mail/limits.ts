/** The most characters of a text that a company writes for its mails. */
export const MAIL_TEXT_MAX = { subject: 200, body: 5000 } as const;

/** What waited so long is sent to nobody: a receipt of last month is a riddle. */
export const OLD_DAYS = 30;
