import assert from "node:assert/strict";
import pg from "pg";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { refreshStatistics } from "./statistics.ts";

Deno.test("statistics are refreshed as the web's role, and given up soon while something else holds a table", async () => {
  await using database = await createTestDatabase();
  await refreshStatistics(database.db);
  const other = new pg.Client({ connectionString: database.superuserUrl });
  await other.connect();
  try {
    // As a VACUUM holds it.
    await other.query("begin; lock table payments in share update exclusive mode");
    const started = performance.now();
    await assert.rejects(refreshStatistics(database.db), /lock timeout/);
    assert.ok(performance.now() - started < 10_000);
    await other.query("rollback");
    await refreshStatistics(database.db);
  } finally {
    await other.end();
  }
});
