import { isBrief, isOfSender, MESSAGES_REFUSED } from "@/web/domain/mail/sender_problems.ts";
import type { SmtpFailure } from "@/web/gateways/mail/types.ts";
import type { OutboxMessage } from "@/web/store/mail/outbox.ts";
import type { SenderRow } from "@/web/store/mail/senders.ts";
import {
  decideLater,
  decideOwn,
  type DecisionMoment,
  isAfterFirstTry,
  type MessageDecision,
} from "./decide_outcome.ts";
import { NOBODY, type Try } from "./finish_message.ts";
import type { RefusalRun } from "./refusal_run.ts";
import type { Doubt, SenderDoubts } from "./sender_doubts.ts";
import type { SendingMemory } from "./sending_options.ts";
import type { StopReason } from "./stop_sender.ts";

/** So many in a row that ended without an answer are the server's trouble, not the messages'. */
const TROUBLES_MAX = 5;
/** Who has sent in so many hours is not stopped by one answer that may be about its message alone. */
const GOOD_HOURS = 24;

/** What the answers of a pass say about who sends, and what about their messages alone. */
export class SenderVerdict {
  readonly #refusals: RefusalRun;
  readonly #doubts: SenderDoubts;
  #lastSentAt: Temporal.Instant | null = null;
  /** What stopped it before, while nothing has gone through since: then one more answer is enough. */
  #probed: string | null = null;
  #hasDoubted = false;
  #troubles = 0;
  #sent = 0;

  constructor({ refusals, doubts }: Pick<SendingMemory, "refusals" | "doubts">) {
    this.#refusals = refusals;
    this.#doubts = doubts;
  }

  /** What is known of who sends when a pass begins. */
  start({ problem, last_sent_at }: SenderRow): void {
    this.#probed = problem;
    this.#lastSentAt = last_sent_at;
  }

  /** Whether it was stopped before, and nothing has gone through since. */
  get isProbing(): boolean {
    return this.#probed !== null;
  }

  /** How many were taken. */
  get sent(): number {
    return this.#sent;
  }

  /** When one was taken last, in this pass or before; null: none ever was. */
  get lastSentAt(): Temporal.Instant | null {
    return this.#lastSentAt;
  }

  /** A message is handed over. @returns its turn */
  begin(message: OutboxMessage): number {
    return this.#doubts.begin(message.id);
  }

  /** The message of this turn was taken. @returns those whose answers were about themselves */
  taken(turn: number, at: Temporal.Instant): Doubt[] {
    this.#sent++;
    this.#lastSentAt = at;
    this.#troubles = 0;
    this.#refusals.clear();
    this.#probed = null;
    return this.#doubts.settledBy(turn);
  }

  /** A message has its end, or is tried again. @returns what it says about who sends; null: nothing */
  failed({ message, address }: Try, failure: SmtpFailure): StopReason | null {
    if (this.#isRefusal({ message, address }, failure)) return { ...failure, problem: MESSAGES_REFUSED };
    this.#troubles = isBrief(failure.problem) ? this.#troubles + 1 : 0;
    return this.#troubles >= TROUBLES_MAX ? failure : null;
  }

  /** A server wants less though only one is sent at a time. @returns whether it is left alone for longer */
  slowed(): boolean {
    return ++this.#troubles >= TROUBLES_MAX;
  }

  /**
   * What becomes of a message that was put behind the others before, for an answer like this one; null: it was not. Where
   * others are taken it is its own; where not, it says nothing new.
   */
  decideAgain(message: OutboxMessage, failure: SmtpFailure, moment: DecisionMoment): MessageDecision | null {
    if (!isOfSender(message.reason)) return null;
    return this.#sent > 0 || isAfterFirstTry(message, this.#lastSentAt)
      ? decideOwn(message, failure, moment)
      : decideLater(message, { reason: failure.problem }, moment);
  }

  /** An answer sounds as if it were about who sends. @returns whether it is known to be */
  doubted(doubt: Doubt): boolean {
    this.#hasDoubted = true;
    return this.#doubts.add(doubt) || this.#probed === doubt.failure.problem;
  }

  /** Nothing more is due. @returns a doubt that is the sender's: nothing was taken for long that would say otherwise */
  unsettled(now: Temporal.Instant): Doubt | null {
    if (!this.#hasDoubted) return null;
    const since = now.subtract({ hours: GOOD_HOURS });
    const isGood = this.#sent > 0 ||
      (this.#lastSentAt !== null && Temporal.Instant.compare(this.#lastSentAt, since) > 0);
    return isGood ? null : this.#doubts.last;
  }

  /** It is stopped. @returns messages that were refused for that */
  takeRefused(problem: StopReason["problem"]): string[] {
    this.#doubts.clear();
    return problem === MESSAGES_REFUSED ? this.#refusals.takeIds() : [];
  }

  /** One is refused for itself; one after the other, or while that is what the tenant waits for, for who sends it. */
  #isRefusal({ message, address }: Pick<Try, "message" | "address">, { problem }: SmtpFailure): boolean {
    const isHard = problem === "recipient_refused";
    if (!isHard && problem !== "message_refused") return false;
    // Put back once, while others were taken meanwhile: it was its own fault.
    if (message.reason === MESSAGES_REFUSED && !this.isProbing) return false;
    const isMany = this.#refusals.add({ address: address ?? NOBODY, messageId: message.id, isHard });
    return isMany || (!isHard && this.#probed === MESSAGES_REFUSED);
  }
}
