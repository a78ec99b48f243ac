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
