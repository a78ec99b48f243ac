import type { Timers } from "./dialer.ts";
import type { Menu } from "./menus.ts";
import type { RouterWorld, SimUser } from "./world.ts";

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
  /** Nothing is answered before this moment of `performance.now()`. */
  stallUntil: number;
  /** Reply sentences left before the connection breaks in the middle of the next one; null for never. */
  sentencesBeforeDrop: number | null;
  oneByteChunks: boolean;
  /** Texts leave in windows-1252, and received bytes are taken as windows-1252. */
  cp1252: boolean;
  /** The next command, or the next of this word, is carried out; then the connection closes with no reply. */
  closeWithoutReply: boolean | string;
  /** Connections stay open and nothing is read or answered any more, as behind a dead link. */
  isFrozen: boolean;
}

export function noFaults(): Faults {
  return {
    latencyMs: 0,
    stallUntil: 0,
    sentencesBeforeDrop: null,
    oneByteChunks: false,
    cp1252: false,
    closeWithoutReply: false,
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
    return Math.max(this.faults.latencyMs, this.faults.stallUntil - performance.now());
  }
}

function starPassword(word: string): string {
  return word.startsWith("=password=") || word.startsWith("=response=")
    ? word.slice(0, word.indexOf("=", 1) + 1) + "*****"
    : word;
}

const GROUP_POLICIES: Record<string, string> = {
  full:
    "local,telnet,ssh,ftp,reboot,read,write,policy,test,winbox,password,web,sniff,sensitive,api,romon,rest-api",
  write: "local,telnet,ssh,reboot,read,write,test,winbox,password,web,sniff,sensitive,api,romon,rest-api",
  read: "local,telnet,ssh,reboot,read,test,winbox,password,web,sniff,sensitive,api,romon,rest-api",
};

/** The policies of a user: of a named group, or as listed. */
export function policiesOf(user: SimUser): ReadonlySet<string> {
  const text = GROUP_POLICIES[user.group] ?? user.group;
  return new Set(text.split(",").filter((policy) => policy !== "" && !policy.startsWith("!")));
}
