import { type MigrationDatabase, run, runAll } from "./_tenant_table.ts";

/** Roles that may look at reports; the Owner may do everything. */
const ROLES = ["Owner", "Billing", "Read-only"];

/**
 * Reports read the ledger by its dates: what the books said on an earlier day is what they say now less what came since.
 * Who looked after the money before may see them.
 */
export async function up(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    "create index ledger_transactions_by_date on ledger_transactions (tenant_id, business_on, recorded_at, id)",
    // What takes a bill back may be dated before the bill, where a clock was ahead.
    `create index ledger_transactions_taking_back on ledger_transactions (tenant_id, bill_id, business_on)
      where kind in ('bill_voided', 'credit_released')`,
    // One of the two sides of each posting: the lines of an account that is kept for the tenant as a whole.
    `create index ledger_entries_of_tenant on ledger_entries (tenant_id, account, transaction_id)
      where subscriber_id is null`,
  ]);
  await acrossTenants(db, [
    `insert into role_permissions (tenant_id, role_id, permission)
      select tenant_id, id, 'report:read' from roles
      where name in (${ROLES.map((name) => `'${name}'`).join(", ")}) and is_builtin on conflict do nothing`,
  ]);
}

/** The owner of the tables is bound by row level security too; within this transaction it is not. */
async function acrossTenants(db: MigrationDatabase, statements: readonly string[]): Promise<void> {
  const tables = ["roles", "role_permissions"];
  for (const table of tables) await run(db, `alter table ${table} no force row level security`);
  await runAll(db, statements);
  for (const table of tables) await run(db, `alter table ${table} force row level security`);
}

export async function down(db: MigrationDatabase): Promise<void> {
  await acrossTenants(db, ["delete from role_permissions where permission = 'report:read'"]);
  await runAll(db, [
    "drop index ledger_entries_of_tenant",
    "drop index ledger_transactions_taking_back",
    "drop index ledger_transactions_by_date",
  ]);
}
