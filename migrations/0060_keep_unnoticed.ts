import { allowWords, forbidWords } from "./_check_values.ts";
import { type MigrationDatabase, runAll } from "./_tenant_table.ts";

const OUTCOME = { table: "run_rows", name: "outcome" };

/** Who is not cut because their notice was not sent; and the notices of a connection, read by its key. */
export async function up(db: MigrationDatabase): Promise<void> {
  await allowWords(db, OUTCOME, ["no_notice"]);
  await runAll(db, [
    `create index mail_messages_notices on mail_messages (tenant_id, subscription_id, id)
      where occasion = 'cut_notice'`,
  ]);
}

/** Runs keep their rows: who was kept for want of a notice was not due by the rules of before. */
export async function down(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    "drop index mail_messages_notices",
    "alter table run_rows no force row level security",
    "update run_rows set outcome = 'not_due' where outcome = 'no_notice'",
    "alter table run_rows force row level security",
  ]);
  await forbidWords(db, OUTCOME, ["no_notice"]);
}
