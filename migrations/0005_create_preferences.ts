import { type MigrationDatabase, protectTenantTable, run, runAll } from "./_tenant_table.ts";

/** What each staff member likes: language, shortcuts, density and columns of tables; and the views they saved. */
export async function up(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    `create table staff_preferences (
      tenant_id uuid not null,
      staff_user_id uuid not null,
      name text not null check (name ~ '^[a-z][a-z0-9_.]{0,60}$'),
      value jsonb not null,
      changed_at timestamptz not null,
      primary key (tenant_id, staff_user_id, name),
      foreign key (tenant_id, staff_user_id) references staff_memberships (tenant_id, staff_user_id) on delete cascade
    )`,
    `create table saved_views (
      tenant_id uuid not null,
      id uuid not null,
      staff_user_id uuid not null,
      list text not null check (list ~ '^[a-z][a-z0-9_]{0,40}$'),
      name text not null check (length(name) between 1 and 60),
      query text not null check (length(query) <= 2000),
      created_at timestamptz not null,
      primary key (tenant_id, id),
      unique (tenant_id, staff_user_id, list, name),
      foreign key (tenant_id, staff_user_id) references staff_memberships (tenant_id, staff_user_id) on delete cascade
    )`,
  ]);
  await protectTenantTable(db, "staff_preferences", "select, insert, update, delete");
  await protectTenantTable(db, "saved_views", "select, insert, update, delete");
}

export async function down(db: MigrationDatabase): Promise<void> {
  for (const table of ["saved_views", "staff_preferences"]) await run(db, `drop table ${table} cascade`);
}
