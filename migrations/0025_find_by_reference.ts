import { type MigrationDatabase, runAll } from "./_tenant_table.ts";

/**
 * A payment is found by its reference, and a line by the address or the device that was seen, from an index. An index
 * on an expression is not used under row level security, so the columns are stored: each table is rewritten once.
 */
export async function up(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    `alter table payments add column reference_folded text collate "C"
      generated always as (replace(fold_text(reference), ' ', '')) stored`,
    `create index payments_by_reference on payments (tenant_id, reference_folded)
      where reference_folded is not null`,
    `alter table observed_secrets add column caller_id_lower text collate "C"
      generated always as (lower(caller_id)) stored`,
    "create index observed_secrets_by_address on observed_secrets (tenant_id, address) where address is not null",
    `create index observed_secrets_by_caller on observed_secrets (tenant_id, caller_id_lower)
      where caller_id_lower is not null`,
  ]);
}

export async function down(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    "drop index observed_secrets_by_address",
    "alter table observed_secrets drop column caller_id_lower",
    "alter table payments drop column reference_folded",
  ]);
}
