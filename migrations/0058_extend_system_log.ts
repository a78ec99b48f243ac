import { appRole, type MigrationDatabase, run, runAll } from "./_tenant_table.ts";

/** Where each event that was written before comes from. */
const SOURCE_OF_EVENT = `case
  when event like 'agent%' then 'agents' when event like 'router%' then 'routers'
  when event like 'mail%' then 'mail' else 'jobs' end`;

/**
 * The system log becomes a list that people search: where a line comes from, whom and what it is about, and how long lines
 * are kept.
 */
export async function up(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    `alter table system_log
      add column source text not null default 'jobs'
        check (source in ('mail', 'jobs', 'agents', 'routers', 'sign_ins', 'gateway')),
      add column subscriber_id uuid,
      add column bill_id uuid,
      add column reference text check (length(reference) <= 100)`,
    "comment on column system_log.reference is 'Id of the request, run, message or agent that it happened in.'",
    "alter table system_log no force row level security",
    `update system_log set source = ${SOURCE_OF_EVENT}`,
    "alter table system_log force row level security",
    "create index system_log_by_source on system_log (tenant_id, source, id)",
    "create index system_log_by_level on system_log (tenant_id, level, id) where level <> 'info'",
    "create index system_log_by_subscriber on system_log (tenant_id, subscriber_id, id) where subscriber_id is not null",
    "create index system_log_by_time on system_log (tenant_id, at)",
    `alter table tenants add column system_log_days integer not null default 180
      check (system_log_days between 30 and 3650)`,
  ]);
  await run(db, `grant delete on system_log to ${await appRole(db)}`);
}

export async function down(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    `revoke delete on system_log from ${await appRole(db)}`,
    "alter table tenants drop column system_log_days",
    "drop index system_log_by_time",
    "drop index system_log_by_subscriber",
    "drop index system_log_by_level",
    "drop index system_log_by_source",
    `alter table system_log drop column reference, drop column bill_id, drop column subscriber_id,
      drop column source`,
  ]);
}
