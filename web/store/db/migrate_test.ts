import assert from "node:assert/strict";
import pg from "pg";
import { silentLogger } from "@/shared/log.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { assertSchemaCurrent, migrate, migrationStatus } from "./migrate.ts";

async function query(url: string, text: string): Promise<Array<Record<string, unknown>>> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

/** Every column, constraint, index, policy, grant and function, as text that two schemas can be compared by. */
const FINGERPRINT = `
  select 'column ' || table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || ' ' ||
    coalesce(column_default, '') as line from information_schema.columns where table_schema = 'public'
  union all select 'constraint ' || conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
    from pg_constraint where connamespace = 'public'::regnamespace and conrelid <> 0
  union all select 'index ' || indexdef from pg_indexes where schemaname = 'public'
  union all select 'policy ' || tablename || ' ' || policyname || ' ' || roles::text || ' ' || cmd || ' ' ||
    coalesce(qual, '') || ' ' || coalesce(with_check, '') from pg_policies
  union all select 'grant ' || table_name || ' ' || grantee || ' ' || privilege_type
    from information_schema.role_table_grants where table_schema = 'public'
  union all select 'function ' || p.oid::regprocedure || ' ' || coalesce(p.proacl::text, '') || ' ' || p.prosrc
    from pg_proc p where p.pronamespace = 'public'::regnamespace
      and not exists (select 1 from pg_depend d where d.objid = p.oid and d.deptype = 'e')
  order by line`;

Deno.test("the migrations run back to an empty schema and forward to the same one", async () => {
  await using database = await createTestDatabase();
  const before = await query(database.superuserUrl, FINGERPRINT);
  const back = await migrate(database.ownerUrl, { to: "0000" }, silentLogger);
  const left = await query(
    database.superuserUrl,
    "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'v', 'S') order by 1",
  );
  assert.deepEqual(left.map((row) => row.relname), ["kysely_migration", "kysely_migration_lock"]);
  const forward = await migrate(database.ownerUrl, {}, silentLogger);
  assert.deepEqual(back.map((step) => step.name), forward.map((step) => step.name).reverse());
  assert.ok(
    back.every((step) => step.direction === "down") && forward.every((step) => step.direction === "up"),
  );
  assert.deepEqual(await query(database.superuserUrl, FINGERPRINT), before);
});

Deno.test("migrating again changes nothing, and every migration is reported as applied", async () => {
  await using database = await createTestDatabase();
  assert.deepEqual(await migrate(database.ownerUrl, {}, silentLogger), []);
  assert.ok(
    (await migrationStatus(database.ownerUrl, silentLogger)).every((migration) => migration.isApplied),
  );
  await assertSchemaCurrent(database.db);
});

Deno.test("several migrators at once do the work once", async () => {
  await using database = await createTestDatabase();
  const back = await migrate(database.ownerUrl, { to: "0000" }, silentLogger);
  const runs = await Promise.all([1, 2, 3].map(() => migrate(database.ownerUrl, {}, silentLogger)));
  assert.equal(runs.flat().length, back.length);
});

Deno.test("a schema newer than the code is refused by migrator and web", async () => {
  await using database = await createTestDatabase();
  await query(database.ownerUrl, "insert into kysely_migration values ('9999_add_future', now())");
  const newer = /its schema is newer than this version \(9999_add_future\)/;
  await assert.rejects(migrate(database.ownerUrl, {}, silentLogger), newer);
  await assert.rejects(assertSchemaCurrent(database.db), newer);
});

Deno.test("a schema that lacks a migration is refused by the web with the way out", async () => {
  await using database = await createTestDatabase();
  await migrate(database.ownerUrl, { to: "0001" }, silentLogger);
  await assert.rejects(assertSchemaCurrent(database.db), /it lacks 0002_.*; run the migrate task/);
});

Deno.test("an unknown target is refused", async () => {
  await using database = await createTestDatabase();
  await assert.rejects(
    migrate(database.ownerUrl, { to: "0999" }, silentLogger),
    /there is no such migration/,
  );
});
