import type { SmtpFailure } from "@/web/gateways/mail/types.ts";
import { NOBODY, type Try } from "./finish_message.ts";

/** So many recipients with none taken since: it is the sender. */
const DOUBTS_MAX = 3;

/** A message whose answer sounds as if it were about who sends. */
export interface Doubt {
  tried: Try;
  failure: SmtpFailure;
  /** Of the settings that it was sent with. */
  revision: number | null;
}

/**
 * Answers to a recipient or to a content that sound as if they were about who sends: `sender rejected` may be what one
 * recipient's own server said. The next message tells: once one is taken that was begun later, the answer was about its
 * own message; and where several recipients get one, it is about the sender. Kept from one pass to the next.
 */
export class SenderDoubts {
  #doubts: (Doubt & { turn: number })[] = [];
  #turn = 0;

  /** A message is handed over, perhaps again. @returns its turn */
  begin(messageId: string): number {
    this.#doubts = this.#doubts.filter(({ tried }) => tried.message.id !== messageId);
    return ++this.#turn;
  }

  /** @returns whether there are so many that it is the sender */
  add(doubt: Doubt): boolean {
    // Other settings may be to blame for the others.
    this.#doubts = this.#doubts.filter(({ revision }) => revision === doubt.revision);
    this.#doubts.push({ ...doubt, turn: this.#turn });
    return new Set(this.#doubts.map(({ tried }) => (tried.address ?? NOBODY).toLowerCase())).size >=
      DOUBTS_MAX;
  }

  /** The message of this turn was taken. @returns those that were about their own message */
  settledBy(turn: number): Doubt[] {
    const settled = this.#doubts.filter((doubt) => doubt.turn < turn);
    this.#doubts = this.#doubts.filter((doubt) => doubt.turn >= turn);
    return settled;
  }

  /** The last one that nothing has settled. */
  get last(): Doubt | null {
    return this.#doubts.at(-1) ?? null;
  }

  /** It is known to be the sender. */
  clear(): void {
    this.#doubts = [];
  }
}
