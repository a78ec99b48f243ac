import { type Kysely, sql } from "kysely";
import type { Logger } from "@/shared/log.ts";
import { listenChannel } from "../db/listen_channel.ts";
import type { Database } from "../db/schema.ts";

const CHANNEL = "linya_hub";

/** Sends a hint to the other nodes, in a statement of its own: inside a transaction NOTIFY makes commits take turns. */
export async function publishHubNotice(db: Kysely<Database>, payload: string): Promise<void> {
  await sql`select pg_notify(${CHANNEL}, ${payload})`.execute(db);
}

/**
 * Hears hints for as long as it runs; comes back by itself when the database was away. What is published meanwhile is
 * lost, which is why the hub polls too.
 */
export function listenForHubNotices(
  url: string,
  options: { log: Logger; onPayload: (payload: string) => void; onReconnect: () => void },
): { stop(): Promise<void> } {
  const { log, onPayload, onReconnect } = options;
  return listenChannel(url, CHANNEL, { log, name: "hub", onPayload, onReady: onReconnect });
}
