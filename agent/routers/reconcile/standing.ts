import type { TrapError } from "@/shared/routeros/mod.ts";
import type { Logger } from "@/shared/log.ts";
import type { RouterIdentityMessage } from "@/shared/protocol/mod.ts";
import type { OpenQuestion } from "../../journal/marks_store.ts";
import type { Refused } from "./binding.ts";
import { type Failure, failureOf, isSlowRetry } from "./connection.ts";
import type { PassOutcome } from "./outcome.ts";
import { remarksOf } from "./remarks.ts";
import type { Reporter } from "./reporter.ts";

export interface StandingOptions {
  reporter: Reporter;
  /** What waits for a person's answer. */
  question(): OpenQuestion | null;
  log: Logger;
  monotonicMs(): number;
  /** How long after a refused write the next one is tried. */
  slowRetryMs(): number;
}

/**
 * How a router stands, as the web is told. The status changes only on what was seen of the router: a connection that
 * cannot be read yet says nothing, so that a router that lets in and then refuses has one status and not two in turn.
 */
export class Standing {
  readonly #options: StandingOptions;
  #identity: RouterIdentityMessage | null = null;
  #failures = 0;
  #hasRead = false;
  /** Why nothing may be written, from this connection or the one before. */
  #refusal: TrapError | null = null;
  #isRefusedHere = false;
  #writeAgainAtMs = 0;
  /** Rows without an id by the command that gave them, of the pass that runs, and the sentence of the one before. */
  readonly #skipped = new Map<string, number>();
  #skippedMessage: string | null = null;
  #missingProfiles: ReadonlyMap<string, number> = new Map();
  #around = { isUplinkDown: false, isClockUnset: false };

  constructor(options: StandingOptions) {
    this.#options = options;
  }

  /** How many tries failed in a row. */
  get failures(): number {
    return this.#failures;
  }

  /** The router answered as the one that it should be; nothing of it has been read yet. */
  connected(identity: RouterIdentityMessage): void {
    this.#identity = identity;
    this.#hasRead = false;
    this.#isRefusedHere = false;
    this.#writeAgainAtMs = 0;
  }

  /** There is nothing to read for: that it says who it is must do. */
  idle(): void {
    this.#failures = 0;
    this.#publish();
  }

  /** The accounts were read. Whether they may be written again is known at the end of the pass, and not said before. */
  read(): void {
    if (this.#hasRead) return;
    this.#hasRead = true;
    this.#publish();
  }

  /** A pass came to its end. */
  passed(
    { missingProfiles }: Pick<PassOutcome, "missingProfiles">,
    around: { isUplinkDown: boolean; isClockUnset: boolean },
  ): void {
    this.#failures = 0;
    this.#missingProfiles = missingProfiles;
    this.#around = around;
    if (!this.#isRefusedHere) this.#refusal = null;
    this.#tellSkipped();
    this.#publish();
  }

  /** The router gave rows that cannot be addressed. A pass may read the same table twice: it is told once. */
  rowsSkipped(command: string, count: number): void {
    this.#skipped.set(command, count);
  }

  #tellSkipped(): void {
    const counts = [...this.#skipped].map(([command, count]) => `${count} of ${command}`).sort();
    this.#skipped.clear();
    const message = counts.length === 0
      ? null
      : `Cannot write to some rows of the router, because they came without an id: ${counts.join(", ")}`;
    if (message !== null && message !== this.#skippedMessage) {
      this.#options.log.warn("router_rows_without_id", { counts });
    }
    this.#skippedMessage = message;
  }

  /** The router refused a write because of the user's policies. */
  writeRefused(error: TrapError): void {
    // Several are on their way at once: the first one stands for all.
    if (this.#isRefusedHere) return;
    const isNews = this.#refusal === null;
    this.#refusal = error;
    this.#isRefusedHere = true;
    this.#writeAgainAtMs = this.#options.monotonicMs() + this.#options.slowRetryMs();
    this.#publish();
    if (isNews) this.#options.log.warn("router_may_not_write", { error });
  }

  /** The answer to every write for the time being: the router is not asked again and again. */
  get heldWrite(): TrapError | null {
    return this.#isRefusedHere ? this.#refusal : null;
  }

  /** Until writing is to be tried again, on a new connection: a router may look at policies at the login only. */
  get writeRetryInMs(): number {
    if (this.heldWrite === null) return Infinity;
    return Math.max(0, this.#writeAgainAtMs - this.#options.monotonicMs());
  }

  /** Somebody looked after the router: the next try does not wait. */
  hurry(): void {
    this.#writeAgainAtMs = 0;
  }

  /** Another router answers, or one that may be another. */
  isOther(identity: RouterIdentityMessage, { code, message }: Refused): void {
    this.#failures++;
    const { reporter, log } = this.#options;
    reporter.publishStatus({ status: "wrong_router", code, message, identity });
    log.warn("wrong_router", { problem: message });
  }

  /** True when the next try should wait long. */
  failed(error: unknown): boolean {
    this.#failures++;
    const { reporter, log } = this.#options;
    const failure: Failure = failureOf(error);
    const isNews = reporter.status?.message !== failure.message;
    reporter.publishStatus({ ...failure, identity: null });
    if (isNews) log.warn("router_not_reached", { status: failure.status, error });
    return isSlowRetry(failure, this.#failures);
  }

  #publish(): void {
    const remarks = remarksOf({
      question: this.#options.question(),
      refusal: this.#refusal?.message ?? null,
      ...this.#around,
      missingProfiles: this.#missingProfiles,
      skipped: this.#skippedMessage,
    });
    const [worst] = remarks;
    this.#options.reporter.publishStatus({
      status: "online",
      ...(worst === undefined ? {} : { code: worst.code }),
      message: worst?.message ?? null,
      remarks,
      identity: this.#identity,
    });
  }
}
