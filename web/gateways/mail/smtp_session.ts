import { isIP } from "node:net";
import SMTPConnection from "nodemailer/lib/smtp-connection";
import XOAuth2 from "nodemailer/lib/xoauth2";
import type { BuiltMessage } from "./build_message.ts";
import { Deadline, timedOut } from "./deadline.ts";
import { fetchToken } from "./fetch_token.ts";
import { MessageContent } from "./message_content.ts";
import { readSmtpError, type SmtpErrorParts } from "./read_smtp_error.ts";
import { resolveHost } from "./resolve_host.ts";
import type { SendResult, SmtpFailure, SmtpServer } from "./types.ts";

/** How long is waited for a server, and whom it is believed. */
export interface SessionOptions {
  /** For a TCP connection, each address. @default 10000 */
  connectMs?: number;
  /** From there until the greeting and the end of STARTTLS. @default 20000 */
  greetingMs?: number;
  /** From the name to the login. @default 45000 */
  openMs?: number;
  /** For a message until it is handed over. @default 60000 */
  messageMs?: number;
  /** From there until the answer, of a message of no size: RFC 5321 4.5.3.2.6. @default 600000 */
  answerMs?: number;
  /** An authority that is trusted beside the system's, as PEM: the demo's and the tests' own. */
  trustedCa?: string;
  /** Ends what is waited for. */
  signal?: AbortSignal;
  /** Finds the machine. @default {@linkcode resolveHost} */
  resolve?: typeof resolveHost;
}

/** A slow line is given a millisecond more for each so many bytes: 20 KB/s. */
const BYTES_PER_MS = 20;
const QUIT_MS = 1_000;

/** How far opening came: everything before it went well. */
export type OpenStep = "name" | "connect" | "login";

/** An open session, or what it failed at. */
export type OpenedSession =
  | { ok: true; session: SmtpSession }
  | { ok: false; step: OpenStep; failure: SmtpFailure };

/**
 * One connection to a mail server, logged in. nodemailer's pool is not used: it hides when a message is handed over, and
 * reconnects by itself with a login that was refused (decision 0066).
 */
export class SmtpSession {
  readonly #connection: SMTPConnection;
  readonly #server: SmtpServer;
  readonly #options: SessionOptions;
  #isOpen = true;
  #sent = 0;

  private constructor(connection: SMTPConnection, server: SmtpServer, options: SessionOptions) {
    this.#connection = connection;
    this.#server = server;
    this.#options = options;
    connection.on("error", () => this.destroy());
    connection.on("end", () => this.#isOpen = false);
  }

  /** Finds, connects, encrypts and logs in, once; nothing is tried again here. */
  static async open(server: SmtpServer, options: SessionOptions = {}): Promise<OpenedSession> {
    const { openMs = 45_000, resolve = resolveHost, signal } = options;
    const deadline = new Deadline(openMs, signal);
    try {
      const resolved = await deadline.of(resolve(server)).catch((error: unknown) =>
        unanswered(server, error)
      );
      if (!resolved.ok) return { ok: false, step: "name", failure: resolved.failure };
      let tried: { ok: false; failure: SmtpFailure } | null = null;
      for (const address of resolved.addresses) {
        const opened = await connect(server, { address, options, deadline });
        if (opened.ok) return await logIn(opened.connection, { server, options, deadline });
        tried = opened;
        // Another address may be reached; a server that answered would say the same there.
        if (!["connection_refused", "timed_out"].includes(opened.failure.problem) || deadline.isOver) break;
      }
      if (tried === null) throw new Error(`Cannot connect to ${server.host}: it has no address`);
      return { ok: false, step: "connect", failure: tried.failure };
    } finally {
      deadline.end();
    }
  }

  /** Whether another message can be sent over it. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Messages that went over it. */
  get sent(): number {
    return this.#sent;
  }

  /**
   * Sends a message. `begin` is called when the server has said that it wants the content, before the first byte of it:
   * what must be known after a crash is written there. When `begin` says no or fails, no byte is handed over.
   */
  async send(message: BuiltMessage, begin: () => Promise<boolean>): Promise<SendResult> {
    const { messageMs = 60_000, answerMs = 600_000, signal } = this.#options;
    const onTheWayMs = message.bytes.length / BYTES_PER_MS;
    const deadline = new Deadline(messageMs, signal);
    const content = new MessageContent(message.bytes, async () => {
      const mayBegin = await begin();
      // Whoever hangs up on a server that still looks at the message sends it twice.
      if (mayBegin) deadline.restart(answerMs + onTheWayMs);
      return mayBegin;
    });
    const envelope = { from: message.from, to: [message.to], size: message.bytes.length };
    try {
      const answer = await deadline.of(
        new Promise<string>((resolve, reject) =>
          this.#connection.send(
            envelope,
            content,
            (error, info) => error ? reject(error) : resolve(info.response),
          )
        ),
      );
      this.#sent++;
      return { ok: true, words: readSmtpError({ message: answer }, this.#moment(false)).words };
    } catch (error) {
      if (!(await this.#isUsableAfter(error, content))) this.destroy();
      if (content.refusal !== null) throw content.refusal;
      return {
        ok: false,
        failure: readSmtpError(error as SmtpErrorParts, {
          ...this.#moment(content.isHandedOver),
          from: message.from,
          to: message.to,
        }),
      };
    } finally {
      deadline.end();
    }
  }

  /** Says goodbye, and does not wait long for an answer. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    const timer = setTimeout(() => this.#connection.close(), QUIT_MS);
    this.#connection.once("end", () => clearTimeout(timer));
    this.#connection.quit();
  }

  /** Cuts the connection, whatever the server is doing. */
  destroy(): void {
    this.#isOpen = false;
    this.#connection.close();
  }

  /** After an answer to the envelope or the message: the next one goes over the same connection (RFC 5321 4.1.4). */
  async #isUsableAfter(error: unknown, content: MessageContent): Promise<boolean> {
    const { responseCode = 0 } = error as SmtpErrorParts;
    const isAnswer = responseCode >= 400 && responseCode !== 421;
    if (!this.#isOpen || !isAnswer || content.refusal !== null) return false;
    if (content.isHandedOver) return true;
    const deadline = new Deadline(10_000, this.#options.signal);
    try {
      await deadline.of(
        new Promise<void>((resolve, reject) =>
          this.#connection.reset((failed) => failed ? reject(failed) : resolve())
        ),
      );
      return true;
    } catch {
      return false;
    } finally {
      deadline.end();
    }
  }

  #moment(isHandedOver: boolean) {
    const { encryption, port } = this.#server;
    return { encryption, port, isHandedOver };
  }

  /** For {@linkcode logIn}. */
  static of(connection: SMTPConnection, server: SmtpServer, options: SessionOptions): SmtpSession {
    return new SmtpSession(connection, server, options);
  }
}

/** What a server is to be reached with. */
interface Dial {
  address: string;
  options: SessionOptions;
  deadline: Deadline;
}

async function connect(
  server: SmtpServer,
  { address, options, deadline }: Dial,
): Promise<{ ok: true; connection: SMTPConnection } | { ok: false; failure: SmtpFailure }> {
  const { host, port, encryption } = server;
  const { connectMs = 10_000, greetingMs = 20_000, trustedCa } = options;
  const connection = new SMTPConnection({
    host: address,
    port,
    secure: encryption === "tls",
    requireTLS: encryption === "starttls",
    ignoreTLS: encryption === "none",
    // A certificate for an address is checked against the address.
    ...(isIP(host) === 0 ? { servername: host } : {}),
    connectionTimeout: connectMs + greetingMs,
    greetingTimeout: greetingMs,
    // Our own deadlines come first.
    socketTimeout: 60 * 60_000,
    // A server that does not close its side is not waited for.
    socketCloseTimeout: 0,
    maxResponseSize: 64 * 1024,
    tls: { minVersion: "TLSv1.2", ...(trustedCa === undefined ? {} : { ca: trustedCa }) },
  });
  try {
    await deadline.of(
      new Promise<void>((resolve, reject) => {
        const timer = setTimeout(() => {
          if (connection.stage !== "connected") reject(timedOut("no connection in time"));
        }, connectMs);
        connection.on("error", reject);
        connection.connect((error) => {
          clearTimeout(timer);
          if (error) reject(error);
          else resolve();
        });
        connection.once("end", () => clearTimeout(timer));
      }),
    );
    return { ok: true, connection };
  } catch (error) {
    connection.close();
    return {
      ok: false,
      failure: readSmtpError(error as SmtpErrorParts, { encryption, port, isHandedOver: false }),
    };
  }
}

/** The resolver took too long, or nobody waits any more. */
function unanswered({ host }: SmtpServer, error: unknown): { ok: false; failure: SmtpFailure } {
  if ((error as SmtpErrorParts).code !== "ETIMEDOUT") throw error;
  const words = `no answer in time to where ${host} is`;
  return { ok: false, failure: { problem: "name_unanswered", words, code: null, status: null } };
}

async function logIn(
  connection: SMTPConnection,
  { server, options, deadline }: { server: SmtpServer; options: SessionOptions; deadline: Deadline },
): Promise<OpenedSession> {
  const { login, encryption, port } = server;
  if (login === null) return { ok: true, session: SmtpSession.of(connection, server, options) };
  const auth = login.kind === "password"
    ? { user: login.username, pass: login.password }
    : { user: login.username, oauth2: tokensOf(login, server.reach) };
  try {
    await deadline.of(
      new Promise<void>((resolve, reject) => {
        connection.on("error", reject);
        connection.login(auth, (error) => error ? reject(error) : resolve());
      }),
    );
    return { ok: true, session: SmtpSession.of(connection, server, options) };
  } catch (error) {
    connection.close();
    return {
      ok: false,
      step: "login",
      failure: readSmtpError(error as SmtpErrorParts, { encryption, port, isHandedOver: false }),
    };
  }
}

function tokensOf(
  login: Extract<NonNullable<SmtpServer["login"]>, { kind: "oauth2" }>,
  reach: SmtpServer["reach"],
) {
  return new XOAuth2({
    user: login.username,
    provisionCallback: (_user, _renew, done) => {
      fetchToken(login, reach).then(
        ({ token, expiresInMs }) => done(null, token, Date.now() + expiresInMs),
        (error: unknown) => done(error instanceof Error ? error : new Error(String(error))),
      );
    },
  });
}
