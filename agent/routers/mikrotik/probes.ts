import { parseRouterDate, type Row, TrapError } from "@/shared/routeros/mod.ts";
import type { CallOptions } from "./request.ts";
import type { RouterOsSession } from "./session.ts";
import { SIDE_READ_MS } from "./session_options.ts";

/**
 * The first of these menus that the router has, or null. Asking the router is surer than its version: packages come and
 * go, as `/interface/wifi`, `/interface/wifiwave2` and `/interface/wireless` do.
 */
export async function findMenu(session: RouterOsSession, paths: readonly string[]): Promise<string | null> {
  for (const path of paths) {
    try {
      await session.call(`${path}/print`, { "count-only": "" });
      return path;
    } catch (error) {
      // A menu of one row has nothing to count, and says so.
      if (error instanceof TrapError && error.kind === "UnknownParameter") return path;
      if (!isUnknownCommand(error)) throw error;
    }
  }
  return null;
}

function isUnknownCommand(error: unknown): boolean {
  return error instanceof TrapError && error.kind === "NoSuchCommand";
}

/** What came of one echo request. */
export interface PingAnswer {
  isAnswered: boolean;
  /** As the router prints it, such as "2ms"; null without an answer. */
  time: string | null;
}

/** Asks the router to ping an address so many times. Needs the policy test. */
export async function ping(
  session: RouterOsSession,
  address: string,
  count: number,
  options: Pick<CallOptions, "signal" | "deadlineMs"> = {},
): Promise<PingAnswer[]> {
  const rows = await pingRows(session, { address, count }, options);
  return rows.map((row) => ({ isAnswered: row["status"] === undefined, time: row["time"] ?? null }));
}

/** The short form is in every version that was seen, and hidden from consoles in late ones: the long one is the way out. */
async function pingRows(
  session: RouterOsSession,
  attributes: { address: string; count: number },
  options: CallOptions,
): Promise<Row[]> {
  try {
    return (await session.call("/ping", attributes, options)).rows;
  } catch (error) {
    if (!isUnknownCommand(error)) throw error;
    return (await session.call("/tool/ping", attributes, options)).rows;
  }
}

/** The clock of a router. */
export interface RouterClock {
  /** Its time, or null when it cannot be read. */
  at: Temporal.Instant | null;
  /** Boards without a battery begin in 1970 after a power cut, until they have asked a time server. */
  isUnset: boolean;
}

/** No router was made before its RouterOS. */
const FIRST_YEAR = 2018;

/** What the router takes for now; all its dates are in its own local time. */
export async function readClock(session: RouterOsSession): Promise<RouterClock> {
  const { rows: [row = {}] } = await session.call("/system/clock/print", {}, {
    deadlineMs: SIDE_READ_MS,
  });
  const local = parseRouterDate(`${row["date"] ?? ""} ${row["time"] ?? ""}`);
  const offset = row["gmt-offset"] ?? "";
  if (local === null || !/^[+-]\d{2}:\d{2}$/.test(offset)) return { at: null, isUnset: false };
  return { at: local.toZonedDateTime(offset).toInstant(), isUnset: local.year < FIRST_YEAR };
}
