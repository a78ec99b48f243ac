import { ConnectError } from "@/shared/routeros/mod.ts";
import type { SessionOptions } from "./session_options.ts";

const DEFAULT_PORT = 8_728;

/**
 * A byte stream to a router. The session needs nothing else, so tests and tunnels can bring their own. A chunk that was
 * read is of use until the next read.
 */
export interface Duplex {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
  /** Ends both directions at once; harmless when already closed. */
  close(): void;
}

/** Where to connect, and for how long to try. */
export interface TcpAddress {
  host: string;
  port: number;
  connectTimeoutMs: number;
  signal?: AbortSignal;
}

/** TCP unless the options bring their own stream; either has `connectMs` to be there. */
export async function openDuplex(options: SessionOptions, connectMs: number): Promise<Duplex> {
  const { host, port = DEFAULT_PORT, signal, transport } = options;
  if (transport === undefined) {
    return await connectTcp({
      host,
      port,
      connectTimeoutMs: connectMs,
      ...(signal === undefined ? {} : { signal }),
    });
  }
  using limit = new TimeLimit(connectMs, signal);
  try {
    return await transport(limit.signal);
  } catch (error) {
    signal?.throwIfAborted();
    if (!limit.isOver) throw error;
    throw new ConnectError(`Cannot reach the router: no answer within ${connectMs} ms`, { cause: error });
  }
}

/** Opens TCP with Nagle's algorithm off, so that a command never waits for the acknowledgement of the one before. */
export async function connectTcp(address: TcpAddress): Promise<Duplex> {
  const where = `${address.host}:${address.port}`;
  using limit = new TimeLimit(address.connectTimeoutMs, address.signal);
  const { signal } = limit;
  let conn: Deno.TcpConn | null = null;
  try {
    conn = await Deno.connect({ hostname: address.host, port: address.port, transport: "tcp", signal });
    conn.setNoDelay(true);
    conn.setKeepAlive(true);
    return duplexOf(conn);
  } catch (error) {
    if (conn !== null) closeQuietly(conn);
    address.signal?.throwIfAborted();
    const reason = limit.isOver ? `no answer within ${address.connectTimeoutMs} ms` : reasonOf(error);
    throw new ConnectError(`Cannot reach the router at ${where}: ${reason}`, { cause: error });
  }
}

/** A signal that ends with a time or with another signal, and leaves neither timer nor listener behind. */
class TimeLimit implements Disposable {
  readonly #ending = new AbortController();
  readonly #timer: ReturnType<typeof setTimeout>;
  readonly #outer: AbortSignal | undefined;
  readonly #onAbort = () => this.#ending.abort(this.#outer?.reason);
  /** The time ended it. */
  isOver = false;

  constructor(ms: number, outer: AbortSignal | undefined) {
    this.#outer = outer;
    this.#timer = setTimeout(() => {
      this.isOver = true;
      this.#ending.abort();
    }, ms);
    if (outer?.aborted) this.#onAbort();
    else outer?.addEventListener("abort", this.#onAbort, { once: true });
  }

  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#outer?.removeEventListener("abort", this.#onAbort);
  }
}

function duplexOf(conn: Deno.TcpConn): Duplex {
  return { readable: readableOf(conn), writable: conn.writable, close: () => closeQuietly(conn) };
}

const READ_BYTES = 65_536;

/** One buffer for the life of the connection: a new one for each read is what reading many rows would wait for. */
function readableOf(conn: Deno.TcpConn): ReadableStream<Uint8Array> {
  const buffer = new Uint8Array(READ_BYTES);
  return new ReadableStream({
    async pull(controller) {
      const count = await conn.read(buffer);
      if (count === null) controller.close();
      else controller.enqueue(buffer.subarray(0, count));
    },
  }, { highWaterMark: 0 });
}

function reasonOf(error: unknown): string {
  if (error instanceof Deno.errors.ConnectionRefused) return "the connection was refused";
  return error instanceof Error ? error.message : String(error);
}

function closeQuietly(conn: Deno.Conn): void {
  try {
    conn.close();
  } catch (error) {
    // Its streams close the socket too when they end first.
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}
