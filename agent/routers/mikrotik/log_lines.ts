import type { RouterOsSession } from "./session.ts";
import { SIDE_READ_MS } from "./session_options.ts";

/** A line of the router's own log. */
export interface LogLine {
  /** As the router writes it, in its own time; before 7.10 without the date on the same day. */
  time: string;
  topics: readonly string[];
  message: string;
}

/** The newest lines count; a router keeps a thousand unless told otherwise. */
const MAX_LINES = 5_000;

/** What the router wrote into its memory log, the oldest first. */
export async function listLog(session: RouterOsSession): Promise<LogLine[]> {
  const { rows } = await session.call("/log/print", {}, {
    proplist: ["time", "topics", "message"],
    deadlineMs: SIDE_READ_MS,
  });
  return rows.slice(-MAX_LINES).map((row) => ({
    time: row["time"] ?? "",
    topics: (row["topics"] ?? "").split(","),
    message: row["message"] ?? "",
  }));
}
