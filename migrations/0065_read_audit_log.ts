import { type MigrationDatabase, protectTenantTable, run, runAll } from "./_tenant_table.ts";

/**
 * The audit log becomes a page. New entries say where they came from: the address and the request of a person, the run or
 * the agent of what nobody asked for. Entries from before have none of it, and their hash was made without it.
 *
 * Every filter of the page has its index in the order that the page is shown in.
 */
export async function up(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    `alter table audit_entries
      add column ip text collate "C" check (length(ip) between 1 and 60),
      add column request_id text collate "C" check (length(request_id) between 1 and 60),
      add column run_id uuid,
      add column agent_id uuid,
      drop constraint audit_entries_actor_kind_check,
      add constraint audit_entries_actor_kind_check
        check (actor_kind in ('staff', 'subscriber', 'operator', 'api_key', 'agent', 'system'))`,
    ...INDEXES,
    `create table audit_checks (
      tenant_id uuid not null references tenants (id),
      id uuid not null,
      checked_at timestamptz not null,
      took_ms integer not null check (took_ms >= 0),
      entries bigint not null check (entries >= 0),
      problem text check (problem in ('entry', 'head', 'truncated', 'signature')),
      problem_sequence bigint,
      primary key (tenant_id, id),
      check ((problem is null) = (problem_sequence is null))
    )`,
    "comment on table audit_checks is 'What each look at the whole audit log found.'",
    "comment on column audit_checks.problem_sequence is 'Number of the entry that does not fit.'",
    "create index audit_checks_by_time on audit_checks (tenant_id, checked_at, id)",
    `create table audit_heads (
      tenant_id uuid not null references tenants (id),
      signed_on date not null,
      sequence bigint not null check (sequence > 0),
      hash bytea not null check (length(hash) = 32),
      signed_at timestamptz not null,
      public_key bytea not null check (length(public_key) = 32),
      signature bytea not null check (length(signature) = 64),
      primary key (tenant_id, signed_on)
    )`,
    "comment on table audit_heads is 'The end of the audit log of each day, signed: a log that was cut short ends before it.'",
  ]);
  await protectTenantTable(db, "audit_checks", "select, insert");
  await protectTenantTable(db, "audit_heads", "select, insert");
}

const INDEXES = [
  "create index audit_entries_by_time on audit_entries (tenant_id, at, sequence)",
  "create index audit_entries_by_kind on audit_entries (tenant_id, subject_kind, at, sequence)",
  "create index audit_entries_by_actor on audit_entries (tenant_id, actor, at, sequence)",
  "create index audit_entries_by_action on audit_entries (tenant_id, action, at, sequence)",
  "create index audit_entries_by_subject on audit_entries (tenant_id, subject_id)",
  "create index audit_entries_by_request on audit_entries (tenant_id, request_id) where request_id is not null",
];

export async function down(db: MigrationDatabase): Promise<void> {
  await runAll(db, ["drop table audit_heads", "drop table audit_checks"]);
  for (const name of ["request", "subject", "action", "actor", "kind", "time"]) {
    await run(db, `drop index audit_entries_by_${name}`);
  }
  await run(
    db,
    `alter table audit_entries drop column agent_id, drop column run_id, drop column request_id, drop column ip,
      drop constraint audit_entries_actor_kind_check,
      add constraint audit_entries_actor_kind_check
        check (actor_kind in ('staff', 'subscriber', 'operator', 'agent', 'system'))`,
  );
}
