import { appRole, type MigrationDatabase, protectTenantTable, run, runAll } from "./_tenant_table.ts";

/** Where each event that was written before comes from. */
const SOURCE_OF_EVENT = `case
  when event like 'agent%' then 'agents' when event like 'router%' then 'routers'
  when event like 'mail%' then 'mail' else 'jobs' end`;

/**
 * The system log becomes a list that people search: where a line comes from, whom and what it is about, how often it
 * happened, and how long lines are kept. The list of messages gets its indexes, and reminders of many bills their batch.
 */
export async function up(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    `alter table system_log
      add column source text not null default 'jobs'
        check (source in ('mail', 'jobs', 'agents', 'routers', 'sign_ins', 'pages', 'gateway')),
      add column subscriber_id uuid,
      add column bill_id uuid,
      add column reference text collate "C" check (length(reference) <= 100),
      add column times integer not null default 1`,
    "comment on column system_log.reference is 'Id of the request, run, message or agent that it happened in.'",
    "comment on column system_log.times is 'What repeats within an hour is one line with a count.'",
    "alter table system_log no force row level security",
    `update system_log set source = ${SOURCE_OF_EVENT}`,
    "alter table system_log force row level security",
    ...LOG_INDEXES,
    `alter table tenants
      add column system_log_days integer not null default 180 check (system_log_days between 30 and 3650),
      add column system_log_cleaned_at timestamptz`,
    ...MAIL_INDEXES,
    `create table mail_batches (
      tenant_id uuid not null references tenants (id),
      id uuid not null,
      bill_ids uuid[] not null,
      total integer not null,
      done integer not null default 0,
      queued integer not null default 0,
      created_at timestamptz not null,
      created_on date not null,
      created_by text not null,
      finished_at timestamptz,
      primary key (tenant_id, id)
    )`,
    "comment on table mail_batches is 'Reminders of many bills that a person sent at once.'",
    "comment on column mail_batches.done is 'Bills of the list that were looked at, in its order.'",
    "comment on column mail_batches.queued is 'Of these, how many got a reminder.'",
  ]);
  await run(db, `grant delete, update (times) on system_log to ${await appRole(db)}`);
  await protectTenantTable(db, "mail_batches", "select, insert, update");
}

/** Every filter of the log in the order that it is shown in. */
const LOG_INDEXES = [
  "create index system_log_by_time on system_log (tenant_id, at, id)",
  "create index system_log_by_source on system_log (tenant_id, source, at, id)",
  "create index system_log_by_level on system_log (tenant_id, level, at, id) where level <> 'info'",
  "create index system_log_by_subscriber on system_log (tenant_id, subscriber_id, at, id) where subscriber_id is not null",
  "create index system_log_by_reference on system_log (tenant_id, reference) where reference is not null",
];

/** The same for messages, whose ids are in the order of their time. */
const MAIL_INDEXES = [
  "create index mail_messages_by_state on mail_messages (tenant_id, state, id)",
  "create index mail_messages_by_occasion on mail_messages (tenant_id, occasion, id) include (state)",
  "create index mail_messages_by_reason on mail_messages (tenant_id, reason, id) where reason is not null",
  "create index mail_messages_by_day on mail_messages (tenant_id, created_on, id)",
  "create index subscribers_by_email on subscribers (tenant_id, lower(email)) where email is not null",
];

export async function down(db: MigrationDatabase): Promise<void> {
  await run(db, `revoke delete, update (times) on system_log from ${await appRole(db)}`);
  await runAll(db, [
    "drop table mail_batches",
    "drop index subscribers_by_email",
    "drop index mail_messages_by_day",
    "drop index mail_messages_by_reason",
    "drop index mail_messages_by_occasion",
    "drop index mail_messages_by_state",
    "alter table tenants drop column system_log_cleaned_at, drop column system_log_days",
    "drop index system_log_by_reference",
    "drop index system_log_by_time",
    "drop index system_log_by_subscriber",
    "drop index system_log_by_level",
    "drop index system_log_by_source",
    `alter table system_log drop column times, drop column reference, drop column bill_id,
      drop column subscriber_id, drop column source`,
  ]);
}
