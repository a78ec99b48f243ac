import assert from "node:assert/strict";
import pg from "pg";
import { createTestDatabase, type TestDatabase } from "@/tests/support/postgres.ts";
import { createIsp, type Isp, liveUntil, runUntil, todayOf } from "./isp.ts";

/** Every row of every table, but for the ids that chance gives. */
async function everything({ superuserUrl }: TestDatabase, isp: Isp): Promise<Record<string, string[]>> {
  const client = new pg.Client({ connectionString: superuserUrl });
  await client.connect();
  try {
    const { rows: tables } = await client.query<{ name: string }>(
      "select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'",
    );
    const found: Record<string, string[]> = {};
    for (const { name } of tables) {
      const { rows } = await client.query<{ row: Record<string, unknown> }>(
        `select to_jsonb(t) as row from ${client.escapeIdentifier(name)} t`,
      );
      const own = rows.map(({ row }) => row).filter((row) => row["tenant_id"] === isp.tenantId);
      found[name] = own.map((row) =>
        JSON.stringify({ ...row, tenant_id: "", ...(name === "runs" && { id: "" }) })
      ).sort();
    }
    return found;
  } finally {
    await client.end();
  }
}

Deno.test("days on which nothing is to be done leave the rows that are noted for them, and nothing else", async () => {
  await using database = await createTestDatabase();
  const run = await createIsp(database, { subscribers: 2 });
  const before = await everything(database, run);
  await runUntil(run, "2026-01-04T10:00");
  const ran = await everything(database, run);
  const passed = await createIsp(database, { subscribers: 2 });
  await liveUntil(passed, "2026-01-04T10:00");
  const noted = await everything(database, passed);
  // How far a provider's outages were looked at is one row, which the day of the end writes in both.
  for (const table of ["runs", "outage_reviews"]) assert.deepEqual(noted[table], ran[table], table);
  assert.equal(ran["runs"]?.length, 8);
  assert.deepEqual({ ...ran, runs: [], outage_reviews: [] }, before);
  assert.deepEqual(passed.notified, run.notified);
});

Deno.test("a day with a bill, a payment or a stop behind it is run", async () => {
  await using database = await createTestDatabase();
  const run = await createIsp(database, { subscribers: 2 });
  await runUntil(run, "2026-02-20T10:00");
  const lived = await createIsp(database, { subscribers: 2 });
  await liveUntil(lived, "2026-01-12T10:00");
  await liveUntil(lived, "2026-02-20T10:00");
  assert.equal(todayOf(lived).toString(), "2026-02-20");
  const of = async (isp: Isp) => (await everything(database, isp))["runs"];
  assert.deepEqual(await of(lived), await of(run));
  const off = await lived.run((trx) =>
    trx.selectFrom("block_reasons").select("reason").where("tenant_id", "=", lived.tenantId).execute()
  );
  assert.deepEqual(off.map(({ reason }) => reason), ["nonpayment", "nonpayment"]);
});
