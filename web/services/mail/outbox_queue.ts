import type { Kysely } from "kysely";
import type { Clock } from "@/shared/clock.ts";
import { businessNow } from "@/web/services/business_clock.ts";
import { isUnavailable } from "@/web/store/db/database.ts";
import type { Database } from "@/web/store/db/schema.ts";
import { type TenantTransaction, withTenant } from "@/web/store/db/tenant_transaction.ts";
import { countSent, listOutbox, type OutboxMessage, skipOutbox } from "@/web/store/mail/outbox.ts";
import { postponeSender } from "@/web/store/mail/senders.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import type { OpenedServer, OutboxParts } from "./outbox_parts.ts";

/** Messages that are read at once; who paid waits behind no more than these. */
const BATCH = 50;

/** Whose messages. */
export interface QueueOptions {
  db: Kysely<Database>;
  tenantId: string;
  clock: Clock;
  parts: OutboxParts;
}

/** The messages of a tenant in their order, no faster than its provider allows. */
export class OutboxQueue {
  readonly #options: QueueOptions;
  #waiting: OutboxMessage[] = [];
  /** On their way, until what became of them is written. */
  readonly #taken = new Set<string>();
  #refilling: Promise<number> | null = null;
  #opened: OpenedServer | null = null;
  #isOver = false;

  constructor(options: QueueOptions) {
    this.#options = options;
  }

  /** The server as it was set when messages were last read. */
  get opened(): OpenedServer | null {
    return this.#opened;
  }

  /** Whether there is work for another connection. */
  get hasMore(): boolean {
    return this.#waiting.length > 0;
  }

  /** Reads the server and the first messages. */
  async start(): Promise<void> {
    await this.#refill();
  }

  /** The next message; null when there is none that may be sent now. */
  async take(): Promise<OutboxMessage | null> {
    while (!this.#isOver) {
      const next = this.#waiting.shift();
      if (next !== undefined) {
        this.#taken.add(next.id);
        return next;
      }
      this.#refilling ??= this.#refill().finally(() => this.#refilling = null);
      if (await this.#refilling === 0) return null;
    }
    return null;
  }

  /** Puts one back that nothing happened to. */
  putBack(message: OutboxMessage): void {
    this.#taken.delete(message.id);
    this.#waiting.unshift(message);
  }

  /** What became of it is written: whether it is due is in the database again. */
  forget(id: string): void {
    this.#taken.delete(id);
  }

  /** Gives nothing more out. */
  end(): void {
    this.#isOver = true;
  }

  /** @returns how many came */
  async #refill(): Promise<number> {
    const { db, tenantId, clock, parts } = this.#options;
    return await withTenant(db, tenantId, async (trx) => {
      const now = clock.now();
      const tenant = await getTenant(trx);
      this.#opened = await openServer(parts, trx);
      if (this.#opened === null) {
        await skipOutbox(trx, "no_server");
        return 0;
      }
      const room = await this.#room(trx, this.#opened, now);
      if (room === 0) return 0;
      const found = await listOutbox(trx, {
        now,
        businessNow: businessNow(tenant, { now: () => now }).instant,
      }, { limit: Math.min(BATCH, room), except: [...this.#taken, ...this.#waiting.map(({ id }) => id)] });
      this.#waiting.push(...found);
      return found.length;
    });
  }

  /** How many may be sent now. Counted from what was sent, so that a restart forgets nothing. */
  async #room(trx: TenantTransaction, opened: OpenedServer, now: Temporal.Instant): Promise<number> {
    const limits = [{ max: opened.hourlyMax, minutes: 60 }, { max: opened.dailyMax, minutes: 24 * 60 }];
    let room = BATCH;
    for (const { max, minutes } of limits) {
      if (max === null) continue;
      const { count, firstAt } = await countSent(trx, { now, minutes });
      room = Math.min(room, Math.max(0, max - count - this.#taken.size));
      if (count < max || firstAt === null) continue;
      // One of them leaves the stretch then; a second later it is certainly out of it.
      await postponeSender(trx, firstAt.add({ minutes, seconds: 1 }));
    }
    return room;
  }
}

/** The settings of the tenant's server cannot be used: a secret in them does not open. */
export class SettingsUnreadable extends Error {
  override name = "SettingsUnreadable";
}

async function openServer(parts: OutboxParts, trx: TenantTransaction): Promise<OpenedServer | null> {
  try {
    return await parts.openServer(trx);
  } catch (error) {
    if (isUnavailable(error)) throw error;
    throw new SettingsUnreadable(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
