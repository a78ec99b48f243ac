import { appRole, type MigrationDatabase, protectTenantTable, run, runAll } from "./_tenant_table.ts";

/** What may have rules for itself; where it has none, the level above holds. */
const LEVELS = ["plans", "subscriptions"];
const PERMISSION = "outage:write";
const ROLES = ["roles", "role_permissions"];

/**
 * Outages as facts with the connections that they took down, and what was credited for them: once for each part of a
 * period. And what is charged while a connection is off, and when its bills stop, as rules of a plan and a connection;
 * and what becomes of unused days at the end of a service as a rule of the company.
 */
export async function up(db: MigrationDatabase): Promise<void> {
  for (const table of LEVELS) {
    await runAll(db, [
      `alter table ${table}
        add column own_suspended_policy text check (own_suspended_policy in ('charge', 'skip')),
        add column own_suspended_policy_on date,
        add column own_stop_after_unpaid_bills smallint check (own_stop_after_unpaid_bills between 0 and 24)`,
      `comment on column ${table}.own_suspended_policy_on is
        'Day on which its own word, or having none, began: what was charged before stays charged.'`,
    ]);
  }
  await runAll(db, [
    `alter table tenants
      add column outage_credit text not null default 'ask' check (outage_credit in ('automatic', 'ask', 'off')),
      add column outage_threshold_minutes integer not null default 1440
        check (outage_threshold_minutes between 1 and 44640),
      add column end_credit text not null default 'credit' check (end_credit in ('credit', 'no_credit'))`,
    "comment on column tenants.outage_threshold_minutes is 'Of a period, from which they are credited.'",
    "comment on column tenants.end_credit is 'What becomes of days that are billed and not used at the end of a service.'",
  ]);
  await createOutages(db);
  await createCredits(db);
  await acrossTenants(db, [
    `insert into role_permissions (tenant_id, role_id, permission)
      select tenant_id, id, '${PERMISSION}' from roles
      where name in ('Owner', 'Billing', 'Technician') and is_builtin on conflict do nothing`,
  ]);
}

async function createOutages(db: MigrationDatabase): Promise<void> {
  const role = await appRole(db);
  await runAll(db, [
    `create table outages (
      tenant_id uuid not null,
      id uuid not null,
      from_at timestamptz not null,
      to_at timestamptz,
      cause text not null check (length(cause) between 1 and 200),
      kind text not null check (kind in ('fault', 'scheduled', 'force_majeure')),
      scope text not null check (scope in ('company', 'site', 'router', 'chosen')),
      site_id uuid,
      router_id uuid,
      connections integer not null check (connections >= 0),
      recorded_at timestamptz not null,
      recorded_by text not null,
      taken_back_at timestamptz,
      taken_back_by text,
      take_back_reason text check (length(take_back_reason) between 1 and 200),
      primary key (tenant_id, id),
      foreign key (tenant_id, site_id) references sites (tenant_id, id),
      foreign key (tenant_id, router_id) references routers (tenant_id, id),
      check (to_at > from_at),
      check ((scope = 'site') = (site_id is not null)),
      check ((scope = 'router') = (router_id is not null)),
      check (num_nulls(taken_back_at, taken_back_by, take_back_reason) in (0, 3))
    )`,
    "comment on column outages.to_at is 'Null while it lasts.'",
    "comment on column outages.kind is 'Only a fault is credited; the time of the others counts for no fault beside them either.'",
    "create index outages_by_time on outages (tenant_id, from_at desc, id)",
    `create table outage_connections (
      tenant_id uuid not null,
      outage_id uuid not null,
      subscription_id uuid not null,
      primary key (tenant_id, outage_id, subscription_id),
      foreign key (tenant_id, outage_id) references outages (tenant_id, id) on delete cascade,
      foreign key (tenant_id, subscription_id) references subscriptions (tenant_id, id) on delete cascade
    )`,
    "comment on table outage_connections is 'Those that it took down, as known when it was recorded or ended: one that moves later keeps its past.'",
    "create index outage_connections_by_subscription on outage_connections (tenant_id, subscription_id)",
  ]);
  await protectTenantTable(db, "outages", "select, insert");
  await run(
    db,
    `grant update (from_at, to_at, cause, kind, scope, site_id, router_id, connections, taken_back_at, taken_back_by,
      take_back_reason) on outages to ${role}`,
  );
  await protectTenantTable(db, "outage_connections", "select, insert, delete");
}

async function createCredits(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    `create table outage_credits (
      tenant_id uuid not null,
      subscription_id uuid not null,
      period_start date not null,
      part smallint not null check (part >= 1),
      bill_id uuid not null,
      memo_id uuid not null,
      minutes integer not null check (minutes > 0),
      amount_centavos bigint not null check (amount_centavos > 0),
      primary key (tenant_id, subscription_id, period_start, part),
      unique (tenant_id, memo_id),
      foreign key (tenant_id, subscription_id) references subscriptions (tenant_id, id),
      foreign key (tenant_id, bill_id) references bills (tenant_id, id),
      foreign key (tenant_id, memo_id) references credit_memos (tenant_id, id)
    )`,
    "comment on column outage_credits.part is 'One more when minutes came to light after the one before.'",
    "comment on column outage_credits.minutes is 'Of the period in all, when this part was given.'",
    "create index outage_credits_by_bill on outage_credits (tenant_id, bill_id)",
    `create table outage_reviews (
      tenant_id uuid primary key,
      business_on date not null,
      connections integer not null,
      amount_centavos bigint not null
    )`,
    "comment on table outage_reviews is 'What waited for a person when the last day was run.'",
  ]);
  await protectTenantTable(db, "outage_credits", "select, insert");
  await protectTenantTable(db, "outage_reviews", "select, insert, update");
}

/** The owner of the tables is bound by row level security too; within this transaction it is not. */
async function acrossTenants(db: MigrationDatabase, statements: readonly string[]): Promise<void> {
  for (const table of ROLES) await run(db, `alter table ${table} no force row level security`);
  await runAll(db, statements);
  for (const table of ROLES) await run(db, `alter table ${table} force row level security`);
}

export async function down(db: MigrationDatabase): Promise<void> {
  await acrossTenants(db, [`delete from role_permissions where permission = '${PERMISSION}'`]);
  await runAll(db, [
    "drop table outage_reviews",
    "drop table outage_credits",
    "drop table outage_connections",
    "drop table outages",
    "alter table tenants drop column outage_credit, drop column outage_threshold_minutes, drop column end_credit",
  ]);
  for (const table of LEVELS) {
    await run(
      db,
      `alter table ${table} drop column own_suspended_policy, drop column own_suspended_policy_on,
        drop column own_stop_after_unpaid_bills`,
    );
  }
}
