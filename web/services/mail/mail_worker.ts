import { lookupMailDue } from "@/web/store/mail/outbox.ts";
import { LineLimit } from "./line_limit.ts";
import { LineBudget } from "./mail_lines.ts";
import { MailWriter } from "./mail_writer.ts";
import { RefusalRun } from "./refusal_run.ts";
import { SenderDoubts } from "./sender_doubts.ts";
import type { SendingMemory, SendingOptions } from "./sending_options.ts";
import { TenantSending } from "./tenant_sending.ts";
import { type MailWait, untilMailIsOut } from "./until_mail_is_out.ts";

/** How the worker works. */
export interface MailWorkerOptions extends Omit<SendingOptions, "workerId"> {
  /** How often it looks by itself; hints may be lost. @default 3000 */
  pollMs?: number;
  /** How long a tenant is left alone whose pass ended in an error. @default 15000 */
  restMs?: number;
  /** How long mails of a bill run are left alone that could not be written each alone. @default 600000 */
  badRestMs?: number;
  /** Tenants at once. @default 16 */
  tenants?: number;
  /** How long a stop waits for messages that are on their way. @default 10000 */
  graceMs?: number;
}

/**
 * Writes the messages of bill runs and sends the mails of all tenants, several tenants at once; any number of processes may
 * do so. A tenant whose server is slow or away holds up nobody else: a pass takes nothing more after a minute, its last
 * answers take no place, and who waited longest is next.
 */
export class MailWorker {
  readonly #options: MailWorkerOptions;
  readonly #workerId = crypto.randomUUID();
  readonly #running = new Map<string, { sending: TenantSending; done: Promise<void> }>();
  readonly #memories = new Map<string, SendingMemory>();
  /** When a tenant's last pass ended. */
  readonly #servedMs = new Map<string, number>();
  /** Until when a tenant whose pass failed is left alone. */
  readonly #restingMs = new Map<string, number>();
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #writer: MailWriter;
  #looking: Promise<void> | null = null;
  #looksAgain = false;
  #isStopped = false;

  constructor(options: MailWorkerOptions) {
    this.#options = options;
    const { db, clock, log, restMs, badRestMs } = options;
    this.#writer = new MailWriter({
      db,
      clock,
      log,
      onWritten: () => this.#lookSoon(),
      ...(restMs !== undefined && { restMs }),
      ...(badRestMs !== undefined && { badRestMs }),
    });
    this.#timer = setInterval(() => this.wake(), options.pollMs ?? 3_000);
    this.wake();
  }

  /** Looks at once: something was queued, or may be. */
  wake(): void {
    this.#writer.wake();
    this.#lookSoon();
  }

  /** Takes nothing more, waits for what is on its way, and cuts what takes too long. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearInterval(this.#timer);
    await Promise.all([this.#writer.stop(), this.#looking]);
    const running = [...this.#running.values()];
    for (const { sending } of running) sending.end();
    const cutting = setTimeout(() => {
      for (const { sending } of running) sending.cut();
    }, this.#options.graceMs ?? 10_000);
    await Promise.all(running.map(({ done }) => done));
    clearTimeout(cutting);
  }

  /** Sends what a tenant has due now and waits for it, see {@linkcode untilMailIsOut}. */
  async goesOut(tenantId: string, { withinMs }: Pick<MailWait, "withinMs"> = {}): Promise<void> {
    const isResting = () => (this.#restingMs.get(tenantId) ?? 0) > performance.now();
    await untilMailIsOut(this.#options, tenantId, {
      ...(withinMs !== undefined && { withinMs }),
      isOver: () => this.#isStopped || isResting(),
      onDue: () => this.wake(),
    });
  }

  #lookSoon(): void {
    if (this.#isStopped) return;
    this.#looksAgain = true;
    this.#looking ??= this.#look().finally(() => {
      this.#looking = null;
      if (this.#looksAgain) this.#lookSoon();
    });
  }

  async #look(): Promise<void> {
    const { db, clock, log, tenants = 16 } = this.#options;
    while (this.#looksAgain && !this.#isStopped) {
      this.#looksAgain = false;
      try {
        const nowMs = performance.now();
        const due = (await lookupMailDue(db, clock.now()))
          .filter((id) => !this.#running.has(id) && (this.#restingMs.get(id) ?? 0) <= nowMs);
        due.sort((a, b) => (this.#servedMs.get(a) ?? 0) - (this.#servedMs.get(b) ?? 0));
        // Who only waits for answers takes no place: a server may take its ten minutes for one.
        const busy = [...this.#running.values()].filter(({ sending }) => !sending.isEnding).length;
        for (const tenantId of due.slice(0, Math.max(0, tenants - busy))) this.#serve(tenantId);
      } catch (error) {
        log.warn("mail_not_looked_at", { error });
      }
    }
  }

  #serve(tenantId: string): void {
    if (this.#isStopped) return;
    const { log } = this.#options;
    let memory = this.#memories.get(tenantId);
    if (memory === undefined) {
      memory = {
        budget: new LineBudget(),
        refusals: new RefusalRun(),
        doubts: new SenderDoubts(),
        lines: new LineLimit(),
      };
      this.#memories.set(tenantId, memory);
    }
    const sending = new TenantSending(tenantId, memory, { ...this.#options, workerId: this.#workerId });
    const done = sending.run().then((sent) => {
      if (sent > 0) log.info("mail_sent", { tenant_id: tenantId, count: sent });
      return sent > 0;
    }, (error: unknown) => {
      log.warn("mail_not_sent", { tenant_id: tenantId, error });
      this.#restingMs.set(tenantId, performance.now() + (this.#options.restMs ?? 15_000));
      return false;
    }).then((hasSent) => {
      this.#running.delete(tenantId);
      this.#servedMs.set(tenantId, performance.now());
      // What was queued meanwhile; after a pass that did nothing the next look is soon enough.
      if (hasSent) this.#lookSoon();
    });
    this.#running.set(tenantId, { sending, done });
  }
}
