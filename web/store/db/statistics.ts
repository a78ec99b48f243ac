import { type Kysely, sql } from "kysely";
import type { Database } from "./schema.ts";

/** A VACUUM or another import may hold the tables; the next time comes soon. */
const LOCK_WAIT = "2s";

/**
 * Refreshes what the planner knows, after a batch has filled tables faster than autovacuum looks at them; see migration
 * 0012. In a transaction of its own: nothing depends on it. It rejects when something else holds a table.
 */
export async function refreshStatistics(db: Kysely<Database>): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await sql`select set_config('lock_timeout', ${LOCK_WAIT}, true)`.execute(trx);
    await sql`select refresh_statistics()`.execute(trx);
  });
}
