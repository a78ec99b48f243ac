import { type MigrationDatabase, protectTenantTable, run, runAll } from "./_tenant_table.ts";

/**
 * Connections that no run can bill wait for a person, each with its reason, until a run bills them again. A bill run may
 * wait for an approval: never, when much about it is unusual, or always.
 */
export async function up(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    `create table parked_bills (
      tenant_id uuid not null,
      subscription_id uuid not null,
      run_id uuid not null,
      reason text not null check (reason <> ''),
      parked_at timestamptz not null,
      primary key (tenant_id, subscription_id),
      foreign key (tenant_id, subscription_id) references subscriptions (tenant_id, id) on delete cascade,
      foreign key (tenant_id, run_id) references runs (tenant_id, id)
    )`,
    "comment on column parked_bills.parked_at is 'When it was parked first; the reason is that of the last run.'",
    `alter table tenants add column bill_approval text not null default 'off'
      check (bill_approval in ('off', 'unusual', 'always'))`,
    `alter table tenants add column bill_approval_over smallint not null default 5
      check (bill_approval_over between 0 and 9999)`,
  ]);
  await protectTenantTable(db, "parked_bills", "select, insert, update, delete");
}

export async function down(db: MigrationDatabase): Promise<void> {
  await run(db, "drop table parked_bills");
  await run(db, "alter table tenants drop column bill_approval, drop column bill_approval_over");
}
