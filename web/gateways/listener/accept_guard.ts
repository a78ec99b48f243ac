import type { Server } from "node:http";
import { connect, type Socket } from "node:net";
import type { Logger } from "@/shared/log.ts";
import type { Connections } from "./connections.ts";
import type { CountedLog } from "./counted_log.ts";

/** What the guard watches. */
export interface AcceptGuardOptions {
  name: string;
  hostname: string;
  log: Logger;
  counted: CountedLog;
  connections: Pick<Connections, "open">;
  connectionsMax: number;
  /** @default {5000} */
  guardMs?: number;
}

/** Why a connection of our own did not arrive. */
type Problem = { message: string; code?: string };

/** How long a connection of our own may wait to be accepted. */
const PROBE_MS = 2_000;

/**
 * Keeps a port accepting. Measured on Deno 2.9.6: when an accept fails (no descriptor left), node:http says nothing and
 * never accepts again, also when descriptors are free later. So where nothing has arrived for a while, the guard
 * connects to the port itself; a connection that is not accepted means that the port has to be opened anew.
 */
export class AcceptGuard {
  readonly #server: Server;
  readonly #options: AcceptGuardOptions;
  #timer: ReturnType<typeof setInterval> | null = null;
  #probe: Socket | null = null;
  #port = 0;
  #hasArrived = false;
  #isLooking = false;
  #isDeaf = false;
  #isStopped = false;
  #onArrival: () => void = () => {};

  constructor(server: Server, options: AcceptGuardOptions) {
    this.#server = server;
    this.#options = options;
    server.on("connection", () => {
      this.#hasArrived = true;
      this.#onArrival();
    });
  }

  get port(): number {
    return this.#port;
  }

  /** @throws {Deno.errors.AddrInUse} when another program listens on the port */
  async listen(port: number): Promise<void> {
    this.#port = await this.#bind(port);
    const { guardMs = 5_000 } = this.#options;
    this.#timer = setInterval(() => void this.#look(), guardMs);
  }

  stop(): void {
    this.#isStopped = true;
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#probe?.destroy();
    this.#onArrival();
  }

  #bind(port: number): Promise<number> {
    const { hostname, name } = this.#options;
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const onError = (cause: Error & { code?: string }) =>
      reject(
        cause.code === "EADDRINUSE"
          ? new Deno.errors.AddrInUse(
            `Cannot serve ${name} on ${hostname}:${port}: another program listens there`,
            { cause },
          )
          : cause,
      );
    this.#server.once("error", onError);
    this.#server.listen(port, hostname, () => {
      this.#server.off("error", onError);
      const address = this.#server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
    return promise;
  }

  async #look(): Promise<void> {
    const { connections, connectionsMax, log, name } = this.#options;
    const isHeard = this.#hasArrived || connections.open >= connectionsMax;
    this.#hasArrived = false;
    if (this.#isLooking || isHeard && !this.#isDeaf) return;
    this.#isLooking = true;
    try {
      const problem = await this.#knock();
      if (this.#isStopped) return;
      if (problem !== null) {
        this.#report(problem.message);
        // Without a descriptor for ourselves nothing is known about the port, and it could not be opened anew.
        if (problem.code !== "EMFILE" && problem.code !== "ENFILE") await this.#openAnew();
      } else if (this.#isDeaf) {
        this.#isDeaf = false;
        log.info("accept_works_again", { listener: name, port: this.#port });
      }
    } catch (error) {
      this.#report(String(error));
    } finally {
      this.#isLooking = false;
    }
  }

  #report(error: string): void {
    const { counted, log, name } = this.#options;
    if (this.#isDeaf) counted.note("accept_still_fails", { error });
    else log.error("accept_failed", { listener: name, port: this.#port, error });
    this.#isDeaf = true;
  }

  /** Null when a connection of our own was accepted, else why not. */
  #knock(): Promise<Problem | null> {
    const { promise, resolve } = Promise.withResolvers<Problem | null>();
    const timer = setTimeout(() => resolve({ message: "a connection was not accepted" }), PROBE_MS);
    this.#onArrival = () => resolve(null);
    const probe = this.#probe = connect(this.#port, reachable(this.#options.hostname));
    probe.on("error", resolve);
    return promise.finally(() => {
      clearTimeout(timer);
      probe.destroy();
      this.#probe = null;
      this.#onArrival = () => {};
    });
  }

  async #openAnew(): Promise<void> {
    // Connections that are open stay: only the listening socket is closed.
    this.#server.close();
    await this.#bind(this.#port);
  }
}

/** An address that reaches a socket which listens on this one. */
function reachable(hostname: string): string {
  if (hostname === "0.0.0.0") return "127.0.0.1";
  return hostname === "::" ? "::1" : hostname;
}
