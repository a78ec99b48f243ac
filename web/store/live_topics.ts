import { sql } from "kysely";
import type { TenantTransaction } from "./tenant_transaction.ts";

/**
 * What a page can wait for. `money`: bills, payments, balances. `network`: agents and routers of all sites. `tonight`:
 * list, holds, runs. `router:`, `run:`, `import:` and `subscriber:` are one of them, by id.
 */
export type LiveTopic =
  | "money"
  | "network"
  | "tonight"
  | `router:${string}`
  | `run:${string}`
  | `import:${string}`
  | `subscriber:${string}`;

/** Channel that every web node listens on. */
export const LIVE_CHANNEL = "linya_live";

/**
 * Tells every open page that shows these topics to look again, when (and only when) the transaction commits. A hint:
 * a lost one is made up for by polling.
 */
export async function announceLive(trx: TenantTransaction, topics: readonly LiveTopic[]): Promise<void> {
  if (topics.length === 0) return;
  const payload = JSON.stringify({ tenantId: trx.tenantId, topics: [...new Set(topics)] });
  await sql`select pg_notify(${LIVE_CHANNEL}, ${payload})`.execute(trx);
}
