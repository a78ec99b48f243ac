import pg from "pg";
import type { TestDatabase } from "@/tests/support/postgres.ts";

/** Gives the planner its statistics, as autovacuum does within a minute of a big change. */
export async function analyze(database: Pick<TestDatabase, "superuserUrl">): Promise<void> {
  const client = new pg.Client({ connectionString: database.superuserUrl });
  await client.connect();
  try {
    await client.query("vacuum analyze");
  } finally {
    await client.end();
  }
}
