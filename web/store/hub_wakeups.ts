import { type Kysely, sql } from "kysely";
import pg from "pg";
import { fullJitterMs } from "@/shared/backoff.ts";
import type { Logger } from "@/shared/log.ts";
import type { Database } from "./schema.ts";

/** PostgreSQL's limit for a payload is 8,000 bytes. */
export const WAKEUP_BYTES_MAX = 7_900;
const CHANNEL = "linya_hub";

/** Sends a hint to the other nodes, in a statement of its own: inside a transaction NOTIFY makes commits take turns. */
export async function publishWakeup(db: Kysely<Database>, payload: string): Promise<void> {
  await sql`select pg_notify(${CHANNEL}, ${payload})`.execute(db);
}

/**
 * Hears hints for as long as it runs; comes back by itself when the database was away. What is published meanwhile is
 * lost, which is why the hub polls too.
 */
export function listenForWakeups(
  url: string,
  options: { log: Logger; onPayload: (payload: string) => void; onReconnect: () => void },
): { stop(): Promise<void> } {
  let client: pg.Client | null = null;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let isStopped = false;
  let attempt = 0;

  async function connect(): Promise<void> {
    const next = new pg.Client({
      connectionString: url,
      application_name: "linya hub",
      keepAlive: true,
      connectionTimeoutMillis: 5_000,
    });
    client = next;
    // Without a listener a dropped connection would be an uncaught error.
    next.on("error", (error) => again(next, error));
    next.on("end", () => again(next, null));
    next.on("notification", (message) => options.onPayload(message.payload ?? ""));
    try {
      await next.connect();
      await next.query(`listen ${CHANNEL}`);
      attempt = 0;
      options.onReconnect();
    } catch (error) {
      again(next, error);
    }
  }

  function again(from: pg.Client, error: unknown): void {
    if (isStopped || client !== from) return;
    client = null;
    void end(from);
    const waitMs = 200 + fullJitterMs(attempt++, { baseMs: 500, capMs: 10_000, random: Math.random });
    options.log.info("hub_wakeups_lost", {
      error: error instanceof Error ? error.message : null,
      wait_ms: waitMs,
    });
    timer = setTimeout(() => void connect(), waitMs);
  }

  async function end(from: pg.Client): Promise<void> {
    try {
      await from.end();
    } catch (error) {
      options.log.debug("hub_wakeups_end_failed", { error: String(error) });
    }
  }

  void connect();
  return {
    async stop() {
      isStopped = true;
      if (timer !== null) clearTimeout(timer);
      if (client !== null) await end(client);
    },
  };
}
