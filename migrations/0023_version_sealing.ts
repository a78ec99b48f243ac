import { type MigrationDatabase, run } from "./_tenant_table.ts";

/** The newest sealed envelope that an agent opens: one that was enrolled before this only knows the first. */
export async function up(db: MigrationDatabase): Promise<void> {
  await run(
    db,
    "alter table agents add column seal_version smallint not null default 1 check (seal_version >= 1)",
  );
}

export async function down(db: MigrationDatabase): Promise<void> {
  await run(db, "alter table agents drop column seal_version");
}
