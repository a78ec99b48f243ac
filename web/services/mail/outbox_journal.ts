import type { Kysely } from "kysely";
import type { Logger } from "@/shared/log.ts";
import { insertSystemLog, type SystemLogInput } from "@/web/store/access/system_log.ts";
import { isUnavailable } from "@/web/store/db/database.ts";
import type { Database } from "@/web/store/db/schema.ts";
import { type TenantTransaction, withTenant } from "@/web/store/db/tenant_transaction.ts";
import { announceLive } from "@/web/store/live/live_topics.ts";
import {
  askBegun,
  type BegunMessage,
  type MessageOutcome,
  sendOutcomesAhead,
  updateOutcomes,
} from "@/web/store/mail/outbox.ts";
import { type NewRefusal, upsertRefusals } from "@/web/store/mail/mark_refusals.ts";
import { touchSender } from "@/web/store/mail/senders.ts";

/** What became of a message, and what is said about it. */
export interface Finished {
  outcome: MessageOutcome;
  refusal?: NewRefusal;
  line?: SystemLogInput;
}

/** Whose outbox it is, and who writes it. */
export interface JournalOptions {
  db: Kysely<Database>;
  tenantId: string;
  workerId: string;
  log: Logger;
  /** Told of each outcome that was written. */
  onWritten: (id: string) => void;
}

interface Asked {
  begun: BegunMessage;
  resolve: (mayBegin: boolean) => void;
  reject: (error: unknown) => void;
}

/** Open pages are told at most so often: each notification makes commits take turns. */
const ANNOUNCE_MS = 1_000;
const RETRY_MS = 300;

/**
 * Writes what is begun and what became of it, in the order in which it was said. Whatever comes while a transaction is on
 * its way goes into the next one together: nothing waits for company, and ten connections share a commit. An outcome is
 * kept until it is written, also while the database is away: it is known nowhere else.
 */
export class OutboxJournal {
  readonly #options: JournalOptions;
  #asked: Asked[] = [];
  #finished: Finished[] = [];
  #writing: Promise<void> | null = null;
  #announcedMs = -Infinity;
  #isGivenUp = false;

  constructor(options: JournalOptions) {
    this.#options = options;
  }

  /** Before a message's content is handed over. @returns whether this process may: it holds the lease, and nobody ended the message */
  begin(begun: BegunMessage): Promise<boolean> {
    return new Promise((resolve, reject) => {
      this.#asked.push({ begun, resolve, reject });
      this.#write();
    });
  }

  /** Notes an outcome; it is written before anything that is begun later. */
  finish(finished: Finished): void {
    this.#finished.push(finished);
    this.#write();
  }

  /** Waits until everything is written. */
  async drain(): Promise<void> {
    while (this.#writing !== null) await this.#writing;
  }

  /** Ends the tries to write while the database is away. What is unwritten then is in doubt for whoever sends next. */
  giveUp(): void {
    this.#isGivenUp = true;
  }

  #write(): void {
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = null;
      // Something may have come after the last look.
      if (!this.#isGivenUp && this.#asked.length + this.#finished.length > 0) this.#write();
    });
  }

  async #writeAll(): Promise<void> {
    while (this.#asked.length + this.#finished.length > 0) {
      const asked = this.#asked.splice(0);
      const finished = this.#finished.splice(0);
      try {
        const begun = await this.#writeOnce(asked, finished);
        for (const { outcome } of finished) this.#options.onWritten(outcome.id);
        for (const { begun: { id }, resolve } of asked) resolve(begun.has(id));
      } catch (error) {
        if (!isUnavailable(error)) {
          await this.#writeEach(asked, finished);
          continue;
        }
        for (const { reject } of asked) reject(error);
        this.#finished.unshift(...finished);
        if (this.#isGivenUp) return;
        this.#options.log.warn("mail_outcomes_wait", { count: this.#finished.length, error });
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }

  /** One that the database refuses must not keep the others from being written. */
  async #writeEach(asked: readonly Asked[], finished: readonly Finished[]): Promise<void> {
    for (const one of finished) {
      try {
        await this.#writeOnce([], [one]);
        this.#options.onWritten(one.outcome.id);
      } catch (error) {
        if (isUnavailable(error)) this.#finished.push(one);
        else this.#options.log.error("mail_outcome_not_written", { message_id: one.outcome.id, error });
      }
    }
    for (const one of asked) {
      try {
        one.resolve((await this.#writeOnce([one], [])).has(one.begun.id));
      } catch (error) {
        one.reject(error);
      }
    }
  }

  async #writeOnce(asked: readonly Asked[], finished: readonly Finished[]): Promise<Set<string>> {
    const { db, tenantId, workerId } = this.#options;
    const isTelling = finished.length > 0 && performance.now() - this.#announcedMs >= ANNOUNCE_MS;
    const begun = await withTenant(db, tenantId, async (trx) => {
      await writeFinished(trx, finished);
      const ids = await askBegun(trx, asked.map(({ begun }) => begun), workerId);
      if (isTelling) {
        announceLive(trx, ["mail"]);
        await noteSent(trx, finished);
      }
      return ids;
    }, { isRepeatable: true });
    if (isTelling) this.#announcedMs = performance.now();
    return new Set(await begun());
  }
}

async function writeFinished(trx: TenantTransaction, finished: readonly Finished[]): Promise<void> {
  if (finished.length === 0) return;
  const outcomes = finished.map(({ outcome }) => outcome);
  if (finished.every(({ refusal, line }) => refusal === undefined && line === undefined)) {
    // Nothing hangs on the answer: what is begun travels together with it.
    return await sendOutcomesAhead(trx, outcomes);
  }
  // Written before, where the answer to a commit was lost: said once.
  const written = new Set(await updateOutcomes(trx, outcomes));
  const now = finished.filter(({ outcome }) => written.has(outcome.id));
  await upsertRefusals(trx, now.flatMap(({ refusal }) => refusal === undefined ? [] : [refusal]));
  for (const { line } of now) if (line !== undefined) await insertSystemLog(trx, line);
}

async function noteSent(trx: TenantTransaction, finished: readonly Finished[]): Promise<void> {
  const sentAt = finished.findLast(({ outcome }) => outcome.sentAt !== null)?.outcome.sentAt;
  if (sentAt !== undefined && sentAt !== null) await touchSender(trx, sentAt);
}
