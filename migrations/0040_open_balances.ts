import { allowWords, forbidWords } from "./_check_values.ts";
import type { MigrationDatabase } from "./_tenant_table.ts";

const LINE_KIND = { table: "bill_lines", name: "kind" };
const POSTING_KIND = { table: "ledger_transactions", name: "kind" };
const POSTINGS = ["opening_posted", "opening_taken_back"];

/** What was owed, or was credit, in the books from before: a bill of its own, or a source of credit. */
export async function up(db: MigrationDatabase): Promise<void> {
  await allowWords(db, LINE_KIND, ["opening"]);
  await allowWords(db, POSTING_KIND, POSTINGS);
}

export async function down(db: MigrationDatabase): Promise<void> {
  await forbidWords(db, LINE_KIND, ["opening"]);
  await forbidWords(db, POSTING_KIND, POSTINGS);
}
