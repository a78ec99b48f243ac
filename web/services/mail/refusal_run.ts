/** So many recipients in a row whose messages are refused, and none taken between: that is about who sends. */
const RUN = 5;
/** The same where each answer names the mailbox: a list with dead addresses has some of them in a row. */
const HARD_RUN = 10;

/** A message that was refused. */
export interface RefusedMessage {
  address: string;
  messageId: string;
  /** The answer names the mailbox. */
  isHard: boolean;
}

/**
 * Messages that a server refused one after the other: of one that is the message's fault, or its mailbox's; of a whole run
 * nobody can tell which of them were good. A relay whose list of users is gone says `no such user` to everybody.
 */
export class RefusalRun {
  readonly #byAddress = new Map<string, { ids: string[]; isHard: boolean }>();

  /** @returns whether they are so many that it is no message's fault */
  add({ address, messageId, isHard }: RefusedMessage): boolean {
    const key = address.toLowerCase();
    this.#byAddress.set(key, { ids: [...this.#byAddress.get(key)?.ids ?? [], messageId], isHard });
    const soft = [...this.#byAddress.values()].filter((refused) => !refused.isHard);
    return soft.length >= RUN || this.#byAddress.size >= HARD_RUN;
  }

  /** Something was taken. */
  clear(): void {
    this.#byAddress.clear();
  }

  /** Empties it. @returns the messages that were in it */
  takeIds(): string[] {
    const ids = [...this.#byAddress.values()].flatMap((refused) => refused.ids);
    this.clear();
    return ids;
  }
}
