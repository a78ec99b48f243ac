import { type MigrationDatabase, protectTenantTable, run, runAll } from "./_tenant_table.ts";

/**
 * What the nightly check of the books found. A row stands as it was written; the oldest ones are deleted. `broken` has
 * the first findings, `broken_count` counts all.
 */
export async function up(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    `create table book_checks (
      tenant_id uuid not null references tenants (id),
      id uuid not null,
      checked_at timestamptz not null,
      took_ms integer not null check (took_ms >= 0),
      rows_seen bigint not null check (rows_seen >= 0),
      broken_count integer not null check (broken_count >= 0),
      broken jsonb not null check (jsonb_typeof(broken) = 'array'),
      asked_by text not null check (asked_by <> ''),
      primary key (tenant_id, id)
    )`,
    "create index book_checks_by_time on book_checks (tenant_id, checked_at)",
  ]);
  await protectTenantTable(db, "book_checks", "select, insert, delete");
}

export async function down(db: MigrationDatabase): Promise<void> {
  await run(db, "drop table book_checks");
}
