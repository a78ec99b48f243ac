import { ClosedError, parseBoolean, type Row, SilentPortError, TimeoutError } from "@/shared/routeros/mod.ts";
import { Exchange } from "./exchange.ts";
import { loginErrorOf, tooOldError } from "./login_error.ts";
import { redactSentence } from "./redact.ts";
import {
  type CallOptions,
  type CallResult,
  closedFor,
  isUnaddressed,
  Request,
  UnaddressedError,
  WithdrawnError,
  wordsOf,
} from "./request.ts";
import { type RowSink, RowStream } from "./row_stream.ts";
import { type Attributes, type SessionOptions, timesOf } from "./session_options.ts";
import { type Duplex, openDuplex } from "./transport.ts";

const QUIT_WAIT_MS = 500;

/** A row of a menu that was added or changed, or the id of one that is gone. */
export interface Change {
  row: Row;
  isRemoved: boolean;
}

/**
 * One logged-in connection to a router. Commands overlap, told apart by tag; restores overtake everything that still
 * waits. When the connection goes, every pending call fails with a ClosedError that says whether it had been sent.
 */
export class RouterOsSession {
  readonly #options: SessionOptions;
  readonly #exchange: Exchange;

  private constructor(duplex: Duplex, options: SessionOptions) {
    this.#options = options;
    this.#exchange = new Exchange(duplex, options);
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
      session.#exchange.shut(new ClosedError("Cannot use the router session: the login failed", false));
      throw error;
    }
    session.#exchange.watch();
    return session;
  }

  /** Settles when the connection is gone, for whatever reason. */
  get ended(): Promise<void> {
    return this.#exchange.ended;
  }

  get isOpen(): boolean {
    return this.#exchange.closed === null;
  }

  /** Writes are only told, not sent: what is read afterwards is as it was before. */
  get isPlanning(): boolean {
    return this.#options.plan !== undefined;
  }

  /** Runs a command and collects its rows. Rejects with TrapError when the router refuses it. */
  call(command: string, attributes: Attributes = {}, options: CallOptions = {}): Promise<CallResult> {
    return this.#submit(command, attributes, options, null).result;
  }

  /**
   * Runs a command and gives its rows as they come, however many there are. A reader that is behind holds back all that
   * the router sends on this connection, so one that takes its time brings a connection of its own. Leaving the loop
   * early, or the signal, tells the router to stop.
   */
  stream(
    command: string,
    attributes: Attributes = {},
    options: CallOptions = {},
  ): AsyncIterableIterator<Row> {
    return this.#submitStream(command, attributes, options, { isEndless: false, shape: (row) => row });
  }

  /**
   * Every change of a menu, such as `/ppp/active/listen`, until the reader leaves or the signal ends it. The state before
   * is not sent: `followMenu` gives it too.
   */
  listen(command: string, options: CallOptions = {}): AsyncIterableIterator<Change> {
    const shape = (row: Row) => ({ row, isRemoved: parseBoolean(row[".dead"]) === true });
    return this.#submitStream(command, {}, options, { isEndless: true, shape });
  }

  /** Says goodbye and closes. What still waits is rejected; what was sent may have taken effect. */
  async close(): Promise<void> {
    if (!this.isOpen) return;
    const error = new ClosedError("Cannot run more commands: the router session was closed", false);
    this.#exchange.quit(error);
    const timer = setTimeout(() => this.#exchange.shut(error), QUIT_WAIT_MS);
    await this.ended;
    clearTimeout(timer);
  }

  async #login(withinMs: number): Promise<void> {
    const { user, password, signal } = this.#options;
    const words = ["/login", `=name=${user}`, `=password=${password}`];
    const request = new Request("/login", words, null, signal === undefined ? {} : { signal });
    this.#exchange.sendNow(request, withinMs, () => this.#loginTimeout());
    try {
      const { ret } = await request.result;
      if (ret !== null) throw tooOldError();
    } catch (error) {
      // A link that broke in the middle of the answer says nothing of the login.
      throw error instanceof ClosedError && this.#exchange.hasHeard ? error : loginErrorOf(error);
    }
  }

  #loginTimeout(): TimeoutError {
    const { connectMs } = timesOf(this.#options);
    if (!this.#exchange.hasHeard) return new SilentPortError(connectMs);
    return new TimeoutError(
      `Cannot log in to the router: the answer did not end within ${connectMs} ms`,
      false,
    );
  }

  #submit(command: string, attributes: Attributes, options: CallOptions, sink: RowSink | null): Request {
    const tag = this.#exchange.nextTag();
    const request = new Request(command, wordsOf(command, attributes, options, tag), tag, options, sink);
    const { closed } = this.#exchange;
    if (closed !== null) {
      request.reject(closedFor(request, closed.message));
    } else if (isUnaddressed(attributes)) {
      request.reject(new UnaddressedError(command));
    } else if (options.signal?.aborted) {
      request.reject(options.signal.reason);
    } else if (request.isWrite && this.#options.plan !== undefined) {
      this.#plan(request, this.#options.plan);
    } else {
      this.#exchange.queue(request);
    }
    return request;
  }

  #submitStream<T>(
    command: string,
    attributes: Attributes,
    options: CallOptions,
    { isEndless, shape }: { isEndless: boolean; shape: (row: Row) => T },
  ): RowStream<T> {
    const { gate } = this.#exchange;
    const stream: RowStream<T> = new RowStream(isEndless, shape, {
      onFull: () => gate.hold(stream),
      onDrained: () => gate.release(stream),
      onLeave: () => this.#exchange.abandon(request, null),
    });
    const request = this.#submit(command, attributes, options, stream);
    // The reader of the stream is told of a failure; nobody waits for the whole.
    request.result.catch(() => undefined);
    return stream;
  }

  #plan(request: Request, plan: (sentence: readonly string[]) => void): void {
    if (request.options.isStillWanted?.() === false) {
      return request.reject(new WithdrawnError(request.command));
    }
    plan(redactSentence(request.words.filter((word) => !word.startsWith(".tag="))));
    request.accept({ type: "!done", tag: request.tag, attributes: {}, reason: null });
  }
}
