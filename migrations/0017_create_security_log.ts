import {
  grantInstallationTable,
  type MigrationDatabase,
  protectTenantTable,
  run,
  runAll,
} from "./_tenant_table.ts";

/** The same in both tables: what happened how often within a period, and where from. */
const COLUMNS = `
  kind text not null check (kind in
    ('sign_in_ok', 'sign_in_failed', 'sign_in_locked', 'signed_out', 'session_ended', 'refused')),
  reason text not null check (reason ~ '^[a-z_]{1,40}$'),
  account text not null check (length(account) <= 250),
  network text not null check (length(network) <= 60),
  place text not null check (length(place) <= 120),
  staff_user_id uuid,
  ip text not null check (length(ip) <= 60),
  request_id text not null check (length(request_id) <= 60),
  times integer not null check (times > 0),
  period_starts_at timestamptz not null,
  first_at timestamptz not null,
  last_at timestamptz not null`;
const SAME = "period_starts_at, kind, reason, account, network, place";

/**
 * The security log. What repeats within a period is one row with a count, so that nobody outside can fill the table. Tries
 * that belong to no ISP of several stand in a table of the installation, which no ISP's pages read.
 */
export async function up(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    `create table security_events (
      tenant_id uuid not null references tenants (id),
      id uuid not null, ${COLUMNS},
      primary key (tenant_id, id)
    )`,
    `create unique index security_events_once on security_events (tenant_id, ${SAME})`,
    "create index security_events_by_time on security_events (tenant_id, last_at, id)",
    `create table installation_security_events (id uuid primary key, ${COLUMNS})`,
    `create unique index installation_security_events_once on installation_security_events (${SAME})`,
    "create index installation_security_events_by_time on installation_security_events (last_at, id)",
  ]);
  await protectTenantTable(db, "security_events", "select, insert, update, delete");
  await grantInstallationTable(db, "installation_security_events", "select, insert, update, delete");
  await giveToOwners(db);
}

/** Owners may do everything: also those who were made before there was this permission. */
async function giveToOwners(db: MigrationDatabase): Promise<void> {
  await acrossTenants(db, [
    `insert into role_permissions (tenant_id, role_id, permission)
      select tenant_id, id, 'security_log:read' from roles where name = 'Owner' and is_builtin
      on conflict do nothing`,
  ]);
}

/** The owner of the tables is bound by row level security too; within this transaction it is not. */
async function acrossTenants(db: MigrationDatabase, statements: readonly string[]): Promise<void> {
  const tables = ["roles", "role_permissions"];
  for (const table of tables) await run(db, `alter table ${table} no force row level security`);
  await runAll(db, statements);
  for (const table of tables) await run(db, `alter table ${table} force row level security`);
}

export async function down(db: MigrationDatabase): Promise<void> {
  await acrossTenants(db, ["delete from role_permissions where permission = 'security_log:read'"]);
  await runAll(db, ["drop table installation_security_events", "drop table security_events"]);
}
