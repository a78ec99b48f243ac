import {
  ClosedError,
  FatalError,
  parseReply,
  ProtocolError,
  type Reply,
  RouterOsError,
  type Row,
  type Sentence,
  TimeoutError,
} from "@/shared/routeros/mod.ts";
import { type CallOptions, type CallResult, Request, WithdrawnError, wordsOf } from "./request.ts";
import { loginErrorOf, tooOldError } from "./login_error.ts";
import { RequestQueue } from "./request_queue.ts";
import { TokenBucket, type WriteRate } from "./token_bucket.ts";
import { connectTcp, type Duplex } from "./transport.ts";
import { Wire } from "./wire.ts";

/** How to reach a router, as whom, and how hard to use it. Times are milliseconds. */
export interface SessionOptions {
  host: string;
  /** 8728 unless set. */
  port?: number;
  user: string;
  password: string;
  /** 5,000 unless set. */
  connectTimeoutMs?: number;
  /** For each command, from when it is sent; 30,000 unless set, because a stall of seconds is normal on a router. */
  deadlineMs?: number;
  /** Ends the attempt to connect. */
  signal?: AbortSignal;
  /** Commands on the wire at once; 4 unless set. */
  window?: number;
  /** 10 a second after a burst of 50 unless set. */
  writeRate?: WriteRate;
  /** An idle connection is probed this often, so that a dead link is noticed; 30,000 unless set, 0 for never. */
  keepaliveMs?: number;
  /** Brings its own byte stream in place of TCP. */
  transport?: (signal: AbortSignal | undefined) => Promise<Duplex>;
}

const DEFAULT_PORT = 8_728;
const QUIT_WAIT_MS = 500;

/** Values of a command by name; booleans become yes and no, undefined ones are left out. */
export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/**
 * One logged-in connection to a router. Commands overlap, told apart by tag; restores overtake everything that still
 * waits. When the connection goes, every pending call fails with a ClosedError that says whether it had been sent.
 */
export class RouterOsSession {
  readonly #options: SessionOptions;
  readonly #wire: Wire;
  readonly #waiting: RequestQueue;
  readonly #inFlight = new Map<string, Request>();
  readonly #ended = Promise.withResolvers<void>();
  /** The login, which goes without a tag because that is the form every version is known to take. */
  #untagged: Request | null = null;
  #lastTag = 0;
  #running = 0;
  #refillTimer: ReturnType<typeof setTimeout> | null = null;
  #keepaliveTimer: ReturnType<typeof setInterval> | null = null;
  #heardAt = performance.now();
  #closed: RouterOsError | null = null;

  private constructor(duplex: Duplex, options: SessionOptions) {
    this.#options = options;
    const rate = options.writeRate ?? { perSecond: 10, burst: 50 };
    this.#waiting = new RequestQueue(new TokenBucket(rate, () => performance.now()));
    this.#wire = new Wire(duplex, (sentence) => this.#receive(sentence), (error) => this.#ending(error));
    void this.#wire.run();
  }

  /** Connects and logs in; on any failure nothing stays open. */
  static async connect(options: SessionOptions): Promise<RouterOsSession> {
    const duplex = options.transport === undefined
      ? await connectTcp({
        host: options.host,
        port: options.port ?? DEFAULT_PORT,
        connectTimeoutMs: options.connectTimeoutMs ?? 5_000,
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      })
      : await options.transport(options.signal);
    const session = new RouterOsSession(duplex, options);
    try {
      await session.#login();
    } catch (error) {
      session.#shut(new ClosedError("Cannot use the router session: the login failed", false));
      throw error;
    }
    session.#startKeepalive();
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

  async #login(): Promise<void> {
    const { user, password, deadlineMs, signal } = this.#options;
    const words = ["/login", `=name=${user}`, `=password=${password}`];
    const request = new Request("/login", words, null, signal === undefined ? {} : { signal });
    this.#untagged = request;
    this.#watchSignal(request);
    this.#arm(request, deadlineMs ?? 30_000);
    this.#send(request);
    try {
      const { ret } = await request.result;
      if (ret !== null) {
        throw tooOldError();
      }
    } catch (error) {
      throw loginErrorOf(error);
    }
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
      // A listen never ends, so it does not take a place.
      if (request.onRow === null) this.#running++;
      this.#inFlight.set(request.tag ?? "", request);
      if (request.onRow === null) {
        this.#arm(request, request.options.deadlineMs ?? this.#options.deadlineMs ?? 30_000);
      }
      this.#send(request);
    }
    if (this.#waiting.isWriteHeld) this.#wakeAtNextPermit();
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

  #arm(request: Request, deadlineMs: number): void {
    request.deadline = setTimeout(() => {
      const message = `Cannot run ${request.command}: the router gave no answer within ${deadlineMs} ms`;
      this.#abandon(request, new TimeoutError(message, request.sent));
    }, deadlineMs);
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
    if (request.tag !== null && this.#inFlight.delete(request.tag) && request.onRow === null) this.#running--;
  }

  #receive(sentence: Sentence): void {
    this.#heardAt = performance.now();
    const reply = parseReply(sentence);
    if (reply.type === "!fatal") return this.#fatal(reply);
    const request = reply.tag === null ? this.#untagged : this.#inFlight.get(reply.tag);
    // Late rows of an abandoned command, a second `!done`, the answer to a cancel: no one waits for them.
    if (request === undefined || request === null) return;
    if (request.accept(reply)) {
      this.#release(request);
      this.#pump();
    }
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
      this.#rejectAll(() => error);
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
      request.reject(errorFor(request));
      this.#release(request);
    }
  }

  #stopTimers(): void {
    if (this.#refillTimer !== null) clearTimeout(this.#refillTimer);
    if (this.#keepaliveTimer !== null) clearInterval(this.#keepaliveTimer);
    this.#refillTimer = null;
    this.#keepaliveTimer = null;
  }

  #startKeepalive(): void {
    const every = this.#options.keepaliveMs ?? 30_000;
    if (every > 0 && this.#closed === null) {
      this.#keepaliveTimer = setInterval(() => void this.#probe(every), every);
    }
  }

  /** A silent router gets one small question; no answer to that means that the link is dead. */
  async #probe(everyMs: number): Promise<void> {
    if (performance.now() - this.#heardAt < everyMs || this.#running > 0) return;
    try {
      await this.call("/system/identity/print");
    } catch (error) {
      if (error instanceof TimeoutError) {
        this.#shut(new ClosedError("Cannot reach the router any more: it stopped answering", false));
      } else if (!(error instanceof RouterOsError)) throw error;
    }
  }
}

function closedFor(request: Request, message: string): ClosedError {
  return new ClosedError(message, request.sent);
}
