import { type Kysely, sql } from "kysely";
import pg from "pg";
import type { Database } from "./schema.ts";

/** Schema of pg-boss; it belongs to the owner, the web only works in it (decision R9). */
export const JOBS_SCHEMA = "pgboss";

const QUEUE_TIMES = ["monitor_claim_on", "monitor_on", "maintain_on"] as const;

/**
 * Forgets what pg-boss has noted as done in the future, and starts jobs that wait for it: after a clock that ran ahead
 * and came back, its schedules and its watch would otherwise rest until that day, without a word. None of our jobs is
 * meant to wait longer than its retries.
 */
export async function releaseFuture(db: Kysely<Database>): Promise<void> {
  const schema = sql.id(JOBS_SCHEMA);
  const future = sql`now() + interval '1 hour'`;
  await sql`update ${schema}.version set cron_on = null where cron_on > ${future}`.execute(db);
  for (const name of QUEUE_TIMES) {
    await sql`update ${schema}.queue set ${sql.id(name)} = null where ${sql.id(name)} > ${future}`.execute(
      db,
    );
  }
  await sql`update ${schema}.job set start_after = now()
    where state < 'active' and not blocked and start_after > ${future}`.execute(db);
}

/**
 * Lets the web work in the job tables, which belong to their owner.
 *
 * @param ownerUrl DATABASE_OWNER_URL
 */
export async function grantJobRights(ownerUrl: string, appRole: string): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    const role = client.escapeIdentifier(appRole);
    await client.query(`grant usage on schema ${JOBS_SCHEMA} to ${role}`);
    await client.query(
      `grant select, insert, update, delete on all tables in schema ${JOBS_SCHEMA} to ${role}`,
    );
    await client.query(`grant usage, select on all sequences in schema ${JOBS_SCHEMA} to ${role}`);
    await client.query(`grant execute on all functions in schema ${JOBS_SCHEMA} to ${role}`);
  } finally {
    await client.end();
  }
}
