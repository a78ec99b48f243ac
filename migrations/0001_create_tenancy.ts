import {
  exposeFunction,
  grantInstallationTable,
  type MigrationDatabase,
  protectTenantTable,
  run,
  runAll,
} from "./_tenant_table.ts";

/** Tenants, staff, roles, sessions, set-up code, rate limits, audit and system log. */
export async function up(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    "create extension if not exists btree_gist",
    "create extension if not exists pg_trgm",
    `create table tenants (
      id uuid primary key,
      slug text not null unique check (slug ~ '^[a-z0-9][a-z0-9-]{1,40}$'),
      name text not null check (length(name) between 1 and 120),
      time_zone text not null default 'Asia/Manila',
      business_offset_seconds bigint not null default 0,
      cycle_day smallint not null default 1 check (cycle_day between 1 and 31),
      terms_days smallint not null default 7 check (terms_days between 0 and 90),
      grace_days smallint not null default 5 check (grace_days between 0 and 90),
      min_notice_days smallint not null default 3 check (min_notice_days between 0 and 30),
      first_bill text not null default 'prorate' check (first_bill in ('prorate', 'full', 'free', 'merge_stub_lt')),
      merge_stub_lt_days smallint not null default 0 check (merge_stub_lt_days between 0 and 28),
      proration text not null default 'actual' check (proration in ('actual', 'days30')),
      cut_time time not null default '09:00',
      blackout_weekdays smallint[] not null default '{}',
      blackout_dates date[] not null default '{}',
      min_balance_centavos bigint not null default 100 check (min_balance_centavos >= 1),
      brake_percent smallint not null default 20 check (brake_percent between 1 and 100),
      brake_multiple smallint not null default 3 check (brake_multiple between 2 and 100),
      created_at timestamptz not null default now()
    )`,
    `create table staff_users (
      id uuid primary key,
      email text not null,
      email_lower text not null unique generated always as (lower(email)) stored,
      name text not null,
      password_hash text not null,
      is_disabled boolean not null default false,
      created_at timestamptz not null default now()
    )`,
    `create table staff_memberships (
      tenant_id uuid not null references tenants (id),
      staff_user_id uuid not null references staff_users (id),
      created_at timestamptz not null default now(),
      primary key (tenant_id, staff_user_id)
    )`,
    "create index staff_memberships_by_user on staff_memberships (staff_user_id)",
    `create table roles (
      tenant_id uuid not null references tenants (id),
      id uuid not null,
      name text not null,
      is_builtin boolean not null default false,
      primary key (tenant_id, id),
      unique (tenant_id, name)
    )`,
    `create table role_permissions (
      tenant_id uuid not null,
      role_id uuid not null,
      permission text not null,
      primary key (tenant_id, role_id, permission),
      foreign key (tenant_id, role_id) references roles (tenant_id, id) on delete cascade
    )`,
    `create table staff_roles (
      tenant_id uuid not null,
      staff_user_id uuid not null,
      role_id uuid not null,
      primary key (tenant_id, staff_user_id, role_id),
      foreign key (tenant_id, staff_user_id) references staff_memberships (tenant_id, staff_user_id) on delete cascade,
      foreign key (tenant_id, role_id) references roles (tenant_id, id)
    )`,
    `create table sessions (
      tenant_id uuid not null,
      id uuid not null,
      token_hash bytea not null,
      staff_user_id uuid not null,
      created_at timestamptz not null,
      last_seen_at timestamptz not null,
      expires_at timestamptz not null,
      ended_at timestamptz,
      ip text,
      user_agent text,
      primary key (tenant_id, id),
      foreign key (tenant_id, staff_user_id) references staff_memberships (tenant_id, staff_user_id)
    )`,
    "create index sessions_by_token on sessions (token_hash)",
    `create table setup_codes (
      id uuid primary key,
      code_hash bytea not null,
      created_at timestamptz not null default now(),
      used_at timestamptz
    )`,
    `create table rate_limits (
      key text primary key,
      hits integer not null,
      window_ends_at timestamptz not null
    )`,
    "create index rate_limits_by_end on rate_limits (window_ends_at)",
    `create table audit_entries (
      tenant_id uuid not null references tenants (id),
      sequence bigint not null,
      at timestamptz not null,
      business_on date not null,
      actor text not null,
      staff_user_id uuid,
      action text not null,
      subject_kind text not null,
      subject_id text not null,
      subscriber_id uuid,
      summary text not null,
      details jsonb not null default '{}',
      previous_hash bytea not null,
      hash bytea not null,
      primary key (tenant_id, sequence)
    )`,
    "create index audit_entries_by_subscriber on audit_entries (tenant_id, subscriber_id, sequence) where subscriber_id is not null",
    `create table system_log (
      tenant_id uuid not null references tenants (id),
      id uuid not null,
      at timestamptz not null,
      level text not null check (level in ('info', 'warn', 'error')),
      event text not null,
      message text not null,
      fields jsonb not null default '{}',
      primary key (tenant_id, id)
    )`,
  ]);

  await protectTenantTable(db, "tenants", "select, insert, update", { column: "id", isLookup: true });
  await protectTenantTable(db, "staff_memberships", "select, insert, update, delete", { isLookup: true });
  await protectStaffUsers(db);
  await protectTenantTable(db, "roles", "select, insert, update, delete");
  await protectTenantTable(db, "role_permissions", "select, insert, update, delete");
  await protectTenantTable(db, "staff_roles", "select, insert, update, delete");
  await protectTenantTable(db, "sessions", "select, insert, update, delete", { isLookup: true });
  await protectTenantTable(db, "audit_entries", "select, insert");
  await protectTenantTable(db, "system_log", "select, insert");
  await grantInstallationTable(db, "setup_codes", "select, insert, update");
  await grantInstallationTable(db, "rate_limits", "select, insert, update, delete");
  await createLookups(db);
}

/**
 * A person may belong to several tenants, so the row is visible where a membership is. A tenant may add a person, and
 * change its own; taking over somebody who works elsewhere is what the policy on memberships refuses: with a membership
 * of its own making a tenant would read and replace that person's password.
 */
async function protectStaffUsers(db: MigrationDatabase): Promise<void> {
  await grantInstallationTable(db, "staff_users", "select, insert, update");
  const isMember = "exists (select 1 from staff_memberships m where m.staff_user_id = staff_users.id)";
  await runAll(db, [
    "alter table staff_users enable row level security",
    "alter table staff_users force row level security",
    `create policy members_read on staff_users for select using (${isMember})`,
    `create policy members_change on staff_users for update using (${isMember}) with check (${isMember})`,
    "create policy anybody_is_added on staff_users for insert with check (true)",
    "create policy owner_lookup on staff_users for select to current_user using (true)",
    `create function works_for_another_tenant(staff_user_wanted uuid) returns boolean
      language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
        select exists (select 1 from public.staff_memberships m where m.staff_user_id = staff_user_wanted
          and m.tenant_id is distinct from (select nullif(current_setting('app.tenant', true), '')::uuid)) $$`,
    `create policy nobody_is_taken_over on staff_memberships as restrictive using (true)
      with check (not works_for_another_tenant(staff_user_id))`,
  ]);
  await exposeFunction(db, "works_for_another_tenant(uuid)");
}

/** The few questions that are asked before the tenant is known (decision R10); they return ids only. */
async function createLookups(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    `create function lookup_login(email_wanted text) returns table (staff_user_id uuid, tenant_id uuid)
      language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
        select u.id, m.tenant_id from public.staff_users u
        join public.staff_memberships m on m.staff_user_id = u.id
        where u.email_lower = lower(email_wanted) and not u.is_disabled
        order by m.created_at, m.tenant_id $$`,
    `create function lookup_session(token_hash_wanted bytea) returns table (session_id uuid, tenant_id uuid)
      language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
        select s.id, s.tenant_id from public.sessions s
        where s.token_hash = token_hash_wanted and s.ended_at is null $$`,
    `create function lookup_tenants() returns table (tenant_id uuid)
      language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
        select t.id from public.tenants t order by t.created_at, t.id $$`,
  ]);
  await exposeFunction(db, "lookup_login(text)");
  await exposeFunction(db, "lookup_session(bytea)");
  await exposeFunction(db, "lookup_tenants()");
}

export async function down(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    "drop policy nobody_is_taken_over on staff_memberships",
    "drop function works_for_another_tenant(uuid)",
    "drop function lookup_tenants()",
    "drop function lookup_session(bytea)",
    "drop function lookup_login(text)",
  ]);
  for (
    const table of [
      "system_log",
      "audit_entries",
      "rate_limits",
      "setup_codes",
      "sessions",
      "staff_roles",
      "role_permissions",
      "roles",
      "staff_memberships",
      "staff_users",
      "tenants",
    ]
  ) await run(db, `drop table ${table} cascade`);
}
