import { type Kysely, sql } from "kysely";
import type { Database } from "../db/schema.ts";

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

/** Takes one hit back; the other hits of the window stay. */
export async function forgiveHit(db: Kysely<Database>, key: string): Promise<void> {
  await db.updateTable("rate_limits").set((eb) => ({ hits: eb("hits", "-", 1) }))
    .where("key", "=", key).where("hits", ">", 0).execute();
}

/** How the turns of a key follow each other. */
export interface TurnRule {
  now: Temporal.Instant;
  /** Wait before turn 1, 2, 3, … */
  waitSeconds: (turn: number) => number;
  /** A turn that nobody takes for so long is forgotten, and the waits begin anew. */
  keepSeconds: number;
}

/**
 * Takes the turn of a key when its time has come, and sets the time of the next; null when it was taken, else when it
 * comes. Who asks too early changes nothing. One row: `hits` is the number of the turn that is waited for.
 */
export async function takeTurn(
  db: Kysely<Database>,
  key: string,
  { now, waitSeconds, keepSeconds }: TurnRule,
): Promise<Temporal.Instant | null> {
  const endOf = (turn: number) => now.add({ seconds: waitSeconds(turn) + keepSeconds });
  const begun = await db.insertInto("rate_limits").values({ key, hits: 1, window_ends_at: endOf(1) })
    .onConflict((conflict) =>
      conflict.column("key").doUpdateSet({ hits: 1, window_ends_at: endOf(1) })
        .where("rate_limits.window_ends_at", "<=", now)
    ).returning("window_ends_at").executeTakeFirst();
  const opensAt = (end: Temporal.Instant) => end.subtract({ seconds: keepSeconds });
  if (begun !== undefined) return opensAt(begun.window_ends_at);
  const row = await db.selectFrom("rate_limits").select(["hits", "window_ends_at"]).where("key", "=", key)
    .executeTakeFirst();
  // Cleared in between by somebody whose password was right.
  if (row === undefined) return null;
  if (Temporal.Instant.compare(opensAt(row.window_ends_at), now) > 0) return opensAt(row.window_ends_at);
  const next = row.hits + 1;
  const taken = await db.updateTable("rate_limits").set({ hits: next, window_ends_at: endOf(next) })
    .where("key", "=", key).where("hits", "=", row.hits).returning("key").executeTakeFirst();
  return taken === undefined ? now.add({ seconds: waitSeconds(next) }) : null;
}

const ENDED_AT_ONCE = 100;

/**
 * Drops windows that are over, up to 100. Whoever counts calls it: more go than come, so that made-up keys cannot fill
 * the table. Rows that another one is dropping are left to it.
 */
export async function deleteEndedWindows(db: Kysely<Database>, now: Temporal.Instant): Promise<void> {
  await db.deleteFrom("rate_limits").where(
    "key",
    "in",
    (eb) =>
      eb.selectFrom("rate_limits").select("key").where("window_ends_at", "<=", now)
        .orderBy("window_ends_at").limit(ENDED_AT_ONCE).forUpdate().skipLocked(),
  ).execute();
}
