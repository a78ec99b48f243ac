import { allowWords, forbidWords } from "./_check_values.ts";
import { type MigrationDatabase, run } from "./_tenant_table.ts";

const LINE_KIND = { table: "bill_lines", name: "kind" };
const POSTING_KIND = { table: "ledger_transactions", name: "kind" };
const PERMISSION = "opening_balance:write";
const ROLES = ["roles", "role_permissions"];
const POSTINGS = ["opening_posted", "opening_taken_back"];

/** What was owed, or was credit, in the books from before: a bill of its own, or a source of credit. */
export async function up(db: MigrationDatabase): Promise<void> {
  await allowWords(db, LINE_KIND, ["opening"]);
  await allowWords(db, POSTING_KIND, POSTINGS);
  // Of every tenant: row level security would hide all of them from the owner.
  for (const table of ROLES) await run(db, `alter table ${table} no force row level security`);
  await run(
    db,
    `insert into role_permissions (tenant_id, role_id, permission)
      select tenant_id, id, '${PERMISSION}' from roles where name in ('Owner', 'Billing') and is_builtin
      on conflict do nothing`,
  );
  for (const table of ROLES) await run(db, `alter table ${table} force row level security`);
}

export async function down(db: MigrationDatabase): Promise<void> {
  await forbidWords(db, LINE_KIND, ["opening"]);
  await forbidWords(db, POSTING_KIND, POSTINGS);
  await run(db, "alter table role_permissions no force row level security");
  await run(db, `delete from role_permissions where permission = '${PERMISSION}'`);
  await run(db, "alter table role_permissions force row level security");
}
