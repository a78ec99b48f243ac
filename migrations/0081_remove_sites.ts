import { type MigrationDatabase, run, runAll } from "./_tenant_table.ts";

/** A site that has nothing any more can be removed. Its row stays: routers, outages and bills of before name it. */
export async function up(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    "alter table sites add column archived_at timestamptz",
    "comment on column sites.archived_at is 'When it was removed: it is on no list any more, and nothing is added to it.'",
  ]);
}

export async function down(db: MigrationDatabase): Promise<void> {
  await run(db, "alter table sites drop column archived_at");
}
