import type { Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { isThisMachine, networkOf } from "@/web/domain/access/mod.ts";
import type { CountedLog } from "./counted_log.ts";

/** How many connections a port has room for, and who of them gives way. */
export interface ConnectionsOptions {
  counted: CountedLog;
  connectionsMax: number;
  /** Connections that one network may have at once. @default {networkShare(connectionsMax)} */
  perNetworkMax?: number;
  /** Addresses that are bound to no share. @default {this machine itself} */
  isUnbound?: (address: string) => boolean;
}

/** What is known of one connection. */
interface Known {
  network: Network | null;
  /** Requests that are being answered, or an upgrade that was made. */
  underWay: number;
  /** A request of it is arriving, or its first one is awaited. */
  isAsking: boolean;
  /** Since when it asks, or waits after an answer. */
  sinceMs: number;
  /** What it had sent when it was last answered. */
  bytes: number;
}

/** The connections of one network. */
interface Network {
  name: string;
  open: number;
  /** Those that nothing is answered on; the longest so first. */
  resting: Set<Socket>;
}

/** Lower goes first: a request that should be whole by now, one that waits for another request, one just begun. */
type Turn = 0 | 1 | 2;

/** From this share of its connections on a port is nearly full. */
const NARROW_SHARE = 0.8;
/** It is a pass over all connections. */
const ROOM_EVERY_MS = 100;
/** An honest request's headers are here by then, also from a slow phone. */
const HEADERS_USUAL_MS = 1_000;
const NETWORK_SHARE = 0.5;
const PER_NETWORK_MIN = 8;

/** How many of a port's connections one network may have. A provider's whole office often has one address. */
export function networkShare(connectionsMax: number): number {
  return Math.max(PER_NETWORK_MIN, Math.floor(connectionsMax * NETWORK_SHARE));
}

/**
 * The open connections of a port. One network has a share of them; at its share the oldest that it does not use gives
 * way to its next one. Where the port becomes narrow, those give way that cost their owner least: first requests that
 * should have been sent by now, the oldest first, then connections that wait for another request. What has just begun
 * gives way only at a port that is full, and half of it at most; what is being answered stays.
 */
export class Connections {
  readonly #options: ConnectionsOptions;
  readonly #perNetworkMax: number;
  /** From so many on the port is narrow. */
  readonly #narrow: number;
  readonly #known = new Map<Socket, Known>();
  readonly #networks = new Map<string, Network>();
  #roomMadeAtMs = -Infinity;
  #nextLook: ReturnType<typeof setTimeout> | null = null;

  constructor(server: Server, options: ConnectionsOptions) {
    this.#options = options;
    this.#perNetworkMax = options.perNetworkMax ?? networkShare(options.connectionsMax);
    this.#narrow = Math.floor(options.connectionsMax * NARROW_SHARE);
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
    if (known === undefined) return;
    known.underWay += 1;
    known.network?.resting.delete(socket);
  }

  #arrived(socket: Socket): void {
    const { counted, connectionsMax } = this.#options;
    const network = this.#networkOf(socket);
    if (network !== null) {
      if (network.open >= this.#perNetworkMax && !this.#makeRoomIn(network)) {
        counted.note("network_connections_full", {
          network: network.name,
          per_network_max: this.#perNetworkMax,
        });
        return void socket.destroy();
      }
      network.open += 1;
      network.resting.add(socket);
      this.#networks.set(network.name, network);
    }
    this.#known.set(socket, { network, underWay: 0, isAsking: true, sinceMs: performance.now(), bytes: 0 });
    socket.once("close", () => this.#left(socket));
    this.#makeRoom(socket);
    if (this.open >= connectionsMax) {
      counted.note("connections_full", { connections_max: connectionsMax });
    }
  }

  /** Null where no share binds it. */
  #networkOf({ remoteAddress = "" }: Socket): Network | null {
    const { isUnbound = isThisMachine } = this.#options;
    if (remoteAddress === "" || isUnbound(remoteAddress)) return null;
    const name = networkOf(remoteAddress);
    return this.#networks.get(name) ?? { name, open: 0, resting: new Set() };
  }

  #answered(socket: Socket): void {
    const known = this.#known.get(socket);
    if (known === undefined) return;
    known.underWay -= 1;
    Object.assign(known, { isAsking: false, sinceMs: performance.now(), bytes: socket.bytesRead });
    if (known.underWay === 0) known.network?.resting.add(socket);
    // At a full port nobody arrives who would make room. Not at once: whoever was just answered may ask for more.
    if (this.open >= this.#narrow) this.#lookIn(ROOM_EVERY_MS);
  }

  #giveWay(socket: Socket): void {
    // Its place is free at once; that it was closed is heard later.
    this.#left(socket);
    socket.destroy();
  }

  #left(socket: Socket): void {
    const network = this.#known.get(socket)?.network ?? null;
    if (!this.#known.delete(socket) || network === null) return;
    network.resting.delete(socket);
    network.open -= 1;
    if (network.open === 0) this.#networks.delete(network.name);
  }

  /** Whether the oldest connection that the network does not use gave way. */
  #makeRoomIn({ name, resting }: Network): boolean {
    const nowMs = performance.now();
    for (const socket of resting) {
      const known = this.#known.get(socket);
      if (known === undefined || isSending(socket) || turnOf(socket, known, nowMs) === 2) continue;
      this.#giveWay(socket);
      this.#options.counted.note("network_connections_gave_way", { network: name });
      return true;
    }
    return false;
  }

  #lookIn(ms: number): void {
    if (this.#nextLook !== null) return;
    this.#nextLook = setTimeout(() => {
      this.#nextLook = null;
      this.#makeRoom(null);
    }, ms);
    Deno.unrefTimer(this.#nextLook);
  }

  /** @param arriving who is here for the first time, and had no time to say anything */
  #makeRoom(arriving: Socket | null): void {
    const nowMs = performance.now();
    if (this.open < this.#narrow || this.#nextLook !== null) return;
    const dueInMs = this.#roomMadeAtMs + ROOM_EVERY_MS - nowMs;
    if (dueInMs > 0) return this.#lookIn(dueInMs);
    this.#roomMadeAtMs = nowMs;
    const resting = this.#resting(nowMs);
    const going = this.#going(resting.filter(({ socket }) => socket !== arriving));
    for (const { socket } of going) this.#giveWay(socket);
    if (going.length > 0) {
      this.#options.counted.note("connections_gave_way", { of: this.#options.connectionsMax });
    }
    // What has just begun may be late soon.
    if (this.open >= this.#narrow && resting.length > going.length) this.#lookIn(ROOM_EVERY_MS);
  }

  /** What could give way; first what should go first. */
  #resting(nowMs: number): { socket: Socket; turn: Turn }[] {
    return [...this.#known].filter(([socket, { underWay }]) => underWay === 0 && !isSending(socket))
      .map(([socket, known]) => ({ socket, turn: turnOf(socket, known, nowMs), sinceMs: known.sinceMs }))
      .sort((a, b) => a.turn - b.turn || a.sinceMs - b.sinceMs);
  }

  #going<T extends { turn: Turn }>(resting: readonly T[]): T[] {
    const begun = resting.filter(({ turn }) => turn === 2).length;
    // An honest newcomer asks soon: at a port full of half requests it is among the newer ones.
    const begunMayGo = this.open >= this.#options.connectionsMax ? Math.floor(begun / 2) : 0;
    return resting.slice(0, Math.min(this.open - this.#narrow + 1, resting.length - begun + begunMayGo));
  }
}

/** An answer is still on its way to it. */
function isSending(socket: Socket): boolean {
  return socket.writableLength > 0;
}

/** Notes when the next request of an answered connection is first seen to arrive: its time counts from there. */
function turnOf(socket: Socket, known: Known, nowMs: number): Turn {
  if (!known.isAsking && socket.bytesRead > known.bytes) {
    known.isAsking = true;
    known.sinceMs = nowMs;
  }
  if (!known.isAsking) return 1;
  return nowMs - known.sinceMs > HEADERS_USUAL_MS ? 0 : 2;
}
