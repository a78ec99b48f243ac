import type { Kysely } from "kysely";
import type { Clock } from "@/shared/clock.ts";
import { businessNow } from "@/web/services/business_clock.ts";
import { isUnavailable } from "@/web/store/db/database.ts";
import type { Database } from "@/web/store/db/schema.ts";
import { type TenantTransaction, withTenant } from "@/web/store/db/tenant_transaction.ts";
import { listOutbox, type OutboxMessage, skipOutbox } from "@/web/store/mail/outbox.ts";
import { countHandedOver } from "@/web/store/mail/handovers.ts";
import { lockMailRevision } from "@/web/store/mail/mail_servers.ts";
import { postponeSender } from "@/web/store/mail/senders.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import type { OpenedServer, OutboxParts } from "./outbox_parts.ts";
import { BatchSpoiled, brokenBy, type Preparation, prepareMails } from "./prepare_mail.ts";

/** Messages that are read and made at once; who paid waits behind no more than these. */
const BATCH = 16;
/** The next ones are read while so many are left. */
const LOW = 12;
/** What was made so long ago is made again: somebody may have paid. */
const FRESH_MS = 5_000;

/** Whose messages. */
export interface QueueOptions {
  db: Kysely<Database>;
  tenantId: string;
  clock: Clock;
  parts: OutboxParts;
}

/** A message and what it came to. */
export interface QueuedMessage {
  message: OutboxMessage;
  prepared: Preparation;
  preparedMs: number;
}

/** The messages of a tenant in their order, made a few ahead and no faster than its provider allows. */
export class OutboxQueue {
  readonly #options: QueueOptions;
  #waiting: QueuedMessage[] = [];
  /** On their way, until what became of them is written. */
  readonly #taken = new Set<string>();
  #refilling: Promise<number> | null = null;
  #opened: OpenedServer | null = null;
  #revision: number | null = null;
  #isOver = false;

  constructor(options: QueueOptions) {
    this.#options = options;
  }

  /** The server as it was set when messages were last read. */
  get opened(): OpenedServer | null {
    return this.#opened;
  }

  /** Of the settings that messages were last read with; null: none were set. */
  get revision(): number | null {
    return this.#revision;
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
  async take(): Promise<QueuedMessage | null> {
    while (!this.#isOver) {
      const next = this.#waiting.shift();
      if (next !== undefined) {
        this.#taken.add(next.message.id);
        if (this.#waiting.length < LOW) this.#refillSoon();
        return performance.now() - next.preparedMs < FRESH_MS ? next : await this.#again(next.message);
      }
      if (await this.#refillSoon() === 0 && this.#waiting.length === 0) return null;
    }
    return null;
  }

  /** Puts one back that nothing happened to. */
  putBack(queued: QueuedMessage): void {
    this.#taken.delete(queued.message.id);
    this.#waiting.unshift(queued);
  }

  /** What became of it is written: whether it is due is in the database again. */
  forget(id: string): void {
    this.#taken.delete(id);
  }

  /** Gives nothing more out. */
  end(): void {
    this.#isOver = true;
  }

  #refillSoon(): Promise<number> {
    this.#refilling ??= this.#refill().finally(() => this.#refilling = null);
    // Whoever finds nothing waiting asks for the outcome, an error included.
    this.#refilling.catch(() => {});
    return this.#refilling;
  }

  /** @returns how many came */
  async #refill(): Promise<number> {
    const made = await this.#make(true).catch((error: unknown) => {
      if (error instanceof BatchSpoiled) return this.#make(false);
      throw error;
    });
    const preparedMs = performance.now();
    for (const { message, prepared } of made) {
      const queued = prepared === null ? await this.#again(message) : { message, prepared, preparedMs };
      this.#waiting.push(queued);
    }
    return made.length;
  }

  /** Reads what is due, and makes it in the same transaction unless one of them spoils that. */
  #make(isTogether: boolean): Promise<{ message: OutboxMessage; prepared: Preparation | null }[]> {
    const { db, tenantId, clock, parts } = this.#options;
    return withTenant(db, tenantId, async (trx) => {
      const now = clock.now();
      const tenant = await getTenant(trx);
      this.#revision = await lockMailRevision(trx);
      const opened = await openServer(parts, trx);
      this.#opened = opened;
      if (opened === null) {
        await skipOutbox(trx, "no_server");
        return [];
      }
      const room = await this.#room(trx, opened, now);
      if (room === 0) return [];
      const businessAt = businessNow(tenant, { now: () => now }).instant;
      const except = [...this.#taken, ...this.#waiting.map(({ message }) => message.id)];
      const limit = Math.min(BATCH, room);
      const messages = await listOutbox(trx, { now, businessNow: businessAt }, { limit, except });
      const prepared = isTogether ? await prepareMails(trx, messages, { parts, opened, now }) : [];
      return messages.map((message, n) => ({ message, prepared: prepared[n] ?? null }));
    });
  }

  /** Makes one by itself. */
  async #again(message: OutboxMessage): Promise<QueuedMessage> {
    const { db, tenantId, clock, parts } = this.#options;
    const opened = this.#opened;
    if (opened === null) throw new Error(`Cannot make message ${message.id}: no server is set`);
    const options = { parts, opened, now: clock.now() };
    const [prepared] = await withTenant(db, tenantId, (trx) => prepareMails(trx, [message], options))
      .catch((error: unknown) => {
        if (error instanceof BatchSpoiled) return [brokenBy(error, null)];
        throw error;
      });
    if (prepared === undefined) throw new Error(`Cannot make message ${message.id}: nothing was made`);
    return { message, prepared, preparedMs: performance.now() };
  }

  /** How many may be sent now. Counted from what was handed over, so that a restart forgets nothing. */
  async #room(trx: TenantTransaction, opened: OpenedServer, now: Temporal.Instant): Promise<number> {
    const { minuteMax = null, hourlyMax, dailyMax } = opened;
    const limits = [
      { max: minuteMax, minutes: 1 },
      { max: hourlyMax, minutes: 60 },
      { max: dailyMax, minutes: 24 * 60 },
    ];
    let room = BATCH;
    let until: Temporal.Instant | null = null;
    // Before it is counted what was sent: one whose outcome is written meanwhile counts twice and not never.
    const held = this.#taken.size + this.#waiting.length;
    for (const { max, minutes } of limits) {
      if (max === null) continue;
      const { count, firstAt } = await countHandedOver(trx, { now, minutes });
      room = Math.min(room, Math.max(0, max - count - held));
      if (count < max || firstAt === null) continue;
      // One of them leaves the stretch then; a second later it is certainly out of it.
      const free = firstAt.add({ minutes, seconds: 1 });
      if (until === null || Temporal.Instant.compare(free, until) > 0) until = free;
    }
    if (until !== null) await postponeSender(trx, until);
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
