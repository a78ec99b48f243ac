import assert from "node:assert/strict";
import { sql } from "kysely";
import pg from "pg";
import { silentLogger } from "@/shared/log.ts";
import { assertRejectsWith } from "@/tests/support/expect.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { assertAppRole, isUnavailable, openDatabase } from "./database.ts";
import { freePort } from "@/embedded_postgres/port.ts";

Deno.test("bigint, date, timestamptz and their arrays make the round trip exactly", async () => {
  await using database = await createTestDatabase();
  const amount = 9_007_199_254_740_993n;
  const day = Temporal.PlainDate.from("2024-02-29");
  const at = Temporal.Instant.from("2026-11-23T08:35:22.619001Z");
  const { rows: [row] } = await sql<Record<string, unknown>>`
    select ${amount}::bigint as amount, ${day}::date as day, ${at}::timestamptz as at,
      ${[amount, -1n]}::bigint[] as amounts, ${[day, null]}::date[] as days, ${[
    at,
  ]}::timestamptz[] as instants,
      '{}'::date[] as none, null::date as nothing, ${{ a: [1] }}::jsonb as json`.execute(database.db);
  assert.equal(row?.amount, amount);
  assert.ok(row?.day instanceof Temporal.PlainDate && row.day.equals(day));
  assert.ok(row?.at instanceof Temporal.Instant && row.at.equals(at));
  assert.deepEqual(row?.amounts, [amount, -1n]);
  assert.deepEqual(String(row?.days), "2024-02-29,");
  assert.deepEqual(String(row?.instants), at.toString());
  assert.deepEqual([row?.none, row?.nothing, row?.json], [[], null, { a: [1] }]);
});

Deno.test("pg's global type table is left alone", () => {
  assert.equal(pg.types.getTypeParser(20)("1"), "1");
});

Deno.test("sessions run in UTC with ISO dates and keep statements within limits", async () => {
  await using database = await createTestDatabase();
  const { rows } = await sql<{ name: string; setting: string }>`
    select name, setting from pg_settings where name in
      ('TimeZone', 'DateStyle', 'statement_timeout', 'idle_in_transaction_session_timeout')
    order by name collate "C"`.execute(database.db);
  assert.deepEqual(rows.map((row) => `${row.name}=${row.setting}`), [
    "DateStyle=ISO, MDY",
    "TimeZone=UTC",
    "idle_in_transaction_session_timeout=30000",
    "statement_timeout=30000",
  ]);
});

Deno.test("a database that is away gives a typed error", async () => {
  const { db, close } = openDatabase({
    url: `postgres://linya_app:x@127.0.0.1:${freePort()}/linya`,
    log: silentLogger,
  });
  try {
    await assertRejectsWith(() => sql`select 1`.execute(db), "DatabaseUnavailableError");
  } finally {
    await close();
  }
});

Deno.test("a connection that is ended in a transaction gives a typed error and is replaced", async () => {
  await using database = await createTestDatabase();
  const admin = new pg.Client({ connectionString: database.superuserUrl });
  await admin.connect();
  try {
    const cut = database.db.transaction().execute(async (trx) => {
      const { rows: [session] } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(trx);
      await admin.query("select pg_terminate_backend($1, 5000)", [session?.pid]);
      await sql`select 1`.execute(trx);
    });
    await assert.rejects(cut, (error: unknown) => isUnavailable(error));
    const { rows } = await sql<{ one: number }>`select 1 as one`.execute(database.db);
    assert.deepEqual(rows, [{ one: 1 }]);
  } finally {
    await admin.end();
  }
});

Deno.test("a wrong statement is not an outage", async () => {
  await using database = await createTestDatabase();
  await assert.rejects(
    sql`select * from nowhere`.execute(database.db),
    (error: unknown) => !isUnavailable(error),
  );
});

Deno.test("assertAppRole takes the app role and refuses owner and superuser", async () => {
  await using database = await createTestDatabase();
  await assertAppRole(database.db);
  for (
    const [url, reason] of [[database.ownerUrl, /it owns/], [
      database.superuserUrl,
      /it is a superuser/,
    ]] as const
  ) {
    const { db, close } = openDatabase({ url, log: silentLogger });
    try {
      await assert.rejects(assertAppRole(db), reason);
    } finally {
      await close();
    }
  }
});
