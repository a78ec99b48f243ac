import type { Clock } from "@/shared/clock.ts";
import type { Logger } from "@/shared/log.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { isThisMachine, networkOf } from "@/web/domain/access/mod.ts";
import { listenForLive, type LiveNotice, type LiveTopic } from "@/web/store/live/live_topics.ts";
import { EventRing, type LiveEvent } from "./event_ring.ts";
import { LiveStream } from "./live_stream.ts";

/** How the pages of this node hear news. */
export interface LiveHubOptions {
  clock: Clock;
  log: Logger;
  /** For LISTEN, which needs a connection of its own. Null hears nothing: pages poll. */
  databaseUrl: string | null;
  /** What else of this node listens, on the same connection: the mail worker. */
  onNews?: (topics: readonly LiveTopic[]) => void;
  /** @default 25000 */
  heartbeatMs?: number;
  /** Pages that may listen; each keeps a connection, and pages have to be loaded as well. @default 5000 */
  streamsMax?: number;
  /** Pages of one network that may listen; it has a share of the connections, and has to load pages as well. @default {no limit} */
  streamsPerNetworkMax?: number;
}

/** A page that wants to be told. */
export interface LiveAsk {
  tenantId: string;
  sessionId: string;
  /** Where the page's requests come from. */
  address: string;
  /** Already without those that this person may not hear. */
  topics: readonly LiveTopic[];
  /** The last position that the page knows; null when it knows none. */
  after: string | null;
  /** Asked with every heartbeat, and when roles have changed: the session lives and may hear what it heard. */
  isStillAllowed: () => Promise<boolean>;
}

/** Pages that one session may have open at once; further ones poll. */
export const STREAMS_PER_SESSION = 12;
/** Pages of one tenant on a node: one with many staff, or with a script, leaves room for the others. */
export const STREAMS_PER_TENANT = 1_000;
/** Pages on one node. */
export const STREAMS_MAX = 5_000;
/** A tenant's ring is forgotten when nobody has listened for so long. */
const IDLE_MS = 300_000;
const TICK_MS = 1_000;

interface Tenant {
  ring: EventRing;
  streams: Set<LiveStream>;
  usedMs: number;
}

/** What the hub keeps of an open stream. */
interface Open {
  isStillAllowed: () => Promise<boolean>;
  beatDueMs: number;
  /** Null for this machine itself, where proxies stand. */
  network: string | null;
  /** News that wait until it is known whether the page may still hear them; null: nothing is in doubt. */
  held: LiveEvent[] | null;
  /** How often it came into doubt: an answer to an earlier question does not settle a later one. */
  doubts: number;
}

/**
 * Fans the database's hints out to the open pages of this node. One connection listens, however many pages; each tenant
 * has its ring of late events. Nothing here is the truth: a page that is told reads again.
 */
export class LiveHub {
  readonly #options: LiveHubOptions;
  readonly #tenants = new Map<string, Tenant>();
  readonly #open = new Map<LiveStream, Open>();
  /** Open streams of each network. */
  readonly #ofNetwork = new Map<string, number>();
  readonly #heartbeatMs: number;
  readonly #listener: { stop(): Promise<void> } | null;
  readonly #timer: ReturnType<typeof setInterval>;
  #isStopped = false;

  constructor(options: LiveHubOptions) {
    this.#options = options;
    this.#heartbeatMs = options.heartbeatMs ?? 25_000;
    const { databaseUrl, log } = options;
    this.#listener = databaseUrl === null ? null : listenForLive(databaseUrl, {
      log,
      onNotice: (notice) => {
        this.hear(notice);
        if ("topics" in notice) options.onNews?.(notice.topics);
      },
      onReady: () => this.#listening(),
    });
    this.#timer = setInterval(() => this.tick(performance.now()), Math.min(TICK_MS, this.#heartbeatMs));
  }

  /** How many pages are connected. */
  get size(): number {
    return this.#open.size;
  }

  /** Where a page of this tenant stands that is rendered now; its stream begins there. */
  position(tenantId: string): string {
    return this.#tenant(tenantId).ring.position;
  }

  /** Opens the stream of a page. */
  open(ask: LiveAsk): Result<ReadableStream<Uint8Array>, "stopping" | "too_many"> {
    if (this.#isStopped) return err("stopping");
    if (this.#open.size >= Math.min(STREAMS_MAX, this.#options.streamsMax ?? STREAMS_MAX)) {
      return err("too_many");
    }
    const network = isThisMachine(ask.address) ? null : networkOf(ask.address);
    const { streamsPerNetworkMax = Infinity } = this.#options;
    if (this.#countOf(network) >= streamsPerNetworkMax) return err("too_many");
    const tenant = this.#tenant(ask.tenantId);
    if (tenant.streams.size >= STREAMS_PER_TENANT) return err("too_many");
    const own = [...tenant.streams].filter(({ sessionId }) => sessionId === ask.sessionId);
    if (own.length >= STREAMS_PER_SESSION) return err("too_many");
    const stream = new LiveStream(ask, (closed) => this.#closed(closed));
    tenant.streams.add(stream);
    const { isStillAllowed } = ask;
    this.#open.set(stream, { isStillAllowed, beatDueMs: this.#nextBeatMs(), network, held: null, doubts: 0 });
    if (network !== null) this.#ofNetwork.set(network, this.#countOf(network) + 1);
    stream.sendRetry(1_000 + Math.round(Math.random() * 3_000));
    const missed = ask.after === null ? null : tenant.ring.after(ask.after);
    if (missed === null) stream.sendResync(tenant.ring.position);
    else stream.sendNews({ id: tenant.ring.position, topics: missed.flatMap(({ topics }) => topics) });
    stream.sendBeat(tenant.ring.position, this.#options.clock.now());
    return ok(stream.body);
  }

  /** Takes a notice of any node. */
  hear(notice: LiveNotice): void {
    const tenant = this.#tenants.get(notice.tenantId);
    if (tenant === undefined) return;
    if ("endedSession" in notice) {
      for (const stream of [...tenant.streams]) {
        if (stream.sessionId === notice.endedSession) stream.close();
      }
      return;
    }
    if ("accessChanged" in notice) {
      for (const stream of tenant.streams) this.#doubt(stream);
      return;
    }
    const event = tenant.ring.add(notice.topics);
    for (const stream of [...tenant.streams]) {
      const held = this.#open.get(stream)?.held ?? null;
      if (held === null) stream.sendNews(event);
      else held.push(event);
    }
  }

  /** Signs of life that are due; pages that may not listen any more are closed. */
  tick(nowMs: number): void {
    for (const [tenantId, tenant] of this.#tenants) {
      if (tenant.streams.size > 0) tenant.usedMs = nowMs;
      else if (nowMs - tenant.usedMs > IDLE_MS) this.#tenants.delete(tenantId);
    }
    for (const [stream, open] of this.#open) {
      if (nowMs < open.beatDueMs) continue;
      open.beatDueMs = this.#nextBeatMs(nowMs);
      void this.#beat(stream, open);
    }
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearInterval(this.#timer);
    for (const stream of [...this.#open.keys()]) stream.close();
    await this.#listener?.stop();
  }

  async #beat(stream: LiveStream, open: Open): Promise<void> {
    await this.#check(stream, open);
    stream.sendBeat(this.position(stream.tenantId), this.#options.clock.now());
  }

  /** Whoever has lost a role hears nothing from now on, not even what is said while that is looked up. */
  #doubt(stream: LiveStream): void {
    const open = this.#open.get(stream);
    if (open === undefined) return;
    open.held ??= [];
    open.doubts++;
    void this.#check(stream, open);
  }

  /** Closes the page of somebody who may not listen any more, and tells the others what has waited. */
  async #check(stream: LiveStream, open: Open): Promise<void> {
    const { doubts } = open;
    try {
      if (!await open.isStillAllowed()) return stream.close();
    } catch (error) {
      // The database is away: nobody is signed out for that, and the next beat asks again.
      this.#options.log.debug("live_check_failed", { error: String(error) });
      return;
    }
    if (open.held === null || open.doubts !== doubts) return;
    const { held } = open;
    open.held = null;
    for (const event of held) stream.sendNews(event);
  }

  /** A little early and spread, so that the pages of a node do not all ask the database at once. */
  #nextBeatMs(nowMs = performance.now()): number {
    return nowMs + this.#heartbeatMs * (0.9 + 0.1 * Math.random());
  }

  /** Nobody knows what was said while nobody listened: every page looks again. */
  #listening(): void {
    for (const tenant of this.#tenants.values()) {
      tenant.ring = newRing();
      for (const stream of [...tenant.streams]) stream.sendResync(tenant.ring.position);
    }
  }

  #tenant(tenantId: string): Tenant {
    let tenant = this.#tenants.get(tenantId);
    if (tenant === undefined) {
      tenant = { ring: newRing(), streams: new Set(), usedMs: performance.now() };
      this.#tenants.set(tenantId, tenant);
    }
    return tenant;
  }

  #countOf(network: string | null): number {
    return network === null ? 0 : this.#ofNetwork.get(network) ?? 0;
  }

  #closed(stream: LiveStream): void {
    const network = this.#open.get(stream)?.network ?? null;
    if (this.#open.delete(stream) && network !== null) {
      const count = this.#countOf(network) - 1;
      if (count > 0) this.#ofNetwork.set(network, count);
      else this.#ofNetwork.delete(network);
    }
    this.#tenants.get(stream.tenantId)?.streams.delete(stream);
  }
}

function newRing(): EventRing {
  return new EventRing(crypto.randomUUID().slice(0, 13));
}
