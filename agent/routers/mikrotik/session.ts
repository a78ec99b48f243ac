import {
  ClosedError,
  FatalError,
  parseReply,
  ProtocolError,
  type Reply,
  type RouterOsError,
  type Row,
  type Sentence,
  SilentPortError,
  TimeoutError,
} from "@/shared/routeros/mod.ts";
import {
  type CallOptions,
  type CallResult,
  closedFor,
  isUnaddressed,
  Request,
  timeoutOf,
  UnaddressedError,
  WithdrawnError,
  wordsOf,
} from "./request.ts";
import { loginErrorOf, tooOldError } from "./login_error.ts";
import { Liveness } from "./liveness.ts";
import { RequestQueue } from "./request_queue.ts";
import { type Attributes, type SessionOptions, type SessionTimes, timesOf } from "./session_options.ts";
import { TokenBucket } from "./token_bucket.ts";
import { type Duplex, openDuplex } from "./transport.ts";
import { Wire } from "./wire.ts";

const QUIT_WAIT_MS = 500;

/**
 * One logged-in connection to a router. Commands overlap, told apart by tag; restores overtake everything that still
 * waits. When the connection goes, every pending call fails with a ClosedError that says whether it had been sent.
 */
export class RouterOsSession {
  readonly #options: SessionOptions;
  readonly #times: SessionTimes;
  readonly #wire: Wire;
  readonly #waiting: RequestQueue;
  readonly #inFlight = new Map<string, Request>();
  readonly #ended = Promise.withResolvers<void>();
  /** The login, which goes without a tag because that is the form every version is known to take. */
  #untagged: Request | null = null;
  #lastTag = 0;
  #running = 0;
  #refillTimer: ReturnType<typeof setTimeout> | null = null;
  #liveness: Liveness | null = null;
  #hasHeard = false;
  /** The small question whose only use is an answer. */
  #ping: Request | null = null;
  #closed: RouterOsError | null = null;

  private constructor(duplex: Duplex, options: SessionOptions) {
    this.#options = options;
    this.#times = timesOf(options);
    const rate = options.writeRate ?? { perSecond: 10, burst: 50 };
    this.#waiting = new RequestQueue(new TokenBucket(rate, () => performance.now()));
    this.#wire = new Wire(duplex, {
      onBytes: () => this.#heard(),
      onSentence: (sentence) => this.#receive(sentence),
      onEnd: (error) => this.#ending(error),
    });
    void this.#wire.run();
  }

  /** Connects and logs in, both within one deadline; on any failure nothing stays open. */
  static async connect(options: SessionOptions): Promise<RouterOsSession> {
    const { connectMs } = timesOf(options);
    const startedAt = performance.now();
    const duplex = await openDuplex(options, connectMs);
    const session = new RouterOsSession(duplex, options);
    try {
      await session.#login(Math.max(1, connectMs - (performance.now() - startedAt)));
    } catch (error) {
      session.#shut(new ClosedError("Cannot use the router session: the login failed", false));
      throw error;
    }
    session.#watch();
    return session;
  }

  /** Settles when the connection is gone, for whatever reason. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  get isOpen(): boolean {
    return this.#closed === null;
  }

  /** Runs a command and collects its rows. Rejects with TrapError when the router refuses it. */
  call(command: string, attributes: Attributes = {}, options: CallOptions = {}): Promise<CallResult> {
    return this.#submit(command, attributes, options, null);
  }

  /** Passes on every change of a menu until the signal ends it. Print first: the state before is not sent. */
  async listen(
    command: string,
    options: CallOptions & { signal: AbortSignal; onRow: (row: Row) => void },
  ): Promise<void> {
    try {
      await this.#submit(command, {}, options, options.onRow);
    } catch (error) {
      if (!options.signal.aborted) throw error;
    }
  }

  /** Says goodbye and closes. What still waits is rejected; what was sent may have taken effect. */
  async close(): Promise<void> {
    if (this.#closed !== null) return;
    this.#wire.send(["/quit"]);
    const error = new ClosedError("Cannot run more commands: the router session was closed", false);
    this.#rejectAll((request) => closedFor(request, error.message));
    this.#closed = error;
    this.#stopTimers();
    const timer = setTimeout(() => this.#shut(error), QUIT_WAIT_MS);
    await this.#ended.promise;
    clearTimeout(timer);
  }

  async #login(withinMs: number): Promise<void> {
    const { user, password, signal } = this.#options;
    const words = ["/login", `=name=${user}`, `=password=${password}`];
    const request = new Request("/login", words, null, signal === undefined ? {} : { signal });
    this.#untagged = request;
    this.#watchSignal(request);
    this.#arm(request, withinMs, () => this.#loginTimeout());
    this.#send(request);
    try {
      const { ret } = await request.result;
      if (ret !== null) {
        throw tooOldError();
      }
    } catch (error) {
      // A link that broke in the middle of the answer says nothing of the login.
      throw error instanceof ClosedError && this.#hasHeard ? error : loginErrorOf(error);
    }
  }

  #loginTimeout(): TimeoutError {
    const { connectMs } = this.#times;
    if (!this.#hasHeard) return new SilentPortError(connectMs);
    return new TimeoutError(
      `Cannot log in to the router: the answer did not end within ${connectMs} ms`,
      false,
    );
  }

  #submit(
    command: string,
    attributes: Attributes,
    options: CallOptions,
    onRow: ((row: Row) => void) | null,
  ): Promise<CallResult> {
    const tag = String(++this.#lastTag);
    const request = new Request(command, wordsOf(command, attributes, options, tag), tag, options, onRow);
    if (this.#closed !== null) {
      request.reject(closedFor(request, this.#closed.message));
    } else if (isUnaddressed(attributes)) {
      request.reject(new UnaddressedError(command));
    } else if (options.signal?.aborted) {
      request.reject(options.signal.reason);
    } else {
      this.#watchSignal(request);
      this.#waiting.push(request);
      this.#pump();
    }
    return request.result;
  }

  /** Sends what the window and the write rate allow, restores first. */
  #pump(): void {
    const window = this.#options.window ?? 4;
    while (this.#closed === null && this.#running < window) {
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
    this.#inFlight.set(request.tag ?? "", request);
    // A listen never ends: it takes no place, and nobody waits for its next row.
    if (request.onRow === null) {
      this.#liveness?.asking();
      this.#running++;
      const deadlineMs = request.options.deadlineMs ?? this.#times.deadlineMs;
      this.#arm(request, deadlineMs, () => timeoutOf(request, deadlineMs));
    }
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
    this.#wire.send(request.words);
  }

  #arm(request: Request, deadlineMs: number, errorFor: () => TimeoutError): void {
    request.deadline = setTimeout(() => this.#abandon(request, request.unfinished(errorFor())), deadlineMs);
  }

  #watchSignal(request: Request): void {
    const { signal } = request.options;
    if (signal === undefined) return;
    const onAbort = () => this.#abandon(request, signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    request.onAbort = onAbort;
  }

  /** Gives up on a request; if it was sent the router is told to stop, and its late replies meet no one. */
  #abandon(request: Request, reason: unknown): void {
    if (request.sent && request.tag !== null && this.#closed === null) {
      this.#wire.send(["/cancel", `=tag=${request.tag}`, `.tag=${++this.#lastTag}`]);
    }
    this.#waiting.remove(request);
    request.reject(reason);
    this.#release(request);
    this.#pump();
  }

  #release(request: Request): void {
    if (request.deadline !== null) clearTimeout(request.deadline);
    if (request.onAbort !== null) request.options.signal?.removeEventListener("abort", request.onAbort);
    if (this.#untagged === request) this.#untagged = null;
    if (request.tag === null || !this.#inFlight.delete(request.tag)) return;
    if (request === this.#ping) this.#ping = null;
    else if (request.onRow === null) this.#running--;
  }

  #heard(): void {
    this.#hasHeard = true;
    this.#liveness?.heard();
  }

  #receive(sentence: Sentence): void {
    const reply = parseReply(sentence);
    if (reply.type === "!fatal") return this.#fatal(reply);
    const request = reply.tag === null ? this.#untagged : this.#inFlight.get(reply.tag);
    // Late rows of an abandoned command, a second `!done`, the answer to a cancel: no one waits for them.
    if (request === undefined || request === null) return;
    if (!request.accept(reply)) return;
    if (request.skipped > 0) this.#options.onSkippedRows?.(request.command, request.skipped);
    this.#release(request);
    this.#pump();
  }

  #fatal(reply: Reply): void {
    const reason = reply.reason ?? "";
    this.#rejectAll((request) => new FatalError(reason, request.sent));
    this.#shut(
      new ClosedError(`Cannot run more commands: the router ended the session ("${reason}")`, false),
    );
  }

  #ending(error: unknown): void {
    if (error instanceof ProtocolError) {
      this.#rejectAll((request) => request.tag !== null && request.sent ? error.unconfirmed() : error);
      return this.#shut(error);
    }
    const message = "Cannot reach the router any more: the connection was closed";
    this.#shut(new ClosedError(message, false, error === null ? {} : { cause: error }));
  }

  /** Closes without a goodbye. The first reason is the one that later calls are told. */
  #shut(reason: RouterOsError): void {
    this.#closed ??= reason;
    this.#stopTimers();
    this.#rejectAll((request) => closedFor(request, reason.message));
    this.#wire.close();
    this.#ended.resolve();
  }

  #rejectAll(errorFor: (request: Request) => RouterOsError): void {
    const all = [...this.#inFlight.values(), ...this.#waiting.drain()];
    if (this.#untagged !== null) all.unshift(this.#untagged);
    for (const request of all) {
      request.reject(request.unfinished(errorFor(request)));
      this.#release(request);
    }
  }

  #stopTimers(): void {
    if (this.#refillTimer !== null) clearTimeout(this.#refillTimer);
    this.#refillTimer = null;
    this.#liveness?.stop();
  }

  #watch(): void {
    if (this.#closed !== null) return;
    const { silenceMs, keepaliveMs } = this.#times;
    this.#liveness = new Liveness({
      silenceMs,
      idleMs: keepaliveMs,
      isWaiting: () => this.#running > 0 || this.#ping !== null,
      ping: () => this.#sendPing(),
      onSilence: () => {
        const message = `Cannot reach the router any more: nothing was heard from it for ${silenceMs} ms`;
        this.#shut(new ClosedError(message, false));
      },
      now: () => performance.now(),
    });
  }

  /** Outside of the window: it is to be answered while commands are waited for. */
  #sendPing(): void {
    if (this.#ping !== null || this.#closed !== null) return;
    this.#liveness?.asking();
    const command = "/system/identity/print";
    const tag = String(++this.#lastTag);
    const ping = new Request(command, wordsOf(command, {}, { proplist: ["name"] }, tag), tag, {});
    this.#ping = ping;
    this.#inFlight.set(tag, ping);
    // A refusal is an answer too.
    ping.result.catch(() => undefined);
    this.#send(ping);
  }
}
