import type { WriteRate } from "./token_bucket.ts";
import type { Duplex } from "./transport.ts";

/** How to reach a router, as whom, and how hard to use it. Times are milliseconds. */
export interface SessionOptions {
  host: string;
  /** 8728 unless set. */
  port?: number;
  user: string;
  password: string;
  /** For connecting and logging in together; 10,000 unless set, and never more than `deadlineMs`. */
  connectTimeoutMs?: number;
  /** For each command, from when it is sent; 30,000 unless set, because a stall of seconds is normal on a router. */
  deadlineMs?: number;
  /** Longest time between two rows of one answer; 20,000 unless set, and never more than `deadlineMs`. */
  rowGapMs?: number;
  /** Longest time without a byte while an answer is waited for; 12,000 unless set, and never more than `deadlineMs`. */
  silenceMs?: number;
  /** An idle connection is asked something after this long, so that a dead link is noticed; 15,000 unless set, 0 for never. */
  keepaliveMs?: number;
  /** Ends the attempt to connect. */
  signal?: AbortSignal;
  /** Commands on the wire at once; 4 unless set. */
  window?: number;
  /** 10 a second after a burst of 50 unless set. */
  writeRate?: WriteRate;
  /** Brings its own byte stream in place of TCP; the signal ends with the time for connecting. */
  transport?: (signal: AbortSignal) => Promise<Duplex>;
  /**
   * Makes the session one that only plans: reads are sent as ever, and each write is told here, with stars in place of
   * passwords, and answered as done without being sent.
   */
  plan?: (sentence: readonly string[]) => void;
  /** Told of everything that is sent and received, with stars in place of passwords and of everything of the login. */
  trace?: (event: TraceEvent) => void;
  /** Told of rows that came without the id that they were asked for with, and were left out. */
  onSkippedRows?: (command: string, count: number) => void;
}

/** One sentence on the wire, fit to be logged. */
export interface TraceEvent {
  direction: "sent" | "received";
  words: readonly string[];
}

/** The times of a session, in milliseconds. */
export interface SessionTimes {
  connectMs: number;
  deadlineMs: number;
  rowGapMs: number;
  silenceMs: number;
  keepaliveMs: number;
}

/**
 * A stall of seven seconds is normal on a busy router, so both limits lie above it; and a link that went silent is left
 * and the next one logged in within 22 seconds at the worst, which leaves time to bring back whoever paid meanwhile.
 */
const CONNECT_MS = 10_000;
const SILENCE_MS = 12_000;
/** A router that works on a table gives rows all the while; the longest stalls that were seen took seconds. */
const ROW_GAP_MS = 20_000;

/** How long a read may take that is only good to know: a pass waits for it. */
export const SIDE_READ_MS = 10_000;

export function timesOf(options: SessionOptions): SessionTimes {
  const { deadlineMs = 30_000, keepaliveMs = 15_000 } = options;
  return {
    deadlineMs,
    keepaliveMs,
    connectMs: Math.min(deadlineMs, options.connectTimeoutMs ?? CONNECT_MS),
    rowGapMs: Math.min(deadlineMs, options.rowGapMs ?? ROW_GAP_MS),
    silenceMs: Math.min(deadlineMs, options.silenceMs ?? SILENCE_MS),
  };
}

/** Values of a command by name; booleans become yes and no, undefined ones are left out. */
export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;
