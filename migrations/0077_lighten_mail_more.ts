import { type MigrationDatabase, runAll } from "./_tenant_table.ts";

/**
 * Messages about a bill are found by its subscriber, who has some dozens: an index by bill is written beside each bill of
 * a run, and again twice when the message goes out.
 */
export async function up(db: MigrationDatabase): Promise<void> {
  await runAll(db, ["drop index mail_messages_by_bill"]);
}

export async function down(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    "create index mail_messages_by_bill on mail_messages (tenant_id, bill_id, id) where bill_id is not null",
  ]);
}
