import type { Trap } from "@/shared/routeros/mod.ts";
import { makeSelfSigned } from "../certificates/mod.ts";
import { SimConnection } from "./connection.ts";
import { DeviceNetwork } from "./device_network.ts";
import { Dialer, Timers } from "./dialer.ts";
import type { GeneratedProfile, GeneratedSecret } from "./generate.ts";
import { type Counters, Hub, type LoggedCommand } from "./hub.ts";
import { isConnectionGone } from "./output.ts";
import { type SshAge, SshService } from "./ssh_service.ts";
import { menusOf } from "./system.ts";
import { isAllowedFrom } from "./users.ts";
import { RouterWorld, type SimUser } from "./world.ts";

/** What the simulated router is; everything has a default. */
export interface RouterOsSimOptions {
  /** 127.0.0.1 unless set. */
  host?: string;
  /** A free one from 20000 to 29999 unless set. */
  port?: number;
  version?: string;
  identity?: string;
  serialNumber?: string;
  softwareId?: string;
  boardName?: string;
  /** False for a CHR or x86: no /system/routerboard, a system id in place of the software id. */
  routerboard?: boolean;
  /** `admin` with the password `admin` in the full group unless given. */
  users?: readonly SimUser[];
  secrets?: readonly GeneratedSecret[];
  profiles?: readonly GeneratedProfile[];
  /** How long a subscriber's box waits before it dials again. */
  redialMs?: number;
  /** Sessions of the api service at once, whatever /ip/service says; that is 20 from RouterOS 7.16, no limit before. */
  maxSessions?: number;
}

/** A running simulator: its address, what it holds, what it counted, and its faults. */
export class RouterOsSim {
  readonly world: RouterWorld;
  readonly dialer: Dialer;
  readonly #timers = new Timers();
  readonly #hub: Hub;
  readonly #connections = new Set<SimConnection>();
  readonly #serving = new Set<Promise<void>>();
  #maxSessions: number | null = null;
  #listener: Deno.TcpListener | null;
  #tlsListener: Deno.TlsListener | null = null;
  #ssh: SshService | null = null;
  /** What the router reaches: its own API, and the devices that a test attaches. */
  readonly devices = new DeviceNetwork();
  #accepting: Promise<void> = Promise.resolve();
  #refusing = false;

  constructor(
    listener: Deno.TcpListener,
    readonly host: string,
    readonly port: number,
    options: RouterOsSimOptions,
  ) {
    this.#listener = listener;
    this.world = new RouterWorld({
      version: options.version ?? "6.49.10",
      identity: options.identity ?? "MikroTik",
      serialNumber: options.serialNumber ?? "HE108SIM0001",
      softwareId: options.softwareId ?? "SIML-0001",
      boardName: options.boardName ?? "RB4011iGS+",
      routerboard: options.routerboard ?? true,
      users: options.users ?? [{ name: "admin", password: "admin", group: "full" }],
      ...(options.profiles === undefined ? {} : { profiles: options.profiles }),
      secrets: options.secrets ?? [],
    });
    this.#hub = new Hub(this.world, menusOf(this.world), this.#timers, () => this.reboot());
    if (options.maxSessions !== undefined) this.#maxSessions = options.maxSessions;
    this.dialer = new Dialer(this.world, this.#timers, options.redialMs ?? 3_000);
    for (const secret of options.secrets ?? []) {
      if (secret.dialing) this.dialer.start(secret.name, secret.callerId);
    }
    this.devices.attach("127.0.0.1", API_PORT, { host, port });
    this.#serve(listener);
  }

  get address(): string {
    return `${this.host}:${this.port}`;
  }

  get counters(): Readonly<Counters> {
    return this.#hub.counters;
  }

  /** Every received command with passwords starred, oldest first. */
  get log(): readonly LoggedCommand[] {
    return this.#hub.log;
  }

  get connectionCount(): number {
    return this.#connections.size;
  }

  /** What is at work and waits for its time: commands that last or are slow, boxes that will dial again. */
  get timerCount(): number {
    return this.#timers.size;
  }

  isDisabled(name: string): boolean | null {
    const row = this.world.secrets.named(name)[0];
    return row === undefined ? null : row["disabled"] === "true";
  }

  sessionsOf(name: string): number {
    return this.world.active.named(name).length;
  }

  /** Time each command takes from now on. */
  setLatency(ms: number): void {
    this.#hub.faults.latencyMs = ms;
  }

  /** Answers nothing for `ms`; then answers what has piled up. */
  stall(ms: number): void {
    this.#hub.faults.stallUntil = performance.now() + ms;
  }

  /** Breaks the connection in the middle of the reply sentence after the next `count`; null for never. */
  dropAfterSentences(count: number | null): void {
    this.#hub.faults.sentencesBeforeDrop = count;
  }

  oneByteChunks(on: boolean): void {
    this.#hub.faults.oneByteChunks = on;
  }

  /** Texts travel as windows-1252, as on routers that were edited with WinBox on Windows. */
  cp1252(on: boolean): void {
    this.#hub.faults.cp1252 = on;
  }

  /** Carries out the next command, or the next of this word such as `/ppp/secret/add`, and closes without a word. */
  closeWithoutReply(word?: string): void {
    this.#hub.faults.closeWithoutReply = word ?? true;
  }

  /** Keeps connections open and never answers again, as behind a link that died silently; `false` ends it. */
  freeze(on: boolean): void {
    this.#hub.faults.isFrozen = on;
  }

  /** The next connection that has sent so many more bytes goes silent for good; others are not touched. */
  silentAfterBytes(count: number | null): void {
    this.#hub.faults.bytesBeforeSilence = count;
  }

  /** The next command is answered with these refusals, one sentence each, before its `!done`. */
  refuseNext(...traps: Trap[]): void {
    this.#hub.faults.trapsBeforeAnswer = traps;
  }

  /** A small processor: so many commands at full speed, then `slowMs` for each; null for a fast one. */
  slowAfterBurst(burst: { commands: number; slowMs: number } | null): void {
    this.#hub.faults.burst = burst;
  }

  /** Accepts and closes at once, as the address filter of /ip/service does. */
  refuseConnections(on: boolean): void {
    this.#refusing = on;
  }

  /**
   * Opens the api-ssl service on a free port, with a certificate of its own and ECDHE. What old routers offer beside
   * (anonymous DH, DHE, static RSA) the TLS of this program cannot serve.
   */
  async openTls(): Promise<{ port: number; fingerprint: string }> {
    const { cert, key, fingerprint } = await makeSelfSigned(this.world.identity);
    const listener = Deno.listenTls({ hostname: this.host, port: 0, cert, key });
    this.#tlsListener = listener;
    this.#track(this.#accept(listener, "api-ssl"));
    return { port: listener.addr.port, fingerprint };
  }

  /** Opens the ssh service on a free port; an old one has the algorithms of 6.x only. */
  async openSsh(age: SshAge = "current"): Promise<SshService> {
    this.#ssh = await SshService.start(this.world, this.devices, age);
    return this.#ssh;
  }

  /**
   * Takes the router off the network: connections break, the port is closed. Sessions of subscribers stay.
   * Settles when the port is really closed.
   */
  async unplug(): Promise<void> {
    this.#listener?.close();
    this.#listener = null;
    this.#dropConnections();
    await this.#accepting;
  }

  /** Back on the network, on the same port. */
  plug(): void {
    if (this.#listener !== null) return;
    this.#listener = Deno.listen({ hostname: this.host, port: this.port, transport: "tcp" });
    this.#serve(this.#listener);
  }

  /**
   * Drops connections and sessions, starts the uptime anew; subscribers dial in again after the redial time. A board
   * without a battery begins in 1970.
   */
  reboot(options: { clockAt1970?: boolean } = {}): void {
    this.dialer.halt();
    this.#dropConnections();
    this.world.boot(options);
    this.dialer.resume();
  }

  /** Stops everything and waits until nothing of it is left. */
  async close(): Promise<void> {
    this.dialer.halt();
    this.#timers.clear();
    this.#tlsListener?.close();
    await this.#ssh?.close();
    await this.unplug();
    await Promise.allSettled([...this.#serving]);
  }

  #dropConnections(): void {
    for (const connection of [...this.#connections]) connection.close();
    this.#hub.faults.sentencesBeforeDrop = null;
  }

  #serve(listener: Deno.TcpListener): void {
    this.#accepting = this.#accept(listener, "api");
  }

  #track(work: Promise<void>): void {
    this.#serving.add(work);
    work.finally(() => this.#serving.delete(work));
  }

  async #accept(listener: Deno.TcpListener | Deno.TlsListener, service: "api" | "api-ssl"): Promise<void> {
    try {
      for await (const conn of listener) this.#welcome(conn, service);
    } catch (error) {
      if (!isConnectionGone(error)) throw error;
    }
  }

  /** What /ip/service says of it: whether it runs, for whom, and for how many at once. */
  #isServed(name: "api" | "api-ssl", address: string): boolean {
    const service = this.world.services.named(name)[0];
    const limit = this.#maxSessions ?? Number(service?.["max-sessions"] ?? Infinity);
    if (service?.["disabled"] === "true" || this.#connections.size >= limit) return false;
    return isAllowedFrom(service?.["address"] ?? "", address);
  }

  #welcome(conn: Deno.TcpConn | Deno.TlsConn, service: "api" | "api-ssl"): void {
    this.#hub.counters.connections++;
    if (this.#refusing || !this.#isServed(service, conn.remoteAddr.hostname)) return conn.close();
    const connection = new SimConnection(conn, this.#hub, (closed) => this.#connections.delete(closed));
    this.#connections.add(connection);
    this.#track(connection.serve());
  }
}

/** Starts a simulated router on a TCP port. */
export function startRouterOsSim(options: RouterOsSimOptions = {}): RouterOsSim {
  const host = options.host ?? "127.0.0.1";
  const { listener, port } = listen(host, options.port);
  return new RouterOsSim(listener, host, port, options);
}

/** The port of the API as the router itself sees it, wherever the simulator listens. */
const API_PORT = 8_728;
const PORT_TRIES = 50;

function listen(hostname: string, wanted: number | undefined): { listener: Deno.TcpListener; port: number } {
  if (wanted !== undefined) {
    return { listener: Deno.listen({ hostname, port: wanted, transport: "tcp" }), port: wanted };
  }
  for (let tries = 1;; tries++) {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    try {
      return { listener: Deno.listen({ hostname, port, transport: "tcp" }), port };
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse) || tries === PORT_TRIES) throw error;
    }
  }
}
