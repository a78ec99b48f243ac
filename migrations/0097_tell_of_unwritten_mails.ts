import { type MigrationDatabase, run, runAll } from "./_tenant_table.ts";

/** Mails of a bill run that cannot be written are told of, and a person can send them: they wait for nobody any more. */
export async function up(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    "alter table unwritten_mails add column failed_at timestamptz",
    "comment on column unwritten_mails.failed_at is 'Each of its messages was tried alone and could not be written; null: they are on their way.'",
  ]);
}

/** What could not be written waits again then, and is tried as a batch. */
export async function down(db: MigrationDatabase): Promise<void> {
  await run(db, "alter table unwritten_mails drop column failed_at");
}
