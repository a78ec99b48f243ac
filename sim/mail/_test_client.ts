import { Buffer } from "node:buffer";
import { connect, type Socket } from "node:net";
import nodemailer from "nodemailer";
import type { MailSim } from "./mod.ts";

/** What a client needs to know of a server. */
export type Reachable = Pick<MailSim, "host" | "port" | "hostname" | "encryption" | "authority">;

/** What somebody else's client sends with. */
export interface Sending {
  to: string;
  subject?: string;
  html?: string;
  messageId?: string;
  attachments?: { filename: string; content: Uint8Array; contentType: string; cid?: string }[];
  login?: { user: string; pass: string };
  /** @default trusts the authority of the server and insists on encryption where it offers it */
  tls?: Record<string, unknown>;
  requireTLS?: boolean;
  timeoutMs?: number;
}

/** What a client got to know of a server: its error, or its last answer. */
export interface Sent {
  answer: string;
  code: string;
  responseCode: number;
}

/** Sends one mail with nodemailer; nothing of ours is on the client's side. */
export async function send(sim: Reachable, sending: Sending): Promise<Sent> {
  const { login, tls, requireTLS, timeoutMs = 5_000, messageId, attachments = [], ...mail } = sending;
  const transport = nodemailer.createTransport({
    host: sim.host,
    port: sim.port,
    secure: sim.encryption === "tls",
    requireTLS: requireTLS ?? false,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    tls: { servername: sim.hostname, ...(sim.authority === null ? {} : { ca: sim.authority }), ...tls },
    ...(login === undefined ? {} : { auth: login }),
  });
  try {
    const done = await transport.sendMail({
      from: '"Bayan Net" <billing@isp.test>',
      subject: "Bill",
      text: "May bill ka na",
      ...(messageId === undefined ? {} : { messageId }),
      ...mail,
      attachments: attachments.map((one) => ({ ...one, content: Buffer.from(one.content) })),
    }) as { response: string };
    return { answer: done.response, code: "", responseCode: 250 };
  } catch (error) {
    const { message, code = "", responseCode = 0 } = error as Error & Partial<Sent>;
    return { answer: message, code, responseCode };
  } finally {
    transport.close();
  }
}

/** A conversation by hand, line by line. */
export class RawClient {
  readonly #socket: Socket;
  #text = "";
  #isClosed = false;
  #heard: () => void = () => {};

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (bytes) => {
      this.#text += bytes.toString();
      this.#heard();
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      this.#isClosed = true;
      this.#heard();
    });
  }

  static async to(sim: MailSim): Promise<RawClient> {
    const socket = connect({ host: sim.host, port: sim.port });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    socket.once("connect", resolve);
    socket.once("error", reject);
    await promise;
    return new RawClient(socket);
  }

  say(text: string): void {
    this.#socket.write(text);
  }

  /** Everything that was heard so far. */
  get text(): string {
    return this.#text;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Waits until what was heard matches; gives null when the other side hangs up before. */
  async hears(pattern: RegExp): Promise<RegExpMatchArray | null> {
    while (true) {
      const match = this.#text.match(pattern);
      if (match !== null || this.#isClosed) return match;
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#heard = resolve;
      await promise;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#socket.once("close", () => resolve());
    this.#socket.destroy();
    await promise;
  }
}
