import type { AddressInfo, Socket } from "node:net";
import { SMTPServer, type SMTPServerOptions, type SMTPServerSession } from "smtp-server";
import { type Authority, type Certificate, makeAuthority } from "../certificates/mod.ts";
import { Mailbox, type MailboxLimits } from "./mailbox.ts";
import { ALL_WELL, type CertificateKind, type MailSwitches } from "./switches.ts";
import { type Conversation, type MailCounts, MailRules } from "./rules.ts";

/** How a simulated mail server is set up. */
export interface MailSimOptions {
  /** @default a free one */
  port?: number;
  /** Address that it listens on; nothing but this machine reaches the default. @default "127.0.0.1" */
  host?: string;
  /** The name that it says and that its certificate is good for. @default "mail.isp.test" */
  hostname?: string;
  /** `starttls` begins in clear and offers it; `tls` is encrypted from the first byte. @default "starttls" */
  encryption?: "starttls" | "tls" | "none";
  /** Who may send. `isOptional`: also who does not sign in. @default anybody */
  login?: { user: string; password: string; isOptional?: boolean };
  /** What is wrong from the start. @default nothing */
  switches?: Partial<MailSwitches>;
  /** How much is kept. @default 5,000 mails, 200 MB */
  limits?: Partial<MailboxLimits>;
  /** Pause between two bytes of an answer that drips. @default 11,000 */
  dripMs?: number;
  /** Pause before an answer that is slow. @default 3,000 */
  slowMs?: number;
}

const DROP_AFTER_MS = 15;
const OTHER_NAME = "mail.somebody-else.test";

/** Starts a mail server that speaks real SMTP and keeps what it is sent. */
export async function startMailSim(options: MailSimOptions = {}): Promise<MailSim> {
  const sim = new MailSim(options, await makeCertificates(options));
  await sim.open();
  return sim;
}

/** The certificates that a server can show; null where it encrypts nothing. */
interface Certificates {
  authority: Authority;
  byKind: Readonly<Record<CertificateKind, Certificate>>;
}

async function makeCertificates(options: MailSimOptions): Promise<Certificates | null> {
  if (options.encryption === "none") return null;
  const authority = await makeAuthority("Simulated mail authority");
  const names = [options.hostname ?? HOSTNAME, "localhost", options.host ?? HOST];
  const [own, wrong, expired] = await Promise.all([
    authority.issue({ names }),
    authority.issue({ names: [OTHER_NAME] }),
    authority.issue({ names, isExpired: true }),
  ]);
  return { authority, byKind: { own, "wrong name": wrong, expired } };
}

const HOST = "127.0.0.1";
const HOSTNAME = "mail.isp.test";

/** A mail server that is a test's or the demo's own: see {@linkcode startMailSim}. */
export class MailSim {
  readonly host: string;
  readonly hostname: string;
  readonly mailbox: Mailbox;
  readonly counts: MailCounts = { connections: 0, logins: 0, loginsRefused: 0, messages: 0 };
  readonly #options: MailSimOptions;
  readonly #certificates: Certificates | null;
  readonly #sockets = new Set<Socket>();
  readonly #rules: MailRules;
  #switches: MailSwitches;
  #server: SMTPServer | null = null;
  #port: number;
  #closing = new AbortController();

  constructor(options: MailSimOptions, certificates: Certificates | null) {
    this.#options = options;
    this.#certificates = certificates;
    this.#switches = { ...ALL_WELL, ...options.switches };
    this.#port = options.port ?? 0;
    this.host = options.host ?? HOST;
    this.hostname = options.hostname ?? HOSTNAME;
    this.mailbox = new Mailbox(options.limits);
    this.#rules = new MailRules({
      mailbox: this.mailbox,
      counts: this.counts,
      login: options.login ?? null,
      dripMs: options.dripMs ?? 11_000,
      slowMs: options.slowMs ?? 3_000,
      switches: () => this.#switches,
      conversation: (session) => this.#conversationOf(session),
    });
  }

  /** Where it listens; the same one after it was away. */
  get port(): number {
    return this.#port;
  }

  get address(): string {
    return `${this.host}:${this.#port}`;
  }

  get encryption(): "starttls" | "tls" | "none" {
    return this.#options.encryption ?? "starttls";
  }

  /** Certificate that a client has to trust, as PEM; null where nothing is encrypted. */
  get authority(): string | null {
    return this.#certificates?.authority.cert ?? null;
  }

  get switches(): Readonly<MailSwitches> {
    return this.#switches;
  }

  /** Listens; throws when the port is taken. */
  async open(): Promise<void> {
    if (this.#switches.away || this.#server !== null) return;
    this.#closing = new AbortController();
    const server = new SMTPServer(this.#serverOptions());
    // What clients break off is theirs to tell; a port that is taken is heard while it opens.
    server.on("error", () => {});
    server.server.on("connection", (socket: Socket) => this.#accept(socket));
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    server.server.once("error", reject);
    server.listen(this.#port, this.host, resolve);
    try {
      await promise;
    } catch (cause) {
      throw new Error(`Cannot listen on ${this.host}:${this.#port}: ${messageOf(cause)}`, { cause });
    }
    this.#port = (server.server.address() as AddressInfo).port;
    this.#server = server;
  }

  /** Turns switches while it runs. */
  async turn(change: Partial<MailSwitches>): Promise<void> {
    this.#switches = { ...this.#switches, ...change };
    if (change.dailyLimit !== undefined) this.#rules.beginDay();
    if (this.#switches.away) await this.close();
    else await this.open();
    if (this.#server !== null) applySwitches(this.#server, this.#tlsOptions());
  }

  /** Closes its port and every connection; what was taken stays to be read. */
  async close(): Promise<void> {
    const server = this.#server;
    if (server === null) return;
    this.#server = null;
    this.#closing.abort();
    const { promise, resolve } = Promise.withResolvers<void>();
    server.close(() => resolve());
    for (const socket of this.#sockets) socket.destroy();
    await promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #accept(socket: Socket): void {
    this.counts.connections++;
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
    if (!this.#switches.dropping) return;
    const timer = setTimeout(() => socket.destroy(), DROP_AFTER_MS);
    socket.once("close", () => clearTimeout(timer));
  }

  #serverOptions(): SMTPServerOptions {
    const { login } = this.#options;
    const more = {
      name: this.hostname,
      secure: this.encryption === "tls",
      authOptional: login === undefined || login.isOptional === true,
      authMethods: ["PLAIN", "LOGIN"],
      authRequiredMessage: "5.7.0 Authentication required",
      // Where it stands behind no encryption at all, a login in clear is all there is.
      allowInsecureAuth: this.encryption === "none",
      disableReverseLookup: true,
      logger: false,
      closeTimeout: 1_000,
    };
    return { ...more, ...this.#tlsOptions(), ...this.#rules.handlers() };
  }

  #tlsOptions(): SwitchedOptions {
    const { noTls, certificate, loginRefused, basicLoginEnded } = this.#switches;
    const { login } = this.#options;
    const hasLogin = login !== undefined || loginRefused || basicLoginEnded;
    const isPlain = this.encryption === "none" || noTls && this.encryption === "starttls";
    return {
      hideSTARTTLS: isPlain,
      disabledCommands: [...(isPlain ? ["STARTTLS"] : []), ...(hasLogin ? [] : ["AUTH"])],
      authOptional: (login === undefined || login.isOptional === true) && !loginRefused && !basicLoginEnded,
      ...(this.#certificates?.byKind[certificate] ?? {}),
    };
  }

  #conversationOf(session: SMTPServerSession): Conversation {
    const connections = this.#server?.connections ?? new Set<Connection>();
    const socket = [...connections as Set<Connection>].find(({ id }) => id === session.id)?._socket;
    return {
      closing: this.#closing.signal,
      isOpen: () => socket !== undefined && !socket.destroyed,
      write: (text) => void socket?.write(text),
      hangUp: () => void socket?.destroy(),
    };
  }
}

/** What the library keeps of a connection. */
interface Connection {
  id: string;
  _socket: Socket;
}

/** Options that the switches change. */
interface SwitchedOptions {
  hideSTARTTLS: boolean;
  disabledCommands: string[];
  authOptional: boolean;
  cert?: string;
  key?: string;
}

/** The library reads its options at every command. */
function applySwitches(server: SMTPServer, options: SwitchedOptions): void {
  server.updateSecureContext(options);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
