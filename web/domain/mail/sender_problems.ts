/** What goes away by itself: the server is briefly down. */
export const BRIEF_PROBLEMS: readonly string[] = [
  "connection_refused",
  "connection_lost",
  "timed_out",
  "server_busy",
  "too_fast",
  "name_unanswered",
  "answer_lost",
];

/** From so many tries on a brief problem is one for a person. */
export const BRIEF_TRIES = 3;

/** No problem but a pause, with an end that is known. */
export const SENDING_LIMIT = "sending_limit";

/** One message after the other is refused, and no mailbox is named: it is about who sends. */
export const MESSAGES_REFUSED = "messages_refused";

/** Whether a failure is of the kind that passes, and no person has to do anything. */
export function isBrief(problem: string): boolean {
  return BRIEF_PROBLEMS.includes(problem);
}

/** How sending stands: what stops it, how often it was tried since, and when it is tried again. */
export interface SenderStanding {
  problem: string | null;
  tries: number;
  not_before_at: Temporal.Instant | null;
}

/** Whether nothing is sent until a person has done something, or until after a moment. */
export function isStoppedUntil(
  { problem, tries, not_before_at: next }: SenderStanding,
  moment: Temporal.Instant,
): boolean {
  if (next !== null && Temporal.Instant.compare(next, moment) >= 0) return true;
  return problem !== null && problem !== SENDING_LIMIT && (tries >= BRIEF_TRIES || !isBrief(problem));
}

/** What stops every message of the tenant, until somebody corrects the settings or the server has room again. */
export const SENDER_PROBLEMS: readonly string[] = [
  SENDING_LIMIT,
  "name_unanswered",
  "name_not_found",
  "connection_refused",
  "address_not_allowed",
  "wrong_encryption",
  "no_starttls",
  "certificate",
  "login_refused",
  "basic_login_ended",
  "login_needed",
  "sender_refused",
  "sender_blocked",
];

/** Whether a problem stops the tenant, or a message was put behind the others for one. */
export function isOfSender(problem: string | null): boolean {
  return problem !== null && SENDER_PROBLEMS.includes(problem);
}
