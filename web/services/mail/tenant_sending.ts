import { isBrief } from "@/web/domain/mail/sender_problems.ts";
import { cleanWords } from "@/web/gateways/mail/read_smtp_error.ts";
import { SendingTaken } from "@/web/gateways/mail/message_content.ts";
import { wantsNewConnection } from "@/web/gateways/mail/read_smtp_answer.ts";
import type { SmtpSession } from "@/web/gateways/mail/smtp_session.ts";
import type { SendResult, SmtpFailure } from "@/web/gateways/mail/types.ts";
import { insertSystemLog } from "@/web/store/access/system_log.ts";
import { isUnavailable } from "@/web/store/db/database.ts";
import { type TenantTransaction, withTenant } from "@/web/store/db/tenant_transaction.ts";
import { lockMailRevision } from "@/web/store/mail/mail_servers.ts";
import type { OutboxMessage } from "@/web/store/mail/outbox.ts";
import { releaseLease, renewLease, takeLease, touchSender } from "@/web/store/mail/senders.ts";
import { decideLater, decideOutcome, decideOwn, isWaiting, mayBeOfMessage } from "./decide_outcome.ts";
import {
  finishAside,
  finishFailed,
  finishSent,
  finishSkipped,
  finishUntouched,
  type Try,
} from "./finish_message.ts";
import type { LineLimit } from "./line_limit.ts";
import type { LineBudget } from "./mail_lines.ts";
import { type Finished, OutboxJournal } from "./outbox_journal.ts";
import { OutboxQueue, type QueuedMessage, SettingsUnreadable } from "./outbox_queue.ts";
import { begunOf, type PreparedMail } from "./prepare_mail.ts";
import { recoverDoubtful, tidyOutbox } from "./recover_outbox.ts";
import { type Line, SendingLines } from "./sending_lines.ts";
import type { Doubt } from "./sender_doubts.ts";
import { SenderVerdict } from "./sender_verdict.ts";
import type { SendingMemory, SendingOptions } from "./sending_options.ts";
import { ASIDE_MINUTES, resumeSender, type StopReason, stopSender } from "./stop_sender.ts";

const CONNECTIONS = 10;
/** Until the server has taken one: what it refuses for who sends is refused to few. */
const CONNECTIONS_UNTRIED = 5;
/** What is too much at once is not at once tried again. */
const SLOW_MINUTES = 1;
/**
 * Sends what a tenant has waiting, over a few connections, as the only process that does. A pass ends when nothing is
 * due, when the server wants nothing more, or when it took long enough.
 */
export class TenantSending {
  readonly #options: SendingOptions;
  readonly #tenantId: string;
  readonly #budget: LineBudget;
  readonly #limit: LineLimit;
  readonly #verdict: SenderVerdict;
  readonly #journal: OutboxJournal;
  readonly #queue: OutboxQueue;
  readonly #cut = new AbortController();
  readonly #lines: SendingLines;
  /** What stops the tenant. */
  #stop: { reason: StopReason; revision: number | null } | null = null;
  #isEnding = false;
  #failure: unknown = null;

  constructor(tenantId: string, memory: SendingMemory, options: SendingOptions) {
    const { budget, lines } = memory;
    const { db, clock, parts, workerId, log } = options;
    this.#options = options;
    this.#tenantId = tenantId;
    this.#budget = budget;
    this.#verdict = new SenderVerdict(memory);
    this.#limit = lines;
    this.#queue = new OutboxQueue({ db, tenantId, clock, parts });
    const onWritten = (id: string) => this.#queue.forget(id);
    this.#journal = new OutboxJournal({ db, tenantId, workerId, log, onWritten });
    this.#lines = new SendingLines({
      max: lines.of(options.connections ?? CONNECTIONS, performance.now()),
      session: { ...options.session, signal: this.#cut.signal },
      work: (line) => this.#work(line),
      // The database is away: every line finds that out.
      onFailure: (error) => {
        this.#failure ??= error;
        this.end();
      },
    });
  }

  /** Whether it takes nothing more. */
  get isEnding(): boolean {
    return this.#isEnding;
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
    this.#verdict.start(sender);
    const renewing = setInterval(() => this.#renew(lease), leaseMs / 3);
    const passing = setTimeout(() => this.end(), passMs);
    try {
      await this.#in((trx) => recoverDoubtful(trx, this.#options.clock.now()));
      // Another process may have found a problem since the tenant was looked up: a login is tried once a wait.
      if (isWaiting(sender, this.#options.clock.now())) return 0;
      const tidying = { at: this.#options.clock.now(), wasStopped: sender.problem !== null };
      await this.#in((trx) => tidyOutbox(trx, tidying));
      await this.#queue.start();
      if (this.#queue.opened !== null) await this.#lines.run();
      if (this.#failure !== null) throw this.#failure;
      this.#settle();
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
        // The journal says so no more than once a second.
        const { sent, lastSentAt } = this.#verdict;
        if (sent > 0 && lastSentAt !== null) await touchSender(trx, lastSentAt);
        await this.#sayWhy(trx);
        await releaseLease(trx, workerId);
      });
    }
    return this.#verdict.sent;
  }

  #in<T>(work: (trx: TenantTransaction) => Promise<T>): Promise<T> {
    return withTenant(this.#options.db, this.#tenantId, work);
  }

  #renew(lease: { workerId: string; ms: number }): void {
    this.#in((trx) => renewLease(trx, lease)).then((isMine) => {
      if (!isMine) this.end();
    }, (error: unknown) => this.#options.log.warn("mail_lease_not_renewed", { error }));
  }

  /** What stops the tenant from now on, and lines that were left out. */
  async #sayWhy(trx: TenantTransaction): Promise<void> {
    const at = this.#options.clock.now();
    // Whoever saved other settings meanwhile has ended what these stopped at.
    if (this.#stop !== null && await lockMailRevision(trx) === this.#stop.revision) {
      const { reason } = this.#stop;
      const refusedIds = this.#verdict.takeRefused(reason.problem);
      await stopSender(trx, reason, { at, host: this.#host, refusedIds });
    }
    for (const line of this.#budget.summaries(at)) await insertSystemLog(trx, line);
  }

  get #host(): string | null {
    return this.#queue.opened?.server.host ?? null;
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
    const { opened, revision } = this.#queue;
    if (opened === null) return false;
    const opening = await this.#lines.openSession(line, opened, revision);
    if (!opening.ok) {
      this.#queue.putBack(queued);
      // One connection too many is no problem while the others are served.
      if (isBrief(opening.failure.problem) && this.#lines.open > 0) this.#useFewer(this.#lines.open);
      else if (!this.#cut.signal.aborted) this.#stopFor(line, opening.failure);
      return false;
    }
    if (opening.isNew) this.#addLines();
    const { session } = line;
    if (session === null) return false;
    const isUsed = session.sent > 0;
    const turn = this.#verdict.begin(message);
    const result = await this.#send(session, message, mail);
    if (result === null) return true;
    const tried: Try = { message, address: mail.address, at: this.#options.clock.now() };
    if (result.ok) {
      const { isProbing } = this.#verdict;
      const own = this.#verdict.taken(turn, tried.at);
      this.#finish(finishSent(tried, result.words));
      for (const doubt of own) this.#finishOwn(doubt);
      if (isProbing) await this.#resume();
      if (this.#verdict.sent === 1) this.#addLines();
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
    if (isUsed && (failure.problem === "connection_lost" || wantsNewConnection(failure))) {
      // The server had enough of the connection, not of the message.
      this.#lines.close(line);
      if (failure.command === "DATA") this.#finish(finishUntouched(tried));
      else this.#queue.putBack(queued);
      return true;
    }
    const decision = decideOutcome(tried.message, failure, this.#moment());
    if (decision.kind === "stop") {
      this.#doubt(line, tried, failure);
      return true;
    }
    if (decision.kind === "slow") return await this.#slowDown(line, tried, failure);
    this.#finish(finishFailed(tried, failure, decision));
    const reason = this.#verdict.failed(tried, failure);
    if (reason !== null) this.#stopFor(line, reason);
    return true;
  }

  /** It sounds as if it were about who sends; an answer to a recipient or a content may be about that alone. */
  #doubt(line: Line, tried: Try, failure: SmtpFailure): void {
    if (!mayBeOfMessage(failure)) {
      this.#finish(finishUntouched(tried));
      return this.#stopFor(line, failure);
    }
    const again = this.#verdict.decideAgain(tried.message, failure, this.#moment());
    if (again !== null) return this.#finish(finishFailed(tried, failure, again));
    this.#finish(finishAside(tried, failure, ASIDE_MINUTES));
    const isSender = this.#verdict.doubted({ tried, failure, revision: line.revision });
    if (isSender) this.#stopFor(line, failure);
  }

  /** Ends, or delays, one whose answer was about itself. */
  #finishOwn({ tried, failure }: Doubt): void {
    this.#finish(finishFailed(tried, failure, decideOwn(tried.message, failure, this.#moment())));
  }

  /** Nothing more is due that could have settled a doubt. */
  #settle(): void {
    const doubt = this.#isEnding ? null : this.#verdict.unsettled(this.#options.clock.now());
    if (doubt !== null) this.#stop ??= { reason: doubt.failure, revision: doubt.revision };
  }

  /** Fewer connections, then pauses; a server that still wants less is left alone for longer. */
  async #slowDown(line: Line, tried: Try, failure: SmtpFailure): Promise<boolean> {
    const { message } = tried;
    // Others go first; and where it is that recipient who wants less, it waits longer each time.
    const isKnown = message.reason === failure.problem;
    this.#finish(
      isKnown
        ? finishFailed(tried, failure, decideLater(message, { reason: failure.problem }, this.#moment()))
        : finishAside(tried, failure, SLOW_MINUTES),
    );
    if (this.#lines.open > 1) {
      this.#useFewer(this.#lines.open - 1);
      this.#lines.close(line);
      return false;
    }
    if (!isKnown && this.#verdict.slowed()) this.#stopFor(line, failure);
    else await new Promise((resolve) => setTimeout(resolve, this.#options.slowMs ?? 2_000));
    return true;
  }

  #useFewer(max: number): void {
    this.#lines.limit(max);
    this.#limit.note(max, performance.now());
  }

  /** @returns null when it could not be begun; then this process may not send any more, or the message is at fault */
  async #send(session: SmtpSession, message: OutboxMessage, mail: PreparedMail): Promise<SendResult | null> {
    try {
      return await session.send(
        mail.built,
        () => this.#journal.begin(begunOf(message, mail, this.#options.clock.now())),
      );
    } catch (error) {
      if (isUnavailable(error)) throw error;
      if (error instanceof SendingTaken) this.end();
      else {
        const tried = { message, address: null, at: this.#options.clock.now() };
        this.#notMade(tried, cleanWords(String(error)));
      }
      return null;
    }
  }

  #notMade(tried: Try, words: string): void {
    const decision = decideLater(tried.message, { reason: "not_made" }, this.#moment());
    this.#finish(finishFailed(tried, { words, code: null, status: null }, decision));
  }

  /** Once one got in; and while a problem may still be there, that one alone. */
  #addLines(): void {
    if (this.#verdict.isProbing) return;
    const known = this.#queue.opened?.connectionsMax ?? CONNECTIONS;
    const max = this.#verdict.sent > 0 ? known : Math.min(known, CONNECTIONS_UNTRIED);
    this.#lines.fill(max, () => !this.#isEnding && this.#queue.hasMore);
  }

  async #resume(): Promise<void> {
    await this.#in((trx) => resumeSender(trx, { at: this.#options.clock.now(), host: this.#host }));
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
