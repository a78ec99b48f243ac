import { createLogger, type Logger } from "@/shared/log.ts";
import type { AppHandler } from "@/web/fresh/internal.ts";
import { listenOnFreePort } from "./_test_app.ts";
import type { ServeOptions } from "./serve/serve.ts";

/** A served handler whose log lines are kept. */
export class Served implements AsyncDisposable {
  readonly lines: string[] = [];
  readonly stopping = new AbortController();
  port = 0;
  finished = Promise.resolve();

  static async start(handler: AppHandler, options: Partial<ServeOptions> = {}): Promise<Served> {
    const served = new Served();
    const server = await listenOnFreePort(handler, served.stopping.signal, { log: served.log(), ...options });
    served.port = server.port;
    served.finished = server.finished;
    return served;
  }

  log(): Logger {
    return createLogger(
      (line) => void this.lines.push(line),
      () => Temporal.Instant.fromEpochMilliseconds(0),
    );
  }

  /** A connection on which `text` was sent. */
  async say(text: string): Promise<Guest> {
    const conn = await Deno.connect({ hostname: "127.0.0.1", port: this.port });
    const guest = new Guest(conn);
    if (text !== "") await guest.say(text);
    return guest;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stopping.abort();
    await this.finished;
  }
}

/** One connection, and what came back on it. */
export class Guest {
  heard = "";
  isClosed = false;
  readonly #conn: Deno.TcpConn;

  constructor(conn: Deno.TcpConn, { isReading = true } = {}) {
    this.#conn = conn;
    if (isReading) void this.#listen();
  }

  async say(text: string): Promise<void> {
    const bytes = new TextEncoder().encode(text);
    for (let sent = 0; sent < bytes.length;) sent += await this.#conn.write(bytes.subarray(sent));
  }

  /** Sends a byte every 50 ms until the connection is closed. */
  async drip(byte: string): Promise<void> {
    while (!this.isClosed) {
      try {
        await this.say(byte);
      } catch {
        return; // closed by the server, which is what is waited for
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  leave(): void {
    this.isClosed = true;
    this.#conn.close();
  }

  async #listen(): Promise<void> {
    const buffer = new Uint8Array(65_536);
    try {
      for (let read = await this.#conn.read(buffer); read !== null; read = await this.#conn.read(buffer)) {
        this.heard += new TextDecoder().decode(buffer.subarray(0, read));
      }
    } catch {
      // A reset is an end as well.
    }
    if (this.isClosed) return;
    this.isClosed = true;
    this.#conn.close();
  }
}

/** Answers with the length of the body. */
export const echo: AppHandler = async (req) => new Response(`got ${(await req.text()).length}`);
/** Announces a body of 1,000 bytes. */
export const HEAD_OF_POST = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n";
