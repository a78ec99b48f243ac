import { type MigrationDatabase, run } from "./_tenant_table.ts";

/** The service of a secret, which the review shows: what is not for PPPoE is no subscriber unless a person says so. */
export async function up(db: MigrationDatabase): Promise<void> {
  await run(db, "alter table import_rows add column service text");
}

export async function down(db: MigrationDatabase): Promise<void> {
  await run(db, "alter table import_rows drop column service");
}
