import { type Kysely, sql } from "kysely";
import type { Database } from "@/web/store/db/schema.ts";
import { JOBS_SCHEMA } from "./define_job.ts";

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
