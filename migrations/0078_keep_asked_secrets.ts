import { type MigrationDatabase, protectTenantTable, run, runAll } from "./_tenant_table.ts";

/**
 * Secrets that were typed with a request and wait for its decision, whatever kind it is of. The request itself is shown,
 * mailed and audited: they stand apart, sealed, and go with its decision.
 */
export async function up(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    `create table approval_secrets (
      tenant_id uuid not null references tenants (id),
      request_id uuid not null,
      values_sealed text not null,
      primary key (tenant_id, request_id),
      foreign key (tenant_id, request_id) references approval_requests (tenant_id, id) on delete cascade
    )`,
    "comment on table approval_secrets is 'What was typed with a request and must not be seen, until it is decided.'",
  ]);
  await protectTenantTable(db, "approval_secrets", "select, insert, update, delete");
}

export async function down(db: MigrationDatabase): Promise<void> {
  await run(db, "drop table approval_secrets");
}
