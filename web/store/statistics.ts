import { type Kysely, sql } from "kysely";
import type { Database } from "./schema.ts";

/**
 * Refreshes what the planner knows, after a batch has filled tables faster than autovacuum looks at them; see migration
 * 0012. In a transaction of its own: nothing depends on it.
 */
export async function refreshStatistics(db: Kysely<Database>): Promise<void> {
  await sql`select refresh_statistics()`.execute(db);
}
