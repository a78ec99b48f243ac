import assert from "node:assert/strict";
import pg from "pg";
import { sql } from "kysely";
import { createIsp } from "@/tests/billing/isp.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { silentLogger } from "@/shared/log.ts";
import { askSqlAhead, sendAhead } from "./ahead.ts";
import { openDatabase } from "./database.ts";
import { listSubscribers } from "../subscribers/subscribers_page.ts";
import { withTenant } from "./tenant_transaction.ts";
import { sqlState } from "./unavailable.ts";

const NOW = Temporal.Instant.from("2026-02-03T02:00:00Z");

Deno.test("the list of subscribers keeps one plan for all pages, whatever their position and day", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 200 });
  const open = openDatabase({ url: database.appUrl, maxConnections: 1, log: silentLogger });
  try {
    const read = (day: number) =>
      withTenant(open.db, isp.tenantId, (trx) => {
        const moment = { today: Temporal.PlainDate.from({ year: 2026, month: 2, day }), now: NOW };
        return listSubscribers(trx, {}, moment, { limit: 50 });
      }, { readOnly: true });
    for (let day = 1; day <= 12; day++) assert.equal((await read(day)).rows.length, 50);
    const { rows } = await sql<{ generic_plans: bigint }>`select generic_plans from pg_prepared_statements
      where statement like '%order by name_sort%limit 51%'`.execute(open.db);
    assert.equal(rows.length, 1);
    assert.ok(Number(rows[0]?.generic_plans) >= 5, `${rows[0]?.generic_plans} times by the kept plan`);
  } finally {
    await open.close();
  }
});

Deno.test("a transaction that only read leaves nothing open behind it, and the next one on its connection is its own", async () => {
  await using database = await createTestDatabase();
  const [ours, theirs] = [await createIsp(database), await createIsp(database)];
  const open = openDatabase({ url: database.appUrl, maxConnections: 1, log: silentLogger });
  const watcher = new pg.Client({ connectionString: database.superuserUrl });
  await watcher.connect();
  try {
    const names = (tenantId: string) =>
      withTenant(
        open.db,
        tenantId,
        async (trx) => (await trx.selectFrom("tenants").select("id").execute()).map(({ id }) => id),
        { readOnly: true },
      );
    for (const { tenantId } of [ours, theirs, ours]) assert.deepEqual(await names(tenantId), [tenantId]);
    assert.deepEqual(await open.db.selectFrom("tenants").select("id").execute(), []);
    const { rows } = await watcher.query(
      "select state from pg_stat_activity where datname = $1 and usename = 'linya_app'",
      [database.name],
    );
    assert.deepEqual(rows.filter(({ state }) => state !== "idle"), []);
  } finally {
    await watcher.end();
    await open.close();
  }
});

Deno.test("what was sent ahead fails the statement behind it, with the first error", async () => {
  await using database = await createTestDatabase();
  await assert.rejects(
    database.db.transaction().setAccessMode("read only").execute(async (trx) => {
      await sql.raw("select set_config('app.tenant', 'x', true), 1 / 0").execute(trx);
      await sql`select 1`.execute(trx);
    }),
    /division by zero/,
  );
  const { rows } = await sql<{ one: number }>`select 1 as one`.execute(database.db);
  assert.deepEqual(rows, [{ one: 1 }]);
});

Deno.test("a connection that is lost while nobody waits for its answer is replaced by the next page", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database);
  const open = openDatabase({ url: database.appUrl, maxConnections: 1, log: silentLogger });
  const killer = new pg.Client({ connectionString: database.superuserUrl });
  await killer.connect();
  try {
    const read = () =>
      withTenant(open.db, isp.tenantId, (trx) => trx.selectFrom("tenants").select("id").execute(), {
        readOnly: true,
      });
    await read();
    await killer.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and usename = 'linya_app'",
      [database.name],
    );
    const answers = await Promise.allSettled([read(), read()]);
    assert.ok(answers.length === 2);
    assert.equal((await read()).length, 1);
  } finally {
    await killer.end();
    await open.close();
  }
});

Deno.test("a statement sent ahead that fails undoes its transaction, and its error arrives at the commit at the latest", async () => {
  await using database = await createTestDatabase();
  const { tenantId } = await createIsp(database, { subscribers: 1 });
  const role = (id: string, name: string) => ({ tenant_id: tenantId, id, name });
  const id = crypto.randomUUID();
  const twice = withTenant(database.db, tenantId, async (trx) => {
    await sendAhead(trx, trx.insertInto("roles").values(role(id, "One")));
    await sendAhead(trx, trx.insertInto("roles").values(role(id, "Two")));
  });
  await assert.rejects(twice, (error) => sqlState(error) === "23505");
  const own = withTenant(database.db, tenantId, async (trx) => {
    await sendAhead(trx, trx.insertInto("roles").values(role(id, "One")));
    await sendAhead(trx, trx.insertInto("roles").values(role(id, "Two")));
    throw new Error("the work's own");
  });
  await assert.rejects(own, /the work's own/);
  const names = await withTenant(
    database.db,
    tenantId,
    (trx) => trx.selectFrom("roles").select("name").execute(),
  );
  assert.deepEqual(names, []);
});

Deno.test("the same statement may be sent ahead many times in a row, and what is read behind it sees it", async () => {
  await using database = await createTestDatabase();
  const { tenantId } = await createIsp(database, { subscribers: 1 });
  for (let round = 1; round <= 3; round++) {
    const seen = await withTenant(database.db, tenantId, async (trx) => {
      for (let i = 0; i < 20; i++) {
        const role = { tenant_id: tenantId, id: crypto.randomUUID(), name: `Role ${round}-${i}` };
        await sendAhead(trx, trx.insertInto("roles").values(role));
      }
      return await trx.selectFrom("roles").select("id").execute();
    });
    assert.equal(seen.length, 20 * round);
  }
});

Deno.test("rows that are asked for ahead are there behind the next statement, and a failure fails both", async () => {
  await using database = await createTestDatabase();
  const { tenantId } = await createIsp(database, { subscribers: 1 });
  await withTenant(database.db, tenantId, async (trx) => {
    for (const n of [1, 2]) {
      const asked = await askSqlAhead<{ n: number }>(trx, sql`select ${n}::int as n`);
      const { rows } = await sql<{ m: number }>`select ${n + 10}::int as m`.execute(trx);
      assert.deepEqual([rows, await asked()], [[{ m: n + 10 }], [{ n }]]);
    }
  });
  let answer: () => Promise<unknown> = () => Promise.resolve();
  const broken = withTenant(database.db, tenantId, async (trx) => {
    answer = await askSqlAhead(trx, sql`select 1 / ${0}::int`);
    await sql`select 1`.execute(trx);
  });
  await assert.rejects(broken, /division by zero/);
  await assert.rejects(answer(), /division by zero/);
});
