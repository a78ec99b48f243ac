/** Codes of RFC 3463 that say that a mailbox is not there or takes nothing any more. */
const NO_MAILBOX: ReadonlySet<string> = new Set(["5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"]);

/** Whether a status speaks of the mailbox itself, and not of who sends or of today. */
export function isNoMailbox(status: string | null): boolean {
  return status !== null && NO_MAILBOX.has(status);
}
