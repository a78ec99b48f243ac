import assert from "node:assert/strict";
import { silentLogger } from "@/shared/log.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { sql } from "kysely";
import pg from "pg";
import { DatabaseUnavailableError, openDatabase } from "./database.ts";
import { StatementNames } from "./statement_names.ts";

Deno.test("a statement gets its name the second time, and keeps it", () => {
  const names = new StatementNames();
  assert.equal(names.nameOf("select $1"), undefined);
  const name = names.nameOf("select $1");
  assert.ok(name !== undefined);
  assert.equal(names.nameOf("select $1"), name);
  assert.equal(names.nameOf("select $2"), undefined);
  assert.notEqual(names.nameOf("select $2"), name);
});

Deno.test("a connection keeps no more than 200 statements, and none that is very long", () => {
  const names = new StatementNames();
  const given = new Set<string>();
  for (let i = 0; i < 1000; i++) {
    names.nameOf(`select ${i}`);
    const name = names.nameOf(`select ${i}`);
    if (name !== undefined) given.add(name);
  }
  assert.equal(given.size, 200);
  const long = `select '${"x".repeat(20_000)}'`;
  assert.equal(new StatementNames().nameOf(long) ?? new StatementNames().nameOf(long), undefined);
});

Deno.test("after a migration changed a kept statement, its connection is thrown away and the next try works", async () => {
  await using database = await createTestDatabase();
  const open = openDatabase({ url: database.appUrl, maxConnections: 1, log: silentLogger });
  const owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  try {
    const read = () => sql`select * from rate_limits where key = ${"k"}`.execute(open.db);
    for (let i = 0; i < 3; i++) await read();
    await owner.query("alter table rate_limits add column extra integer");
    await assert.rejects(read(), DatabaseUnavailableError);
    assert.deepEqual((await read()).rows, []);
  } finally {
    await owner.end();
    await open.close();
  }
});
