import { type MigrationDatabase, protectTenantTable, run } from "./_tenant_table.ts";

/**
 * The data key of each tenant, wrapped by the key of the installation. What is sealed with it carries the wrapped key too,
 * so that a row is read without another one; this is the copy that new secrets take theirs from.
 */
export async function up(db: MigrationDatabase): Promise<void> {
  await run(
    db,
    `create table tenant_keys (
      tenant_id uuid primary key references tenants (id),
      kek_id text not null check (kek_id ~ '^[a-z0-9]{1,32}$'),
      wrapped_key text not null check (length(wrapped_key) between 1 and 200),
      created_at timestamptz not null default now(),
      rewrapped_at timestamptz
    )`,
  );
  await protectTenantTable(db, "tenant_keys", "select, insert, update");
  await run(db, "comment on column tenant_keys.kek_id is 'Key of the installation that it is wrapped with.'");
}

export async function down(db: MigrationDatabase): Promise<void> {
  await run(db, "drop table tenant_keys");
}
