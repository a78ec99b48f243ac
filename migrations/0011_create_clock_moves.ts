import { type MigrationDatabase, protectTenantTable, run, runAll } from "./_tenant_table.ts";

/** What the demo's time machine was asked for and how far it has come: a move goes on when its page is left. */
export async function up(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    `create table clock_moves (
      tenant_id uuid not null references tenants,
      id uuid not null,
      target text not null check (target in ('day', 'bill_run', 'cut_run', 'week', 'month')),
      status text not null check (status in ('playing', 'done', 'failed')),
      requested_by text not null,
      from_on date not null,
      to_on date not null,
      reached_on date not null,
      started_at timestamptz not null,
      touched_at timestamptz not null,
      finished_at timestamptz,
      primary key (tenant_id, id),
      check ((status = 'playing') = (finished_at is null))
    )`,
    "create unique index clock_moves_playing on clock_moves (tenant_id) where status = 'playing'",
    "create index clock_moves_newest on clock_moves (tenant_id, started_at desc)",
  ]);
  await protectTenantTable(db, "clock_moves", "select, insert, update");
}

export async function down(db: MigrationDatabase): Promise<void> {
  await run(db, "drop table clock_moves cascade");
}
