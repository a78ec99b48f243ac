import { sql } from "kysely";
import { z } from "zod";
import type { Logger } from "@/shared/log.ts";
import { sendSqlAhead } from "../db/ahead.ts";
import { listenChannel } from "../db/listen_channel.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/**
 * What a page can wait for. `money`: bills, payments, balances. `network`: agents and routers of all sites. `tonight`:
 * list, holds, runs. `mail`: messages that were queued, and what became of them. `log`: lines of the
 * system log. `approvals`: requests that wait, and what was decided. `router:`, `run:`, `import:` and `subscriber:` are one of them, by id.
 */
export type LiveTopic =
  | "money"
  | "network"
  | "tonight"
  | "mail"
  | "approvals"
  | "log"
  | `router:${string}`
  | `run:${string}`
  | `import:${string}`
  | `subscriber:${string}`;

/** Channel that every web node listens on. */
export const LIVE_CHANNEL = "linya_live";
/** Topics in one notification: PostgreSQL takes 8,000 bytes, and a topic with an id has less than 50. */
const TOPICS_PER_NOTICE = 150;

const notice = z.object({
  tenantId: z.string(),
  topics: z.array(z.string()).optional(),
  endedSession: z.string().optional(),
  accessChanged: z.literal(true).optional(),
});

/** What a node hears: news of a tenant, the end of a session, or that somebody may do something else now. */
export type LiveNotice =
  | { tenantId: string; topics: readonly LiveTopic[] }
  | { tenantId: string; endedSession: string }
  | { tenantId: string; accessChanged: true };

interface Announcements {
  topics: Set<LiveTopic>;
  endedSessions: Set<string>;
  accessChanged?: true;
}

/** What a transaction will announce; sent once, as its last statement. */
const waiting = new WeakMap<TenantTransaction, Announcements>();

/**
 * Tells every open page that shows these topics to look again, when (and only when) the transaction commits. A hint:
 * a lost one is made up for by polling.
 */
export function announceLive(trx: TenantTransaction, topics: readonly LiveTopic[]): void {
  const { topics: known } = waitingOf(trx);
  for (const topic of topics) known.add(topic);
}

/** Closes the streams of a session on every node, when the transaction commits. */
export function announceSessionEnded(trx: TenantTransaction, sessionId: string): void {
  waitingOf(trx).endedSessions.add(sessionId);
}

/**
 * Roles were given or taken, or became others: when the transaction commits, every open stream of the tenant is asked about
 * again before it hears anything more.
 */
export function announceAccessChanged(trx: TenantTransaction): void {
  waitingOf(trx).accessChanged = true;
}

/** Sends what was announced; `withTenant` calls it before the commit, since NOTIFY makes commits take turns. */
export async function sendAnnouncements(trx: TenantTransaction): Promise<void> {
  const found = waiting.get(trx);
  if (found === undefined) return;
  const { tenantId } = trx;
  // Before the news of the same transaction, which not everybody may hear any more.
  if (found.accessChanged) await notify(trx, { tenantId, accessChanged: true });
  const topics = [...found.topics];
  for (let at = 0; at < topics.length; at += TOPICS_PER_NOTICE) {
    await notify(trx, { tenantId, topics: topics.slice(at, at + TOPICS_PER_NOTICE) });
  }
  for (const endedSession of found.endedSessions) await notify(trx, { tenantId, endedSession });
}

function waitingOf(trx: TenantTransaction): Announcements {
  let found = waiting.get(trx);
  if (found === undefined) waiting.set(trx, found = { topics: new Set(), endedSessions: new Set() });
  return found;
}

async function notify(trx: TenantTransaction, message: LiveNotice): Promise<void> {
  await sendSqlAhead(trx, sql`select pg_notify(${LIVE_CHANNEL}, ${JSON.stringify(message)})`);
}

/** Hears what all nodes announce; `onReady` comes after every connect, when what was said before may be lost. */
export function listenForLive(
  url: string,
  options: { log: Logger; onNotice: (notice: LiveNotice) => void; onReady: () => void },
): { stop(): Promise<void> } {
  const { log, onNotice, onReady } = options;
  return listenChannel(url, LIVE_CHANNEL, {
    log,
    name: "live",
    onReady,
    onPayload(payload) {
      const heard = readNotice(payload);
      if (heard !== null) onNotice(heard);
    },
  });
}

/** Null for what another version may send: a hint that cannot be read is no hint. */
export function readNotice(payload: string): LiveNotice | null {
  let json: unknown;
  try {
    json = JSON.parse(payload);
  } catch {
    return null;
  }
  const parsed = notice.safeParse(json);
  if (!parsed.success) return null;
  const { tenantId, topics, endedSession, accessChanged } = parsed.data;
  if (endedSession !== undefined) return { tenantId, endedSession };
  if (accessChanged !== undefined) return { tenantId, accessChanged };
  return topics === undefined ? null : { tenantId, topics: topics as LiveTopic[] };
}
