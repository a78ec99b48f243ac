import type { Trap } from "@/shared/routeros/mod.ts";
import type { Timers } from "./dialer.ts";
import type { Menu } from "./menus.ts";
import type { RouterWorld } from "./world.ts";

/** What the simulator has seen, for tests to compare with what a client should have done. */
export interface Counters {
  connections: number;
  logins: number;
  failedLogins: number;
  commands: number;
  /** Commands that change configuration or end sessions, one per sentence however many rows it names. */
  writes: number;
  inFlight: number;
  maxInFlight: number;
}

export function newCounters(): Counters {
  return {
    connections: 0,
    logins: 0,
    failedLogins: 0,
    commands: 0,
    writes: 0,
    inFlight: 0,
    maxInFlight: 0,
  };
}

/** Ways to misbehave, as real routers and networks do. Times are milliseconds. */
export interface Faults {
  latencyMs: number;
  /** A busy processor: so many commands at full speed, then each takes `slowMs`. Null for no such limit. */
  burst: { commands: number; slowMs: number } | null;
  /** Nothing is answered before this moment of `performance.now()`. */
  stallUntil: number;
  /** Reply sentences left before the connection breaks in the middle of the next one; null for never. */
  sentencesBeforeDrop: number | null;
  oneByteChunks: boolean;
  /** Texts leave in windows-1252, and received bytes are taken as windows-1252. */
  cp1252: boolean;
  /** The next command, or the next of this word, is carried out; then the connection closes with no reply. */
  closeWithoutReply: boolean | string;
  /** Bytes that still leave before the connection goes silent for good; null for never. */
  bytesBeforeSilence: number | null;
  /** Refusals that come before the answer of the next command. */
  trapsBeforeAnswer: readonly Trap[];
  /** Connections stay open and nothing is read or answered any more, as behind a dead link. */
  isFrozen: boolean;
}

export function noFaults(): Faults {
  return {
    latencyMs: 0,
    burst: null,
    stallUntil: 0,
    sentencesBeforeDrop: null,
    oneByteChunks: false,
    cp1252: false,
    closeWithoutReply: false,
    bytesBeforeSilence: null,
    trapsBeforeAnswer: [],
    isFrozen: false,
  };
}

/** A received command for the record: passwords are starred. */
export interface LoggedCommand {
  atMs: number;
  words: string[];
}

const LOG_LIMIT = 20_000;

/** What all connections of one simulator share. */
export class Hub {
  readonly counters: Counters = newCounters();
  readonly faults: Faults = noFaults();
  readonly log: LoggedCommand[] = [];
  #busyUntil = 0;

  constructor(
    readonly world: RouterWorld,
    readonly menus: ReadonlyMap<string, Menu>,
    readonly timers: Timers,
    readonly reboot: () => void,
  ) {}

  record(words: readonly string[]): void {
    this.log.push({ atMs: performance.now(), words: words.map(starPassword) });
    if (this.log.length > LOG_LIMIT) this.log.splice(0, LOG_LIMIT / 2);
  }

  began(): void {
    this.counters.commands++;
    this.counters.inFlight++;
    this.counters.maxInFlight = Math.max(this.counters.maxInFlight, this.counters.inFlight);
  }

  ended(): void {
    this.counters.inFlight--;
  }

  /** How long the router takes for the next command. */
  delayMs(): number {
    const now = performance.now();
    return Math.max(this.faults.latencyMs, this.faults.stallUntil - now, this.#queueMs(now));
  }

  /** The tokens of a burst come back at the slow rate; over all connections, as on a real board. */
  #queueMs(now: number): number {
    const { burst } = this.faults;
    if (burst === null) return 0;
    const full = now + burst.commands * burst.slowMs;
    this.#busyUntil = Math.max(this.#busyUntil, now) + burst.slowMs;
    return Math.max(0, this.#busyUntil - full);
  }
}

function starPassword(word: string): string {
  return word.startsWith("=password=") || word.startsWith("=response=")
    ? word.slice(0, word.indexOf("=", 1) + 1) + "*****"
    : word;
}
