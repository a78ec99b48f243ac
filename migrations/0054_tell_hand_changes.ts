import { allowWords, forbidWords } from "./_check_values.ts";
import { type MigrationDatabase, protectTenantTable, run, runAll } from "./_tenant_table.ts";

const SERVICES = "'pppoe', 'l2tp', 'pptp', 'sstp', 'ovpn', 'async'";
const KINDS = "'disabled', 'enabled', 'profile', 'deleted', 'renamed', 'service'";
const DRIFT = { table: "observed_secrets", name: "drift" };

/**
 * What a router tells beside its state: changes made by hand to accounts that Linya manages there, everything that is
 * not as it should be, and what only a person can say. A change has the id that the agent gave it, within its router,
 * so that whoever guesses an id says nothing about a router of somebody else.
 */
export async function up(db: MigrationDatabase): Promise<void> {
  await allowWords(db, DRIFT, ["profile_missing"]);
  await runAll(db, [
    `create table router_hand_changes (
      tenant_id uuid not null,
      router_id uuid not null,
      id uuid not null,
      subscription_id uuid not null,
      ppp_name text not null check (length(ppp_name) between 1 and 128),
      ppp_service text not null check (ppp_service in (${SERVICES})),
      kind text not null check (kind in (${KINDS})),
      before text check (length(before) <= 128),
      after text check (length(after) <= 128),
      said text check (length(said) <= 1000),
      found_at timestamptz not null,
      found_on date not null,
      told_at timestamptz not null,
      primary key (tenant_id, router_id, id),
      foreign key (tenant_id, router_id) references routers (tenant_id, id) on delete cascade
    )`,
    "create index router_hand_changes_newest on router_hand_changes (tenant_id, router_id, found_at, id)",
    "create index router_hand_changes_of_connection on router_hand_changes (tenant_id, subscription_id, found_at)",
    `alter table routers
      add column remarks jsonb not null default '[]' check (jsonb_typeof(remarks) = 'array'
        and jsonb_array_length(remarks) <= 20 and octet_length(remarks::text) <= 200000),
      add column question jsonb check (jsonb_typeof(question) = 'object' and octet_length(question::text) <= 50000)`,
  ]);
  await protectTenantTable(db, "router_hand_changes", "select, insert, delete");
}

export async function down(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    "alter table routers drop column question, drop column remarks",
    "drop table router_hand_changes",
    "alter table observed_secrets no force row level security",
    "update observed_secrets set drift = 'profile' where drift = 'profile_missing'",
  ]);
  await run(db, "alter table observed_secrets force row level security");
  await forbidWords(db, DRIFT, ["profile_missing"]);
}
