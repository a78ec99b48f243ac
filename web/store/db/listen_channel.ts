import pg from "pg";
import { fullJitterMs } from "@/shared/backoff.ts";
import type { Logger } from "@/shared/log.ts";

/** What a listener does with what it hears. */
export interface ChannelEvents {
  log: Logger;
  /** Named in the log and to the database. */
  name: string;
  onPayload: (payload: string) => void;
  /** The connection is there, at first and after every loss; what was sent meanwhile is gone. */
  onReady: () => void;
}

/**
 * LISTENs on a channel for as long as it runs, on a connection of its own; comes back by itself when the database was
 * away. What is sent meanwhile is lost, so a hint on a channel is never the truth.
 */
export function listenChannel(
  url: string,
  channel: string,
  { log, name, onPayload, onReady }: ChannelEvents,
): { stop(): Promise<void> } {
  let client: pg.Client | null = null;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let isStopped = false;
  let attempt = 0;

  async function connect(): Promise<void> {
    const next = new pg.Client({
      connectionString: url,
      application_name: `linya ${name}`,
      keepAlive: true,
      connectionTimeoutMillis: 5_000,
    });
    client = next;
    // Without a listener a dropped connection would be an uncaught error.
    next.on("error", (error) => again(next, error));
    next.on("end", () => again(next, null));
    next.on("notification", (message) => onPayload(message.payload ?? ""));
    try {
      await next.connect();
      await next.query(`listen ${channel}`);
      attempt = 0;
      onReady();
    } catch (error) {
      again(next, error);
    }
  }

  function again(from: pg.Client, error: unknown): void {
    if (isStopped || client !== from) return;
    client = null;
    void end(from);
    const waitMs = 200 + fullJitterMs(attempt++, { baseMs: 500, capMs: 10_000, random: Math.random });
    log.info("listen_lost", {
      name,
      error: error instanceof Error ? error.message : null,
      wait_ms: waitMs,
    });
    timer = setTimeout(() => void connect(), waitMs);
  }

  async function end(from: pg.Client): Promise<void> {
    try {
      await from.end();
    } catch (error) {
      log.debug("listen_end_failed", { name, error: String(error) });
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
