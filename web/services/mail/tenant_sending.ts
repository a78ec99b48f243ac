import type { Kysely } from "kysely";
import type { Clock } from "@/shared/clock.ts";
import type { Logger } from "@/shared/log.ts";
import { coded, formatCoded } from "@/shared/codes/mod.ts";
import { isBrief, MESSAGES_REFUSED } from "@/web/domain/mail/sender_problems.ts";
import { cleanWords } from "@/web/gateways/mail/read_smtp_error.ts";
import { SendingTaken, type SessionOptions, SmtpSession } from "@/web/gateways/mail/smtp_session.ts";
import type { SendResult, SmtpFailure } from "@/web/gateways/mail/types.ts";
import { insertSystemLog } from "@/web/store/access/system_log.ts";
import { isUnavailable } from "@/web/store/db/database.ts";
import type { Database } from "@/web/store/db/schema.ts";
import { type TenantTransaction, withTenant } from "@/web/store/db/tenant_transaction.ts";
import { lockMailRevision } from "@/web/store/mail/mail_servers.ts";
import { extendExpiry, markDoubtful, type OutboxMessage, skipOld } from "@/web/store/mail/outbox.ts";
import { releaseLease, renewLease, type SenderRow, takeLease } from "@/web/store/mail/senders.ts";
import { decideLater, decideOutcome, expiryFrom } from "./decide_outcome.ts";
import {
  finishFailed,
  finishSent,
  finishSkipped,
  finishUntouched,
  NOBODY,
  type Try,
} from "./finish_message.ts";
import { type LineBudget, lineOf } from "./mail_lines.ts";
import type { OutboxParts } from "./outbox_parts.ts";
import { type Finished, OutboxJournal } from "./outbox_journal.ts";
import { OutboxQueue, type QueuedMessage, SettingsUnreadable } from "./outbox_queue.ts";
import type { PreparedMail } from "./prepare_mail.ts";
import type { RefusalRun } from "./refusal_run.ts";
import { resumeSender, type StopReason, stopSender } from "./stop_sender.ts";

/** How a tenant's messages are sent. */
export interface SendingOptions {
  db: Kysely<Database>;
  clock: Clock;
  log: Logger;
  parts: OutboxParts;
  /** This process. */
  workerId: string;
  /** How long the tenant waits for a process that died. @default 30000 */
  leaseMs?: number;
  /** Connections to its server at once. @default 5 */
  connections?: number;
  /** Other tenants wait for a place: after so long nothing more is taken. @default 60000 */
  passMs?: number;
  session?: SessionOptions;
  random?: () => number;
  /** How long a server is left alone that wants less in a second. @default 2000 */
  slowMs?: number;
}

/** What is known of a tenant from one pass to the next. */
export interface SendingMemory {
  budget: LineBudget;
  refusals: RefusalRun;
}

const CONNECTIONS = 5;
/** Some servers end a connection after so many; it is changed before. */
const MESSAGES_PER_CONNECTION = 100;
/** So many in a row that ended without an answer are the server's trouble, not the messages'. */
const TROUBLES_MAX = 5;
/** What waited so long is sent to nobody: a receipt of last month is a riddle. */
const OLD_DAYS = 30;

/** A connection of a pass: its session, and the settings that it was opened with. */
interface Line {
  session: SmtpSession | null;
  settings: string;
  /** Of those settings. */
  revision: number | null;
}

/**
 * Sends what a tenant has waiting, over a few connections, as the only process that does. A pass ends when nothing is
 * due, when the server wants nothing more, or when it took long enough.
 */
export class TenantSending {
  readonly #options: SendingOptions;
  readonly #tenantId: string;
  readonly #budget: LineBudget;
  readonly #refusals: RefusalRun;
  readonly #journal: OutboxJournal;
  readonly #queue: OutboxQueue;
  readonly #cut = new AbortController();
  readonly #running = new Set<Promise<void>>();
  /** Lines with a session. */
  #openLines = 0;
  /** Fewer once the server refuses one more. */
  #linesMax: number;
  /** What stops the tenant. */
  #stop: { reason: StopReason; revision: number | null } | null = null;
  /** Whether it was stopped before, and nothing has gone through since. */
  #isProbing = false;
  /** Whether what stopped it were refused messages: then one more is enough. */
  #isRefusing = false;
  #troubles = 0;
  #isEnding = false;
  #failure: unknown = null;
  #sent = 0;

  constructor(tenantId: string, { budget, refusals }: SendingMemory, options: SendingOptions) {
    const { db, clock, parts, workerId, log } = options;
    this.#options = options;
    this.#tenantId = tenantId;
    this.#budget = budget;
    this.#refusals = refusals;
    this.#linesMax = options.connections ?? CONNECTIONS;
    this.#queue = new OutboxQueue({ db, tenantId, clock, parts });
    const onWritten = (id: string) => this.#queue.forget(id);
    this.#journal = new OutboxJournal({ db, tenantId, workerId, log, onWritten });
  }

  /** Takes nothing more; what is on its way is finished. */
  end(): void {
    this.#isEnding = true;
    this.#queue.end();
  }

  /** Cuts what is on its way. */
  cut(): void {
    this.end();
    this.#journal.giveUp();
    this.#cut.abort();
  }

  /** @returns how many were sent; none where another process sends for the tenant */
  async run(): Promise<number> {
    const { workerId, leaseMs = 30_000, passMs = 60_000 } = this.#options;
    const lease = { workerId, ms: leaseMs };
    const sender = await this.#in((trx) => takeLease(trx, lease));
    if (sender === null) return 0;
    this.#isProbing = sender.problem !== null;
    this.#isRefusing = sender.problem === MESSAGES_REFUSED;
    const renewing = setInterval(() => this.#renew(lease), leaseMs / 3);
    const passing = setTimeout(() => this.end(), passMs);
    try {
      await this.#recover();
      // Another process may have found a problem since the tenant was looked up: a login is tried once a wait.
      if (isWaiting(sender, this.#options.clock.now())) return 0;
      await this.#in((trx) => this.#tidy(trx));
      await this.#queue.start();
      if (this.#queue.opened !== null) await this.#sendAll();
    } catch (error) {
      if (!(error instanceof SettingsUnreadable)) throw error;
      const words = cleanWords(error.message);
      this.#stop ??= {
        reason: { problem: "settings_unreadable", words, code: null, status: null },
        revision: this.#queue.revision,
      };
    } finally {
      clearTimeout(passing);
      await this.#journal.drain();
      clearInterval(renewing);
      await this.#in(async (trx) => {
        await this.#sayWhy(trx);
        await releaseLease(trx, workerId);
      });
    }
    return this.#sent;
  }

  #in<T>(work: (trx: TenantTransaction) => Promise<T>): Promise<T> {
    return withTenant(this.#options.db, this.#tenantId, work);
  }

  #renew(lease: { workerId: string; ms: number }): void {
    this.#in((trx) => renewLease(trx, lease)).then((isMine) => {
      if (!isMine) this.end();
    }, (error: unknown) => this.#options.log.warn("mail_lease_not_renewed", { error }));
  }

  /** What a process was handing over when it died is sent again under the same id, and marked. */
  async #recover(): Promise<void> {
    const at = this.#options.clock.now();
    await this.#in(async (trx) => {
      for (const { id, subscriber_id, bill_id, address, state } of await markDoubtful(trx)) {
        const to = address ?? NOBODY;
        const isOver = state === "failed";
        const said = isOver
          ? coded("log_mail_lost_twice", { to })
          : coded("log_mail_perhaps_double", { to, why: "process_ended" });
        const about = { messageId: id, subscriberId: subscriber_id, billId: bill_id };
        await insertSystemLog(
          trx,
          lineOf({
            at,
            level: isOver ? "error" : "warn",
            event: isOver ? "mail_failed" : "mail_perhaps_double",
            said,
            problem: isOver ? "answer_lost" : "process_ended",
            ...about,
          }),
        );
      }
    });
  }

  /** What waited for too long has its end; and after a stop nothing ends because it waited for that. */
  async #tidy(trx: TenantTransaction): Promise<void> {
    const at = this.#options.clock.now();
    if (this.#isProbing) await extendExpiry(trx, at);
    const count = await skipOld(trx, at.subtract({ hours: 24 * OLD_DAYS }));
    if (count === 0) return;
    const message = formatCoded(coded("log_mail_too_old", { count, days: OLD_DAYS }));
    const fields = { problem: "too_old", count };
    await insertSystemLog(trx, { at, level: "warn", source: "mail", event: "mail_too_old", message, fields });
  }

  /** What stops the tenant from now on, and lines that were left out. */
  async #sayWhy(trx: TenantTransaction): Promise<void> {
    const at = this.#options.clock.now();
    // Whoever saved other settings meanwhile has ended what these stopped at.
    if (this.#stop !== null && await lockMailRevision(trx) === this.#stop.revision) {
      const { reason } = this.#stop;
      const refusedIds = reason.problem === MESSAGES_REFUSED ? this.#refusals.takeIds() : [];
      await stopSender(trx, reason, { at, host: this.#host, refusedIds });
    }
    for (const line of this.#budget.summaries(at)) await insertSystemLog(trx, line);
  }

  get #host(): string | null {
    return this.#queue.opened?.server.host ?? null;
  }

  async #sendAll(): Promise<void> {
    this.#addLine();
    // A line may add others.
    while (this.#running.size > 0) await Promise.race(this.#running);
    if (this.#failure !== null) throw this.#failure;
  }

  #addLine(): void {
    const line: Line = { session: null, settings: "", revision: null };
    const running: Promise<void> = this.#work(line).catch((error: unknown) => {
      // The database is away: every line finds that out.
      this.#failure ??= error;
      this.end();
    }).finally(() => {
      this.#close(line);
      this.#running.delete(running);
    });
    this.#running.add(running);
  }

  async #work(line: Line): Promise<void> {
    while (!this.#isEnding) {
      const queued = await this.#queue.take();
      if (queued === null) return;
      if (!await this.#handle(line, queued)) return;
    }
  }

  /** @returns whether this line goes on */
  async #handle(line: Line, queued: QueuedMessage): Promise<boolean> {
    const { message, prepared } = queued;
    if (prepared.kind === "ready") return await this.#deliver(line, queued, prepared.mail);
    const at = this.#options.clock.now();
    const tried: Try = { message, address: prepared.address, at };
    if (prepared.kind === "skip") {
      this.#finish(finishSkipped(tried, prepared.reason));
      return true;
    }
    if (prepared.kind === "broken") this.#notMade(tried, prepared.words);
    else {
      const decision = { kind: "end", state: "failed", reason: "unsendable" } as const;
      this.#finish(finishFailed(tried, { words: prepared.words, code: null, status: null }, decision));
    }
    return true;
  }

  async #deliver(line: Line, queued: QueuedMessage, mail: PreparedMail): Promise<boolean> {
    const { message } = queued;
    const opening = await this.#openSession(line);
    if (opening !== null) {
      this.#queue.putBack(queued);
      // One connection too many is no problem while the others are served.
      if (isBrief(opening.problem) && this.#openLines > 0) this.#linesMax = this.#openLines;
      else this.#stopFor(line, opening);
      return false;
    }
    const { session } = line;
    if (session === null) return false;
    const isUsed = session.sent > 0;
    const result = await this.#send(session, message, mail);
    if (result === null) return true;
    const tried: Try = { message, address: mail.address, at: this.#options.clock.now() };
    if (result.ok) {
      this.#sent++;
      this.#troubles = 0;
      this.#refusals.clear();
      this.#finish(finishSent(tried, result.words));
      await this.#resume();
      return true;
    }
    return await this.#fail(line, queued, { tried, failure: result.failure, isUsed });
  }

  /** @returns whether this line goes on */
  async #fail(
    line: Line,
    queued: QueuedMessage,
    { tried, failure, isUsed }: { tried: Try; failure: SmtpFailure; isUsed: boolean },
  ): Promise<boolean> {
    if (failure.problem === "connection_lost" && isUsed) {
      // The server had enough of the connection, not of the message.
      this.#queue.putBack(queued);
      return true;
    }
    const decision = decideOutcome(tried.message, failure, this.#moment());
    if (decision.kind === "stop") {
      this.#finish(finishUntouched(tried));
      this.#stopFor(line, failure);
      return false;
    }
    if (decision.kind === "slow") return await this.#slowDown(line, tried, failure);
    this.#finish(finishFailed(tried, failure, decision));
    if (failure.problem === "message_refused") this.#noteRefused(line, tried, failure);
    this.#troubles = isBrief(failure.problem) ? this.#troubles + 1 : 0;
    if (this.#troubles >= TROUBLES_MAX) this.#stopFor(line, failure);
    return true;
  }

  /** Fewer connections, then pauses; a server that still wants less is left alone for longer. */
  async #slowDown(line: Line, tried: Try, failure: SmtpFailure): Promise<boolean> {
    this.#finish(finishUntouched(tried));
    if (this.#openLines > 1) {
      this.#linesMax = this.#openLines - 1;
      this.#close(line);
      return false;
    }
    this.#troubles++;
    if (this.#troubles >= TROUBLES_MAX) this.#stopFor(line, failure);
    else await new Promise((resolve) => setTimeout(resolve, this.#options.slowMs ?? 2_000));
    return true;
  }

  /** One is refused for itself; one after the other, or while that is what the tenant waits for, for who sends it. */
  #noteRefused(line: Line, { message, address }: Try, failure: SmtpFailure): void {
    // Put back once, while others were taken meanwhile: it was its own fault.
    if (message.reason === MESSAGES_REFUSED && !this.#isProbing) return;
    const isMany = this.#refusals.add(address ?? NOBODY, message.id);
    if (isMany || (this.#isRefusing && this.#isProbing)) {
      this.#stopFor(line, { ...failure, problem: MESSAGES_REFUSED });
    }
  }

  /** @returns null when it could not be begun; then this process may not send any more, or the message is at fault */
  async #send(session: SmtpSession, message: OutboxMessage, mail: PreparedMail): Promise<SendResult | null> {
    try {
      return await session.send(mail.built, () => this.#begin(message, mail));
    } catch (error) {
      if (isUnavailable(error)) throw error;
      if (error instanceof SendingTaken) this.end();
      else {this.#notMade(
          { message, address: null, at: this.#options.clock.now() },
          cleanWords(String(error)),
        );}
      return null;
    }
  }

  #notMade(tried: Try, words: string): void {
    const decision = decideLater(tried.message, { reason: "not_made" }, this.#moment());
    this.#finish(finishFailed(tried, { words, code: null, status: null }, decision));
  }

  #begin(
    message: OutboxMessage,
    { address, subject, messageId, attachmentSha256 }: PreparedMail,
  ): Promise<boolean> {
    const begunAt = this.#options.clock.now();
    const expiresAt = message.expires_at ?? expiryFrom(begunAt);
    return this.#journal.begin({
      id: message.id,
      address,
      subject,
      messageId,
      attachmentSha256,
      expiresAt,
      begunAt,
    });
  }

  /** @returns what it failed at; null: there is a session */
  async #openSession(line: Line): Promise<SmtpFailure | null> {
    const { opened, revision } = this.#queue;
    if (opened === null) return null;
    const settings = JSON.stringify(opened.server);
    const isGood = line.session?.isOpen === true && line.settings === settings &&
      line.session.sent < MESSAGES_PER_CONNECTION;
    if (isGood) return null;
    this.#close(line);
    line.revision = revision;
    const result = await SmtpSession.open(opened.server, {
      ...this.#options.session,
      signal: this.#cut.signal,
    });
    if (!result.ok) return result.failure;
    line.session = result.session;
    line.settings = settings;
    this.#openLines++;
    this.#addLines();
    return null;
  }

  /** Once one got in; and while a problem may still be there, that one alone. */
  #addLines(): void {
    if (this.#isProbing || this.#isEnding) return;
    while (this.#running.size < this.#linesMax && this.#queue.hasMore) this.#addLine();
  }

  #close(line: Line): void {
    if (line.session === null) return;
    line.session.close();
    line.session = null;
    this.#openLines--;
  }

  async #resume(): Promise<void> {
    if (!this.#isProbing) return;
    this.#isProbing = false;
    await this.#in((trx) => resumeSender(trx, { at: this.#options.clock.now(), host: this.#host }));
    this.#addLines();
  }

  #stopFor({ revision }: Line, reason: StopReason): void {
    this.#stop ??= { reason, revision };
    this.end();
  }

  #finish(finished: Finished): void {
    const { line } = finished;
    const said = line === undefined ? null : this.#budget.take(line, performance.now());
    const { line: _, ...unsaid } = finished;
    this.#journal.finish(said === null ? unsaid : { ...unsaid, line: said });
  }

  #moment() {
    const { clock, random = Math.random } = this.#options;
    return { now: clock.now(), random };
  }
}

/** A wait that is longer than any is one of a clock that was set back, and not waited for. */
function isWaiting({ not_before_at: until }: SenderRow, now: Temporal.Instant): boolean {
  return until !== null && Temporal.Instant.compare(until, now) > 0 &&
    Temporal.Instant.compare(until, now.add({ hours: 25 })) <= 0;
}
