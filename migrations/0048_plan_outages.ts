import { appRole, type MigrationDatabase, run, runAll } from "./_tenant_table.ts";

/**
 * Outages that are announced before they begin, whether their minutes are credited, and the history of an outage found
 * without reading the whole audit.
 */
export async function up(db: MigrationDatabase): Promise<void> {
  const role = await appRole(db);
  await runAll(db, [
    "alter table outages add column announced_at timestamptz, add check (announced_at is null or kind = 'scheduled')",
    "comment on column outages.announced_at is 'When its present beginning was said, where that was before it; null: recorded afterwards.'",
    "alter table tenants add column credits_planned_outages boolean not null default false",
    "create index audit_entries_outage on audit_entries (tenant_id, subject_id, sequence) where subject_kind = 'outage'",
    // In the order of the list, so that a page is read from it.
    "drop index outages_by_time",
    "create index outages_by_time on outages (tenant_id, from_at, id)",
    "create index outages_planned on outages (tenant_id, to_at) where kind = 'scheduled' and taken_back_at is null",
  ]);
  await run(db, `grant update (announced_at) on outages to ${role}`);
}

export async function down(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    "drop index outages_planned",
    "drop index outages_by_time",
    "create index outages_by_time on outages (tenant_id, from_at desc, id)",
    "drop index audit_entries_outage",
    "alter table tenants drop column credits_planned_outages",
    "alter table outages drop column announced_at",
  ]);
}
