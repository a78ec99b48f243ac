import type { Kysely } from "kysely";
import type { Clock } from "@/shared/clock.ts";
import type { Logger } from "@/shared/log.ts";
import { isUnavailable } from "@/web/store/db/database.ts";
import type { Database } from "@/web/store/db/schema.ts";
import { lookupUnwritten } from "@/web/store/mail/unwritten.ts";
import { writeMails, writeMailsApart } from "./write_mails.ts";

/** How it writes. */
export interface MailWriterOptions {
  db: Kysely<Database>;
  log: Logger;
  /** Messages were written: there is something to send. */
  onWritten: () => void;
  clock: Clock;
  /** How long a batch is left alone that could not be written. @default 15000 */
  restMs?: number;
  /** The same of one whose messages could not be written each alone either. @default 600000 */
  badRestMs?: number;
}

/**
 * Writes the messages of bill runs, those of all tenants, one batch after the other; any number of processes may do so.
 * Whether their server is there, slow or stopped does not matter to it. Of a batch that cannot be
 * written the good messages are; the others stay, are said, and hold up nobody.
 */
export class MailWriter {
  readonly #options: MailWriterOptions;
  /** Until when a batch is left alone. */
  readonly #restingMs = new Map<string, number>();
  #writing: Promise<void> | null = null;
  #looksAgain = false;
  #isStopped = false;

  constructor(options: MailWriterOptions) {
    this.#options = options;
  }

  /** Looks at once. */
  wake(): void {
    if (this.#isStopped) return;
    this.#looksAgain = true;
    this.#writing ??= this.#write().finally(() => {
      this.#writing = null;
      if (this.#looksAgain) this.wake();
    });
  }

  /** Begins no other batch, and waits for the one that is being written. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#writing;
  }

  async #write(): Promise<void> {
    while (this.#looksAgain && !this.#isStopped) {
      this.#looksAgain = false;
      try {
        for (const batch of await lookupUnwritten(this.#options.db)) {
          if (this.#isStopped) return;
          if ((this.#restingMs.get(batch.id) ?? 0) <= performance.now()) await this.#writeOne(batch);
        }
      } catch (error) {
        this.#options.log.warn("unwritten_mail_not_looked_at", { error });
      }
    }
  }

  async #writeOne(batch: { tenantId: string; id: string }): Promise<void> {
    const { db, log, onWritten, restMs = 15_000 } = this.#options;
    const about = { tenant_id: batch.tenantId, batch_id: batch.id };
    try {
      const isWritten = await writeMails(db, batch);
      this.#restingMs.delete(batch.id);
      if (isWritten) onWritten();
    } catch (error) {
      log.warn("mail_not_written", { ...about, error });
      this.#restingMs.set(batch.id, performance.now() + restMs);
      // A database that is away says nothing about the messages.
      if (!isUnavailable(error)) await this.#writeApart(batch, about);
    }
  }

  async #writeApart(batch: { tenantId: string; id: string }, about: object): Promise<void> {
    const { db, clock, log, onWritten, badRestMs = 600_000 } = this.#options;
    try {
      const left = await writeMailsApart(db, batch, clock.now());
      if (left === null) return;
      if (left === 0) this.#restingMs.delete(batch.id);
      else this.#restingMs.set(batch.id, performance.now() + badRestMs);
      onWritten();
    } catch (error) {
      log.warn("mail_not_written_apart", { ...about, error });
    }
  }
}
