import { type MigrationDatabase, runAll } from "./_tenant_table.ts";

const TABLES = ["agents", "agent_presence", "routers", "observed_secrets"];

/**
 * What an agent may leave behind is bounded, what is refused of it is shown at its router, and the reason why a link
 * ended is kept. Rows from before the bounds are made to fit: the owner reads all tenants for that.
 */
export async function up(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    `alter table routers
      add column answered_at timestamptz,
      add column refused_at timestamptz,
      add column refused_code text check (refused_code in ('unknown_names', 'out_of_bounds', 'bad_parts')),
      add column refused_about text check (length(refused_about) <= 60),
      add column refused_count integer check (refused_count >= 0),
      add column refused_detail text check (length(refused_detail) <= 100),
      add check ((refused_at is null) = (refused_code is null))`,
    `alter table agent_presence
      drop column refused_reason,
      add column refused_code text check (refused_code in ('too_old', 'no_common_protocol', 'bad_hello', 'key_unknown')),
      add column refused_detail text check (length(refused_detail) <= 100),
      add column ended_at timestamptz,
      add column ended_code text check (length(ended_code) <= 60),
      add column ended_detail text check (length(ended_detail) <= 1000),
      add column trouble_at timestamptz,
      add column trouble_code text check (length(trouble_code) <= 60),
      add column trouble_detail text check (length(trouble_detail) <= 1000),
      add column clock_ahead_seconds bigint`,
    "alter table command_parts add column bytes integer not null default 0",
    ...TABLES.map((table) => `alter table ${table} no force row level security`),
    // An agent that is still sent away says so again within a quarter of an hour.
    "update agent_presence set refused_at = null",
    `update routers r set answered_at = case when status in ('online', 'wrong_password', 'wrong_router', 'unsupported')
      then status_at else (select s.observed_at from router_states s
        where s.tenant_id = r.tenant_id and s.router_id = r.id) end`,
    `delete from observed_secrets o where not exists (select from desired_secrets d where d.tenant_id = o.tenant_id
      and d.router_id = o.router_id and d.ppp_name = o.ppp_name)`,
    `update observed_secrets set profile = left(profile, 128), address = left(address, 128),
      caller_id = left(caller_id, 128) where length(profile) > 128 or length(address) > 128 or length(caller_id) > 128`,
    "update agents set version = left(version, 40) where length(version) > 40",
    "update agent_presence set version = left(version, 40) where length(version) > 40",
    ...TABLES.map((table) => `alter table ${table} force row level security`),
    `alter table agent_presence add constraint agent_presence_refused
      check ((refused_at is null) = (refused_code is null)), add check (length(version) <= 40)`,
    "alter table agents add check (length(version) <= 40), add check (length(install_id) <= 64)",
    `alter table observed_secrets add check (length(profile) <= 128), add check (length(address) <= 128),
      add check (length(caller_id) <= 128)`,
  ]);
}

export async function down(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    `alter table observed_secrets drop constraint observed_secrets_profile_check,
      drop constraint observed_secrets_address_check, drop constraint observed_secrets_caller_id_check`,
    "alter table agents drop constraint agents_version_check, drop constraint agents_install_id_check",
    "alter table agent_presence no force row level security",
    "update agent_presence set refused_at = null, refused_code = null",
    "alter table agent_presence force row level security",
    `alter table agent_presence drop constraint agent_presence_refused,
      drop constraint agent_presence_version_check, drop column clock_ahead_seconds,
      drop column trouble_detail, drop column trouble_code, drop column trouble_at, drop column ended_detail,
      drop column ended_code, drop column ended_at, drop column refused_detail, drop column refused_code,
      add column refused_reason text check (length(refused_reason) <= 300),
      add check ((refused_at is null) = (refused_reason is null))`,
    "alter table command_parts drop column bytes",
    `alter table routers drop column refused_detail, drop column refused_count, drop column refused_about,
      drop column refused_code, drop column refused_at, drop column answered_at`,
  ]);
}
