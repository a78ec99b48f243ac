import { type MigrationDatabase, run, runAll } from "./_tenant_table.ts";

/** Every sort that a list of bills or payments offers is answered by an index, and an action on many by its key. */
export async function up(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    "drop index bills_by_issue",
    "create index bills_by_issue on bills (tenant_id, issued_on, number)",
    "create index bills_by_due on bills (tenant_id, due_on, number)",
    "create index bills_by_total on bills (tenant_id, total_centavos, number)",
    "create index payments_by_receipt on payments (tenant_id, received_on, id)",
    "create index payments_by_amount on payments (tenant_id, amount_centavos, id)",
    "create index audit_entries_bulk on audit_entries (tenant_id, subject_id) where subject_kind = 'bulk'",
  ]);
}

export async function down(db: MigrationDatabase): Promise<void> {
  for (
    const index of [
      "audit_entries_bulk",
      "payments_by_amount",
      "payments_by_receipt",
      "bills_by_total",
      "bills_by_due",
      "bills_by_issue",
    ]
  ) await run(db, `drop index ${index}`);
  await run(db, "create index bills_by_issue on bills (tenant_id, issued_on desc, id)");
}
