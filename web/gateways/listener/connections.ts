import type { Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { networkOf } from "@/web/domain/access/mod.ts";
import type { CountedLog } from "./counted_log.ts";

/** How many connections a port has room for, and who of them gives way. */
export interface ConnectionsOptions {
  counted: CountedLog;
  connectionsMax: number;
  /** Connections that one network may have at once. @default {a quarter of all, at least 8} */
  perNetworkMax?: number;
  /** Addresses that are bound to no share. @default {this machine itself} */
  isUnbound?: (address: string) => boolean;
}

/** What is known of one connection. */
interface Known {
  network: string | null;
  /** Requests that are being answered, or an upgrade that was made. */
  underWay: number;
  /** It has been answered once. */
  isServed: boolean;
  /** When it was last opened or answered, and what it had sent by then. */
  sinceMs: number;
  bytes: number;
}

/** From this share of its connections on a port is nearly full. */
const NARROW_SHARE = 0.8;
/** It is a pass over all connections. */
const ROOM_EVERY_MS = 100;
/** An honest request's headers are here by then, also from a slow phone. */
const HEADERS_USUAL_MS = 1_000;
const NETWORK_SHARE = 0.25;
const PER_NETWORK_MIN = 8;

/**
 * The open connections of a port. One network has a share of them and no more. Where it becomes narrow, those give way
 * that cost their owner least: first requests that should have been sent by now, the oldest first, then connections
 * that wait for another request, then the oldest of what has just begun. What is being answered stays.
 */
export class Connections {
  readonly #options: ConnectionsOptions;
  readonly #perNetworkMax: number;
  readonly #known = new Map<Socket, Known>();
  readonly #ofNetwork = new Map<string, number>();
  #roomMadeAtMs = -Infinity;
  #nextLook: ReturnType<typeof setTimeout> | null = null;

  constructor(server: Server, options: ConnectionsOptions) {
    this.#options = options;
    this.#perNetworkMax = options.perNetworkMax ??
      Math.max(PER_NETWORK_MIN, Math.floor(options.connectionsMax * NETWORK_SHARE));
    server.on("connection", (socket: Socket) => this.#arrived(socket));
    server.on("request", (request, response: ServerResponse) => {
      this.keep(request.socket);
      response.once("close", () => this.#answered(request.socket));
    });
  }

  get open(): number {
    return this.#known.size;
  }

  /** It is being answered, or speaks another protocol from now on: it gives way to nobody. */
  keep(socket: Socket): void {
    const known = this.#known.get(socket);
    if (known !== undefined) known.underWay += 1;
  }

  #arrived(socket: Socket): void {
    const { counted, connectionsMax, isUnbound = isLoopback } = this.#options;
    const address = socket.remoteAddress ?? "";
    const network = address === "" || isUnbound(address) ? null : networkOf(address);
    if (network !== null) {
      const count = this.#ofNetwork.get(network) ?? 0;
      if (count >= this.#perNetworkMax) {
        counted.note("network_connections_full", { network, per_network_max: this.#perNetworkMax });
        return void socket.destroy();
      }
      this.#ofNetwork.set(network, count + 1);
    }
    const sinceMs = performance.now();
    this.#known.set(socket, { network, underWay: 0, isServed: false, sinceMs, bytes: 0 });
    socket.once("close", () => this.#left(socket, network));
    this.#makeRoom();
    if (this.open >= connectionsMax) {
      counted.note("connections_full", { connections_max: connectionsMax });
    }
  }

  #answered(socket: Socket): void {
    const known = this.#known.get(socket);
    if (known === undefined) return;
    known.underWay -= 1;
    Object.assign(known, { isServed: true, sinceMs: performance.now(), bytes: socket.bytesRead });
  }

  #left(socket: Socket, network: string | null): void {
    this.#known.delete(socket);
    if (network === null) return;
    const count = (this.#ofNetwork.get(network) ?? 1) - 1;
    if (count > 0) this.#ofNetwork.set(network, count);
    else this.#ofNetwork.delete(network);
  }

  /** A full port takes nobody in whose arrival would make room. */
  #lookIn(ms: number): void {
    this.#nextLook = setTimeout(() => {
      this.#nextLook = null;
      this.#makeRoom();
    }, ms);
    Deno.unrefTimer(this.#nextLook);
  }

  #makeRoom(): void {
    const most = Math.floor(this.#options.connectionsMax * NARROW_SHARE);
    const nowMs = performance.now();
    if (this.open < most || this.#nextLook !== null) return;
    const dueInMs = this.#roomMadeAtMs + ROOM_EVERY_MS - nowMs;
    if (dueInMs > 0) return this.#lookIn(dueInMs);
    this.#roomMadeAtMs = nowMs;
    const going = [...this.#known].filter(([, { underWay }]) => underWay === 0)
      .map(([socket, known]) => ({ socket, turn: turnOf(socket, known, nowMs), sinceMs: known.sinceMs }))
      .sort((a, b) => a.turn - b.turn || a.sinceMs - b.sinceMs)
      .slice(0, this.open - most + 1);
    for (const { socket } of going) socket.destroy();
    if (going.length > 0) {
      this.#options.counted.note("connections_gave_way", { of: this.#options.connectionsMax });
    }
  }
}

/** Lower goes first. */
function turnOf(socket: Socket, { isServed, sinceMs, bytes }: Known, nowMs: number): 0 | 1 | 2 {
  if (isServed && socket.bytesRead <= bytes) return 1;
  return nowMs - sinceMs > HEADERS_USUAL_MS ? 0 : 2;
}

/** Proxies, tunnels and monitors on this machine speak for many people. */
function isLoopback(address: string): boolean {
  return /^(::ffff:)?127\./.test(address) || address === "::1";
}
