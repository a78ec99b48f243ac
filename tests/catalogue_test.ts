import assert from "node:assert/strict";
import pg from "pg";
import { CATALOGUE_RULES, listOffences } from "./support/catalogue_rules.ts";
import { createTestDatabase } from "./support/postgres.ts";

const PROTECT = `
  alter table crates enable row level security; alter table crates force row level security;
  create policy tenant_rows on crates using (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid)
    with check (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid);`;
const GOOD_TABLE =
  `create table crates (tenant_id uuid not null, id uuid not null, primary key (tenant_id, id)); ${PROTECT}`;

/** For each rule at least one thing that breaks it, and what the report must name. */
const BROKEN: ReadonlyArray<{ rule: string; ddl: string; offender: string }> = [
  {
    rule: "row level security is enabled and forced on every tenant table",
    ddl: `${GOOD_TABLE} alter table crates no force row level security`,
    offender: "crates",
  },
  {
    rule: "row level security is enabled and forced on every tenant table",
    ddl: "alter table staff_users disable row level security",
    offender: "staff_users",
  },
  {
    rule: "every tenant table has a policy for reading and writing by app.tenant",
    ddl: `${GOOD_TABLE} drop policy tenant_rows on crates`,
    offender: "crates",
  },
  {
    rule: "every tenant table has a policy for reading and writing by app.tenant",
    ddl: `${GOOD_TABLE} drop policy tenant_rows on crates;
      create policy tenant_rows on crates using (tenant_id = current_setting('app.tenant')::uuid)`,
    offender: "crates",
  },
  {
    rule: "no policy opens a tenant table to the app role without app.tenant",
    ddl: `${GOOD_TABLE} create policy open on crates for select using (true)`,
    offender: "crates policy open",
  },
  {
    rule: "no policy opens a tenant table to the app role without app.tenant",
    ddl: `${GOOD_TABLE} create policy open on crates for insert to linya_app with check (true)`,
    offender: "crates policy open",
  },
  {
    rule: "every tenant table has a primary key",
    ddl: `create table crates (tenant_id uuid not null, id uuid not null); ${PROTECT}`,
    offender: "crates",
  },
  {
    rule: "every primary key and unique index of a tenant table starts with tenant_id",
    ddl: `create table crates (tenant_id uuid not null, id uuid primary key); ${PROTECT}`,
    offender: "crates index crates_pkey",
  },
  {
    rule: "every primary key and unique index of a tenant table starts with tenant_id",
    ddl: `${GOOD_TABLE} create unique index crates_by_id on crates (id, tenant_id)`,
    offender: "crates index crates_by_id",
  },
  {
    rule: "every exclusion of a tenant table keeps apart rows of one tenant only",
    ddl: `${GOOD_TABLE} alter table crates add constraint crates_apart exclude using gist (id with =)`,
    offender: "crates constraint crates_apart",
  },
  {
    rule: "every exclusion of a tenant table keeps apart rows of one tenant only",
    ddl:
      `${GOOD_TABLE} alter table crates add constraint crates_apart exclude using gist (id with =, tenant_id with <>)`,
    offender: "crates constraint crates_apart",
  },
  {
    rule: "every primary key and unique index of a tenant table starts with tenant_id",
    ddl: `${GOOD_TABLE} create unique index crates_by_text on crates (lower(id::text))`,
    offender: "crates index crates_by_text",
  },
  {
    rule: "every foreign key between tenant tables carries tenant_id",
    ddl: `${GOOD_TABLE} alter table crates add unique (id);
      alter table crates add inside_id uuid references crates (id)`,
    offender: "crates constraint crates_inside_id_fkey",
  },
  {
    rule: "every tenant_id is a uuid that is never null",
    ddl: "create table crates (tenant_id text not null, id uuid not null, primary key (tenant_id, id))",
    offender: "crates",
  },
  {
    rule: "every table without tenant_id is on the list of installation tables",
    ddl: "create table crates (id uuid primary key)",
    offender: "crates",
  },
  {
    rule: "every SECURITY DEFINER function has a fixed search_path with pg_temp last and is closed to PUBLIC",
    ddl: `create function peek() returns int language sql security definer as 'select 1';
      revoke all on function peek() from public`,
    offender: "peek",
  },
  {
    rule: "every SECURITY DEFINER function has a fixed search_path with pg_temp last and is closed to PUBLIC",
    ddl: `create function peek() returns int language sql security definer
      set search_path = pg_catalog, pg_temp as 'select 1'`,
    offender: "peek",
  },
  {
    rule: "every SECURITY DEFINER function has a fixed search_path with pg_temp last and is closed to PUBLIC",
    ddl: `create function peek() returns int language sql security definer
      set search_path = pg_catalog as 'select 1'; revoke all on function peek() from public`,
    offender: "peek",
  },
  { rule: "there are no enum types", ddl: "create type colour as enum ('red')", offender: "colour" },
  {
    rule: "every view runs with the rights of its reader, and none is materialised",
    ddl: "create view glance as select 1 as one",
    offender: "glance",
  },
  {
    rule: "every view runs with the rights of its reader, and none is materialised",
    ddl: "create materialized view glance as select 1 as one",
    offender: "glance",
  },
  {
    rule: "_centavos is bigint, _on is date, _at is timestamptz",
    ddl: `${GOOD_TABLE} alter table crates add price_centavos integer`,
    offender: "crates.price_centavos",
  },
  {
    rule: "_centavos is bigint, _on is date, _at is timestamptz",
    ddl: `${GOOD_TABLE} alter table crates add packed_on timestamptz`,
    offender: "crates.packed_on",
  },
  {
    rule: "_centavos is bigint, _on is date, _at is timestamptz",
    ddl: `${GOOD_TABLE} alter table crates add packed_at timestamp`,
    offender: "crates.packed_at",
  },
  {
    rule: "the app role can only add to the ledger and the audit trail",
    ddl: "grant update (summary) on audit_entries to linya_app",
    offender: "audit_entries",
  },
  {
    rule: "the app role can only add to the ledger and the audit trail",
    ddl: "grant delete on ledger_entries to linya_app",
    offender: "ledger_entries",
  },
  {
    rule: "the app role owns nothing, truncates nothing and creates nothing",
    ddl: `${GOOD_TABLE} grant truncate on crates to linya_app`,
    offender: "crates",
  },
  {
    rule: "the app role owns nothing, truncates nothing and creates nothing",
    ddl: "grant create on schema public to linya_app",
    offender: "schema public",
  },
];

async function withSuperuser(work: (client: pg.Client) => Promise<void>): Promise<void> {
  await using database = await createTestDatabase();
  const client = new pg.Client({ connectionString: database.superuserUrl });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

Deno.test("the migrated schema keeps every catalogue rule", async () => {
  await withSuperuser(async (client) => {
    assert.deepEqual(await listOffences(client), []);
  });
});

Deno.test("each catalogue rule reports what breaks it", async () => {
  await withSuperuser(async (client) => {
    for (const { rule, ddl, offender } of BROKEN) {
      await client.query("begin");
      await client.query(ddl);
      const offences = await listOffences(client);
      await client.query("rollback");
      assert.ok(
        offences.includes(`${rule}: ${offender}`),
        `not reported: ${ddl}\nreported: ${offences.join("\n")}`,
      );
    }
  });
  const unproven = CATALOGUE_RULES.filter((rule) => !BROKEN.some((broken) => broken.rule === rule.name));
  assert.deepEqual(unproven, []);
});

Deno.test("a table that keeps the rules is not reported", async () => {
  await withSuperuser(async (client) => {
    await client.query(`set role linya_owner; ${GOOD_TABLE} reset role`);
    assert.deepEqual(await listOffences(client), []);
  });
});
