import { type MigrationDatabase, runAll } from "./_tenant_table.ts";

/** A JPEG that is large is kept small as well: it travels with each statement and each mail. */
export async function up(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    "alter table tenant_logos add column small_bytes bytea",
    "comment on column tenant_logos.small_bytes is 'As it goes with statements and mails; null: as it is.'",
  ]);
}

export async function down(db: MigrationDatabase): Promise<void> {
  await runAll(db, ["alter table tenant_logos drop column small_bytes"]);
}
