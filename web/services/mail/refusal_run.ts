/** So many recipients in a row whose messages are refused, and none taken between: that is about who sends. */
const RUN = 5;

/**
 * Messages that a server refused one after the other without a word about their mailboxes: of one that is the message's
 * fault; of a whole run nobody can tell which of them were good.
 */
export class RefusalRun {
  readonly #byAddress = new Map<string, string[]>();

  /** @returns whether they are so many that it is no message's fault */
  add(address: string, messageId: string): boolean {
    const ids = this.#byAddress.get(address.toLowerCase()) ?? [];
    this.#byAddress.set(address.toLowerCase(), [...ids, messageId]);
    return this.#byAddress.size >= RUN;
  }

  /** Something was taken. */
  clear(): void {
    this.#byAddress.clear();
  }

  /** Empties it. @returns the messages that were in it */
  takeIds(): string[] {
    const ids = [...this.#byAddress.values()].flat();
    this.clear();
    return ids;
  }
}
