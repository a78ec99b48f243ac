/** The most characters of a text that a company writes for its mails. */
export const MAIL_TEXT_MAX = { subject: 200, body: 5000 } as const;
