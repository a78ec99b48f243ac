import { type MigrationDatabase, protectTenantTable, run, runAll } from "./_tenant_table.ts";

/** A clock that jumps stops the runs; what a wrong clock has run can be taken back. */
export async function up(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    // What the time was when it was last looked at, by the wall and by the machine's own count.
    `create table clock_watches (
      tenant_id uuid not null references tenants (id),
      seen_at timestamptz not null,
      boot_id text not null,
      uptime_seconds bigint not null,
      doubt text check (doubt in ('jump', 'gap')),
      doubted_at timestamptz,
      primary key (tenant_id),
      check ((doubt is null) = (doubted_at is null))
    )`,
    // Where a subscription stood before bills stopped, went on or were left out: no bill keeps that.
    `create table watermark_moves (
      tenant_id uuid not null,
      id uuid not null,
      subscription_id uuid not null,
      moved_at timestamptz not null,
      billed_through_on date,
      next_bill_on date,
      stopped_from_on date,
      primary key (tenant_id, id),
      foreign key (tenant_id, subscription_id) references subscriptions (tenant_id, id) on delete cascade
    )`,
    "create index watermark_moves_by_time on watermark_moves (tenant_id, moved_at)",
    "create index watermark_moves_by_subscription on watermark_moves (tenant_id, subscription_id)",
    "alter table runs drop constraint runs_status_check",
    `alter table runs add constraint runs_status_check check (status in
      ('planned', 'awaiting_approval', 'approved', 'running', 'done', 'failed', 'taken_back'))`,
    "drop index runs_one_scheduled_per_day",
    `create unique index runs_one_scheduled_per_day on runs (tenant_id, kind, business_on)
      where trigger = 'scheduled' and status <> 'taken_back'`,
  ]);
  await protectTenantTable(db, "clock_watches", "select, insert, update");
  await protectTenantTable(db, "watermark_moves", "select, insert, update, delete");
}

export async function down(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    "drop index runs_one_scheduled_per_day",
    "update runs set status = 'failed', trigger = 'manual' where status = 'taken_back'",
    "alter table runs drop constraint runs_status_check",
    `alter table runs add constraint runs_status_check check (status in
      ('planned', 'awaiting_approval', 'approved', 'running', 'done', 'failed'))`,
    `create unique index runs_one_scheduled_per_day on runs (tenant_id, kind, business_on)
      where trigger = 'scheduled'`,
  ]);
  await run(db, "drop table watermark_moves cascade");
  await run(db, "drop table clock_watches cascade");
}
