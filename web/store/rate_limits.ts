import { type Kysely, sql } from "kysely";
import type { Database } from "./schema.ts";

/** Counts a hit and tells how many there were in the current window; kept in the database so that web nodes share it. */
export async function countHit(
  db: Kysely<Database>,
  key: string,
  window: { now: Temporal.Instant; seconds: number },
): Promise<{ hits: number; windowEndsAt: Temporal.Instant }> {
  const endsAt = window.now.add({ seconds: window.seconds });
  const row = await db
    .insertInto("rate_limits")
    .values({ key, hits: 1, window_ends_at: endsAt })
    .onConflict((conflict) =>
      conflict.column("key").doUpdateSet((eb) => ({
        hits: sql<
          number
        >`case when rate_limits.window_ends_at <= ${window.now} then 1 else rate_limits.hits + 1 end`,
        window_ends_at: sql<
          Temporal.Instant
        >`case when rate_limits.window_ends_at <= ${window.now} then ${eb.ref("excluded.window_ends_at")}
          else rate_limits.window_ends_at end`,
      }))
    )
    .returning(["hits", "window_ends_at"])
    .executeTakeFirstOrThrow();
  return { hits: row.hits, windowEndsAt: row.window_ends_at };
}

/** Forgets the hits of a key, after a success. */
export async function clearHits(db: Kysely<Database>, key: string): Promise<void> {
  await db.deleteFrom("rate_limits").where("key", "=", key).execute();
}

/** Drops windows that are over. */
export async function deleteEndedWindows(db: Kysely<Database>, now: Temporal.Instant): Promise<void> {
  await db.deleteFrom("rate_limits").where("window_ends_at", "<", now).execute();
}
