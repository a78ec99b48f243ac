import { allowWords, forbidWords } from "./_check_values.ts";
import { type MigrationDatabase, run, runAll } from "./_tenant_table.ts";

const TABLES = ["security_events", "installation_security_events"] as const;
const KINDS = ["new_device", "confirmed", "confirm_failed"];

/**
 * When the person of a session last proved that it is them, and how often somebody could not since. An open session
 * has no such moment: its person is asked once more, before the next thing that would hurt in other hands.
 */
export async function up(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    `alter table sessions
      add column confirmed_at timestamptz,
      add column confirm_failures integer not null default 0`,
  ]);
  for (const table of TABLES) await allowWords(db, { table, name: "kind" }, KINDS);
}

/** Entries of kinds that were not known before go: the log of before has no words for them. */
export async function down(db: MigrationDatabase): Promise<void> {
  await run(db, "alter table security_events no force row level security");
  for (const table of TABLES) {
    await run(db, `delete from ${table} where kind in (${KINDS.map((kind) => `'${kind}'`).join(", ")})`);
  }
  await run(db, "alter table security_events force row level security");
  for (const table of TABLES) await forbidWords(db, { table, name: "kind" }, KINDS);
  await run(db, "alter table sessions drop column confirm_failures, drop column confirmed_at");
}
