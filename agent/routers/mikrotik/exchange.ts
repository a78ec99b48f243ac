import {
  ClosedError,
  FatalError,
  lettersOf,
  parseReply,
  ProtocolError,
  type Reply,
  type RouterOsError,
  type Sentence,
  type TimeoutError,
} from "@/shared/routeros/mod.ts";
import { Deadline, type DeadlineLimit } from "./deadline.ts";
import { keepAlive } from "./keepalive.ts";
import type { Liveness } from "./liveness.ts";
import { OpenRequests } from "./open_requests.ts";
import { ReadingGate } from "./reading_gate.ts";
import { closedFor, type Request, timeoutOf, WithdrawnError } from "./request.ts";
import { RequestQueue } from "./request_queue.ts";
import { type SessionOptions, type SessionTimes, timesOf } from "./session_options.ts";
import { TokenBucket } from "./token_bucket.ts";
import { Tracer } from "./tracer.ts";
import type { Duplex } from "./transport.ts";
import { Wire } from "./wire.ts";

/** How long a request may take, and what is said when it took longer. */
interface RequestLimits {
  totalMs: number;
  rowGapMs: number;
  errorFor: (limit: DeadlineLimit, ms: number) => TimeoutError;
}

/**
 * Requests and their replies over one byte stream: what may go when, what has come back, what became late, and what an
 * end of the stream means for each. Knows nothing of logging in.
 */
export class Exchange {
  readonly #options: SessionOptions;
  readonly #times: SessionTimes;
  readonly #wire: Wire;
  readonly #waiting: RequestQueue;
  readonly #open = new OpenRequests();
  readonly #gate: ReadingGate;
  readonly #tracer: Tracer;
  readonly #ended = Promise.withResolvers<void>();
  #refillTimer: ReturnType<typeof setTimeout> | null = null;
  #liveness: Liveness | null = null;
  /** When bytes came last, in monotonic milliseconds; null before the first. */
  #heardAt: number | null = null;
  #closed: RouterOsError | null = null;

  constructor(duplex: Duplex, options: SessionOptions) {
    this.#options = options;
    this.#times = timesOf(options);
    const rate = options.writeRate ?? { perSecond: 10, burst: 50 };
    this.#waiting = new RequestQueue(new TokenBucket(rate, () => performance.now()));
    this.#tracer = new Tracer(options, this.#open);
    this.#gate = new ReadingGate((isHeld) => this.#readingChanged(isHeld));
    this.#wire = new Wire(duplex, {
      onBytes: () => this.#heard(),
      onSentence: (sentence) => this.#receive(sentence),
      readiness: () => this.#gate.readiness(),
      onEnd: (error) => this.#ending(error),
    });
    void this.#wire.run();
  }

  /** Settles when the connection is gone, for whatever reason. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  /** Why nothing more can be asked; null while it can. */
  get closed(): RouterOsError | null {
    return this.#closed;
  }

  /** Whether the other side has said anything at all. */
  get hasHeard(): boolean {
    return this.#heardAt !== null;
  }

  nextTag(): string {
    return this.#open.nextTag();
  }

  /** Sends it when its turn comes. */
  queue(request: Request): void {
    this.#watchSignal(request);
    this.#waiting.push(request);
    this.#pump();
  }

  /** Sends it at once, outside of the window. */
  sendNow(request: Request, withinMs: number, errorFor: () => TimeoutError): void {
    this.#open.add(request);
    this.#watchSignal(request);
    this.#arm(request, { totalMs: withinMs, rowGapMs: withinMs, errorFor });
    this.#send(request);
  }

  /** Reads no more while a reader of rows is behind. */
  get gate(): ReadingGate {
    return this.#gate;
  }

  /** Takes no more requests, and says goodbye. */
  quit(error: RouterOsError): void {
    this.#sendWords(["/quit"]);
    this.#rejectAll((request) => closedFor(request, error.message));
    this.#closed = error;
    this.#stopTimers();
    this.#gate.openForGood();
  }

  /** Sends what the window and the write rate allow, restores first. */
  #pump(): void {
    const window = this.#options.window ?? 4;
    while (this.#closed === null && this.#open.running < window) {
      const request = this.#waiting.next();
      if (request === null) break;
      if (request.options.isStillWanted?.() === false) {
        request.reject(new WithdrawnError(request.command));
        this.#release(request);
        continue;
      }
      this.#start(request);
    }
    if (this.#waiting.isWriteHeld) this.#wakeAtNextPermit();
  }

  #start(request: Request): void {
    // A listen never ends: it takes no place, and nobody waits for its next row.
    if (!request.isEndless) {
      this.#liveness?.asking();
      this.#arm(request, {
        totalMs: request.options.deadlineMs ?? this.#times.deadlineMs,
        rowGapMs: this.#times.rowGapMs,
        errorFor: (limit, ms) => timeoutOf(request, limit, ms),
      });
    }
    this.#open.add(request);
    this.#send(request);
  }

  #wakeAtNextPermit(): void {
    if (this.#refillTimer !== null) return;
    this.#refillTimer = setTimeout(() => {
      this.#refillTimer = null;
      this.#pump();
    }, Math.max(1, this.#waiting.waitMs()));
  }

  #send(request: Request): void {
    request.sent = true;
    this.#sendWords(request.words);
  }

  #sendWords(words: readonly string[]): void {
    this.#tracer.sent(words);
    this.#wire.send(words);
  }

  #arm(request: Request, limits: RequestLimits): void {
    const { errorFor, ...times } = limits;
    request.deadline = new Deadline({
      ...times,
      isStream: request.stream !== null,
      onOver: (limit, ms) => this.abandon(request, request.unfinished(errorFor(limit, ms))),
      heardAt: () => this.#heardAt ?? 0,
      now: () => performance.now(),
    });
    if (this.#gate.readiness() !== null) request.deadline.stop();
  }

  /** Nothing that is not read can be late. */
  #readingChanged(isHeld: boolean): void {
    for (const { deadline } of this.#open.all()) {
      if (isHeld) deadline?.stop();
      else deadline?.resume();
    }
    if (isHeld) this.#liveness?.pause();
    else this.#liveness?.resume();
  }

  #watchSignal(request: Request): void {
    const { signal } = request.options;
    if (signal === undefined) return;
    const onAbort = () => this.abandon(request, signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    request.onAbort = onAbort;
  }

  /** Gives up on a request; if it was sent the router is told to stop, and its late replies meet no one. */
  abandon(request: Request, reason: unknown): void {
    if (request.sent && request.tag !== null && this.#closed === null) {
      this.#sendWords(["/cancel", `=tag=${request.tag}`, `.tag=${this.#open.nextTag()}`]);
    }
    this.#waiting.remove(request);
    request.reject(reason);
    this.#release(request);
    this.#pump();
  }

  #release(request: Request): void {
    request.deadline?.stop();
    if (request.onAbort !== null) request.options.signal?.removeEventListener("abort", request.onAbort);
    this.#open.remove(request);
  }

  #heard(): void {
    this.#heardAt = performance.now();
    this.#liveness?.heard();
  }

  #receive(sentence: Sentence): void {
    const reply = parseReply(sentence);
    this.#tracer.received(sentence, reply);
    if (reply.type === "!fatal") return this.#fatal(reply);
    const request = this.#open.of(reply);
    if (request === null || !request.accept(reply, lettersOf(sentence))) return;
    if (request.skipped > 0) this.#options.onSkippedRows?.(request.command, request.skipped);
    this.#release(request);
    this.#pump();
  }

  #fatal(reply: Reply): void {
    const reason = this.#tracer.clean(reply.reason ?? "");
    this.#rejectAll((request) => new FatalError(reason, request.sent));
    this.shut(
      new ClosedError(`Cannot run more commands: the router ended the session ("${reason}")`, false),
    );
  }

  #ending(error: unknown): void {
    if (error instanceof ProtocolError) {
      this.#rejectAll((request) => request.tag !== null && request.sent ? error.unconfirmed() : error);
      return this.shut(error);
    }
    const message = "Cannot reach the router any more: the connection was closed";
    this.shut(new ClosedError(message, false, error === null ? {} : { cause: error }));
  }

  /** Closes without a goodbye. The first reason is the one that later calls are told. */
  shut(reason: RouterOsError): void {
    this.#closed ??= reason;
    this.#stopTimers();
    this.#rejectAll((request) => closedFor(request, reason.message));
    this.#wire.close();
    this.#gate.openForGood();
    this.#ended.resolve();
  }

  #rejectAll(errorFor: (request: Request) => RouterOsError): void {
    for (const request of [...this.#open.all(), ...this.#waiting.drain()]) {
      request.reject(request.unfinished(errorFor(request)));
      this.#release(request);
    }
  }

  #stopTimers(): void {
    if (this.#refillTimer !== null) clearTimeout(this.#refillTimer);
    this.#refillTimer = null;
    this.#liveness?.stop();
  }

  /** From now on silence is noticed: a login has a deadline of its own. */
  watch(): void {
    if (this.#closed !== null) return;
    this.#liveness = keepAlive({
      times: this.#times,
      open: this.#open,
      isClosed: () => this.#closed !== null,
      send: (ping) => this.#sendPing(ping),
      onDead: (reason) => this.shut(reason),
    });
  }

  #sendPing(ping: Request): void {
    const { deadlineMs } = this.#times;
    this.#arm(ping, {
      totalMs: deadlineMs,
      rowGapMs: deadlineMs,
      errorFor: (limit, ms) => timeoutOf(ping, limit, ms),
    });
    this.#send(ping);
  }
}
