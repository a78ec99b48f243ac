import { allowWords, forbidWords } from "./_check_values.ts";
import { type MigrationDatabase, run } from "./_tenant_table.ts";

const OCCASION = { table: "mail_messages", name: "occasion" };
const TABLES = ["mail_messages", "mail_refusals", "mail_handovers"];

/** People are told when what they sign in with was changed. */
export async function up(db: MigrationDatabase): Promise<void> {
  await allowWords(db, OCCASION, ["account_changed"]);
}

/** Such mails go with it: the release before does not know what they say. */
export async function down(db: MigrationDatabase): Promise<void> {
  for (const table of TABLES) await run(db, `alter table ${table} no force row level security`);
  for (const table of ["mail_refusals", "mail_handovers"]) {
    await run(
      db,
      `delete from ${table} r using mail_messages m
        where m.tenant_id = r.tenant_id and m.id = r.message_id and m.occasion = 'account_changed'`,
    );
  }
  await run(db, "delete from mail_messages where occasion = 'account_changed'");
  for (const table of TABLES) await run(db, `alter table ${table} force row level security`);
  await forbidWords(db, OCCASION, ["account_changed"]);
}
