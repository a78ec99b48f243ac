/** What a message to a subscriber is sent for. */
export const OCCASIONS = [
  "bill_issued",
  "payment_received",
  "reminder",
  "cut_notice",
  "cut",
  "restored",
  "hold_granted",
  "credit_given",
] as const;
export type Occasion = (typeof OCCASIONS)[number];

/** Languages of what is sent to subscribers. */
export const MAIL_LANGUAGES = ["en", "fil"] as const;
export type MailLanguage = (typeof MAIL_LANGUAGES)[number];

/** Where a message stands. */
export const MAIL_STATES = ["queued", "sent", "failed", "refused", "skipped"] as const;
export type MailState = (typeof MAIL_STATES)[number];

/** Why a message is not sent at all; said with its state. */
export const SKIP_REASONS = [
  /** No mail server is set. */
  "no_server",
  "no_address",
  /** A server said that there is no such mailbox; until a person says otherwise. */
  "refused_address",
  /** The subscriber wants no such mails. */
  "not_wanted",
  "bill_void",
  "bill_disputed",
  /** A reminder or notice whose debt is gone. */
  "paid_meanwhile",
  /** What it says is not true any more: held, ended, cut already, come back by itself. */
  "no_longer_true",
  /** It waited for weeks: nobody expects it any more. */
  "too_old",
] as const;
export type SkipReason = (typeof SKIP_REASONS)[number];

/** Occasions that ask for money; the others tell what happened, and go also to who wants no reminders. */
export const REMINDING: readonly Occasion[] = ["reminder", "cut_notice"];

/** The order in which messages of a tenant go out: who paid does not wait behind a bill run. */
export const PRIORITY: Readonly<Record<Occasion, number>> = {
  payment_received: 1,
  restored: 1,
  cut: 1,
  hold_granted: 2,
  cut_notice: 2,
  bill_issued: 3,
  reminder: 4,
  credit_given: 4,
};

/** Which mails a subscriber wants; `no_reminders` leaves out those that ask for money. */
export const MAILS_WANTED = ["all", "no_reminders", "none"] as const;
export type MailsWanted = (typeof MAILS_WANTED)[number];

/** What the report of a returned mail came to. */
export const REPORT_OUTCOMES = [
  "refused",
  "soft",
  /** Not taken as it was, which says nothing about the mailbox. */
  "message",
  /** The other server goes on trying. */
  "delayed",
  "delivered",
  /** It was noted before. */
  "known",
] as const;
export type ReportOutcome = (typeof REPORT_OUTCOMES)[number];
