import { type MigrationDatabase, protectTenantTable, run, runAll } from "./_tenant_table.ts";

/** Company and brand, who saved which section last, and how far the first set-up has come. */
export async function up(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    `alter table tenants
      add column phone text check (length(phone) <= 40),
      add column email text check (length(email) <= 200),
      add column address text check (length(address) <= 300),
      add column brand_colour text check (brand_colour ~ '^#[0-9a-f]{6}$'),
      add column settings_saves jsonb not null default '{}',
      add column setup_progress jsonb not null default '{}',
      add column checklist_dismissed_at timestamptz`,
    // A table of its own: every request reads the tenant's row, and only one page in a hundred shows the logo.
    `create table tenant_logos (
      tenant_id uuid not null references tenants (id),
      type text not null check (type in ('png', 'jpeg')),
      bytes bytea not null check (octet_length(bytes) between 1 and 262144),
      changed_at timestamptz not null,
      primary key (tenant_id)
    )`,
  ]);
  await protectTenantTable(db, "tenant_logos", "select, insert, update, delete");
}

export async function down(db: MigrationDatabase): Promise<void> {
  await run(db, "drop table tenant_logos cascade");
  await run(
    db,
    `alter table tenants drop column checklist_dismissed_at, drop column setup_progress,
      drop column settings_saves, drop column brand_colour, drop column address, drop column email, drop column phone`,
  );
}
