import { exposeFunction, type MigrationDatabase, protectTenantTable, run, runAll } from "./_tenant_table.ts";

/** Sites, agents, routers, desired and observed state, commands. */
export async function up(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    `create table sites (
      tenant_id uuid not null references tenants (id),
      id uuid not null,
      name text not null check (length(name) between 1 and 80),
      created_at timestamptz not null default now(),
      primary key (tenant_id, id),
      unique (tenant_id, name)
    )`,
    `create table agents (
      tenant_id uuid not null,
      id uuid not null,
      site_id uuid not null,
      name text not null,
      identity_public_key bytea not null,
      sealing_public_key bytea not null,
      install_id text not null,
      version text not null,
      enrolled_at timestamptz not null,
      revoked_at timestamptz,
      frozen_at timestamptz,
      epoch bigint not null default 0,
      primary key (tenant_id, id),
      foreign key (tenant_id, site_id) references sites (tenant_id, id)
    )`,
    "create unique index agents_one_live_per_site on agents (tenant_id, site_id) where revoked_at is null",
    "create index agents_by_id on agents (id)",
    `create table agent_presence (
      tenant_id uuid not null,
      agent_id uuid not null,
      node_id text not null,
      epoch bigint not null,
      connected_at timestamptz not null,
      heartbeat_at timestamptz not null,
      disconnected_at timestamptz,
      version text not null,
      round_trip_ms integer,
      primary key (tenant_id, agent_id),
      foreign key (tenant_id, agent_id) references agents (tenant_id, id) on delete cascade
    )`,
    `create table enrolment_codes (
      tenant_id uuid not null,
      id uuid not null,
      code_id text not null,
      secret_hash bytea not null,
      site_id uuid not null,
      created_by uuid,
      created_at timestamptz not null,
      expires_at timestamptz not null,
      used_at timestamptz,
      voided_at timestamptz,
      wrong_tries integer not null default 0,
      primary key (tenant_id, id),
      unique (tenant_id, code_id),
      foreign key (tenant_id, site_id) references sites (tenant_id, id)
    )`,
    "create index enrolment_codes_by_code on enrolment_codes (code_id)",
    `create table routers (
      tenant_id uuid not null,
      id uuid not null,
      site_id uuid not null,
      name text not null check (length(name) between 1 and 80),
      host text not null,
      port integer not null check (port between 1 and 65535),
      username text not null,
      sealed_credentials text not null,
      sealed_to_agent_id uuid not null,
      settings_version bigint not null default 1,
      identity text,
      version text,
      board_name text,
      serial_number text,
      software_id text,
      status text not null default 'unknown' check (status in
        ('unknown', 'online', 'unreachable', 'wrong_password', 'wrong_router', 'unsupported', 'error')),
      status_message text,
      status_at timestamptz,
      created_at timestamptz not null default now(),
      archived_at timestamptz,
      primary key (tenant_id, id),
      unique (tenant_id, site_id, name),
      foreign key (tenant_id, site_id) references sites (tenant_id, id),
      foreign key (tenant_id, sealed_to_agent_id) references agents (tenant_id, id)
    )`,
    `create table ppp_profiles (
      tenant_id uuid not null,
      router_id uuid not null,
      name text not null,
      rate_limit text,
      read_at timestamptz not null,
      primary key (tenant_id, router_id, name),
      foreign key (tenant_id, router_id) references routers (tenant_id, id) on delete cascade
    )`,
    `create table router_states (
      tenant_id uuid not null,
      router_id uuid not null,
      lineage uuid not null,
      generation bigint not null default 0,
      hash text not null,
      changed_at timestamptz not null,
      stored_generation bigint not null default 0,
      applied_generation bigint not null default 0,
      observed_at timestamptz,
      took_ms integer,
      drift_count integer not null default 0,
      held_count integer not null default 0,
      primary key (tenant_id, router_id),
      foreign key (tenant_id, router_id) references routers (tenant_id, id) on delete cascade
    )`,
    `create table disable_authorisations (
      tenant_id uuid not null,
      id uuid not null,
      router_id uuid not null,
      generation bigint not null,
      kind text not null check (kind in ('run', 'manual', 'import')),
      run_id uuid,
      approved_by text not null,
      names text[] not null,
      created_at timestamptz not null,
      primary key (tenant_id, id),
      foreign key (tenant_id, router_id) references routers (tenant_id, id) on delete cascade
    )`,
    `create table desired_secrets (
      tenant_id uuid not null,
      router_id uuid not null,
      ppp_name text not null,
      subscription_id uuid not null,
      profile text,
      is_disabled boolean not null,
      generation bigint not null,
      authorisation_id uuid,
      removed_at timestamptz,
      primary key (tenant_id, router_id, ppp_name),
      foreign key (tenant_id, router_id) references routers (tenant_id, id) on delete cascade,
      foreign key (tenant_id, authorisation_id) references disable_authorisations (tenant_id, id)
    )`,
    "create index desired_secrets_by_generation on desired_secrets (tenant_id, router_id, generation)",
    `create table observed_secrets (
      tenant_id uuid not null,
      router_id uuid not null,
      ppp_name text not null,
      is_present boolean not null,
      is_disabled boolean,
      profile text,
      is_online boolean not null default false,
      address text,
      caller_id text,
      uptime_seconds bigint,
      drift text check (drift in
        ('missing', 'enabled_by_hand', 'disabled_by_hand', 'profile', 'held', 'waiting_permit', 'failed')),
      observed_at timestamptz not null,
      primary key (tenant_id, router_id, ppp_name),
      foreign key (tenant_id, router_id) references routers (tenant_id, id) on delete cascade
    )`,
    `create table commands (
      tenant_id uuid not null,
      id uuid not null,
      agent_id uuid not null,
      router_id uuid,
      kind text not null,
      arguments jsonb not null default '{}',
      status text not null default 'queued' check (status in
        ('queued', 'sent', 'done', 'failed', 'expired', 'outcome_unknown')),
      requested_by text not null,
      requested_at timestamptz not null,
      not_after_at timestamptz not null,
      sent_at timestamptz,
      finished_at timestamptz,
      result jsonb,
      error_code text,
      error_message text,
      primary key (tenant_id, id),
      foreign key (tenant_id, agent_id) references agents (tenant_id, id),
      foreign key (tenant_id, router_id) references routers (tenant_id, id)
    )`,
    "create index commands_waiting on commands (tenant_id, agent_id, requested_at) where status in ('queued', 'sent')",
    `create table command_parts (
      tenant_id uuid not null,
      command_id uuid not null,
      part integer not null,
      content jsonb not null,
      primary key (tenant_id, command_id, part),
      foreign key (tenant_id, command_id) references commands (tenant_id, id) on delete cascade
    )`,
  ]);
  await protectTenantTable(db, "sites", "select, insert, update, delete");
  await protectTenantTable(db, "agents", "select, insert, update", { isLookup: true });
  await protectTenantTable(db, "agent_presence", "select, insert, update, delete");
  await protectTenantTable(db, "enrolment_codes", "select, insert, update", { isLookup: true });
  await protectTenantTable(db, "routers", "select, insert, update");
  await protectTenantTable(db, "ppp_profiles", "select, insert, update, delete");
  await protectTenantTable(db, "router_states", "select, insert, update");
  await protectTenantTable(db, "disable_authorisations", "select, insert");
  await protectTenantTable(db, "desired_secrets", "select, insert, update, delete");
  await protectTenantTable(db, "observed_secrets", "select, insert, update, delete");
  await protectTenantTable(db, "commands", "select, insert, update");
  await protectTenantTable(db, "command_parts", "select, insert, update, delete");
  await createLookups(db);
}

async function createLookups(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    `create function lookup_agent(agent_wanted uuid) returns table (agent_id uuid, tenant_id uuid)
      language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
        select a.id, a.tenant_id from public.agents a where a.id = agent_wanted $$`,
    `create function lookup_enrolment_code(code_wanted text) returns table (enrolment_code_id uuid, tenant_id uuid)
      language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
        select c.id, c.tenant_id from public.enrolment_codes c where c.code_id = code_wanted $$`,
  ]);
  await exposeFunction(db, "lookup_agent(uuid)");
  await exposeFunction(db, "lookup_enrolment_code(text)");
}

export async function down(db: MigrationDatabase): Promise<void> {
  await runAll(db, ["drop function lookup_enrolment_code(text)", "drop function lookup_agent(uuid)"]);
  for (
    const table of [
      "command_parts",
      "commands",
      "observed_secrets",
      "desired_secrets",
      "disable_authorisations",
      "router_states",
      "ppp_profiles",
      "routers",
      "enrolment_codes",
      "agent_presence",
      "agents",
      "sites",
    ]
  ) await run(db, `drop table ${table} cascade`);
}
