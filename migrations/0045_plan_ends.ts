import { appRole, type MigrationDatabase, protectTenantTable, run, runAll } from "./_tenant_table.ts";

const PERMISSION = "service_end:approve";
const ROLES = ["roles", "role_permissions"];

/** The end of a service that has not come yet: asked for, where the company wants an approval, or planned for its day. */
export async function up(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    `create table service_ends (
      tenant_id uuid not null,
      id uuid not null,
      subscription_id uuid not null,
      last_on date not null,
      unused text not null check (unused in ('credit', 'no_credit')),
      state text not null check (state in ('asked', 'planned', 'made', 'cancelled', 'refused')),
      reason text check (length(reason) between 1 and 200),
      asked_at timestamptz not null,
      asked_by text not null,
      decided_at timestamptz,
      decided_by text,
      note text check (length(note) between 1 and 200),
      made_at timestamptz,
      primary key (tenant_id, id),
      foreign key (tenant_id, subscription_id) references subscriptions (tenant_id, id) on delete cascade,
      check (state <> 'asked' or reason is not null),
      check ((decided_at is null) = (decided_by is null)),
      check ((state = 'made') = (made_at is not null))
    )`,
    "comment on column service_ends.last_on is 'Last day of service, inclusive.'",
    "comment on column service_ends.reason is 'Why, where it waits or waited for an approval.'",
    "comment on column service_ends.decided_by is 'Who approved, refused or cancelled it.'",
    `create unique index service_ends_open on service_ends (tenant_id, subscription_id)
      where state in ('asked', 'planned')`,
    "create index service_ends_by_subscription on service_ends (tenant_id, subscription_id, asked_at)",
    "create index service_ends_waiting on service_ends (tenant_id, last_on) where state in ('asked', 'planned')",
    `alter table tenants add column end_approval text not null default 'off'
      check (end_approval in ('off', 'on'))`,
    "comment on column tenants.end_approval is 'Whether the end of a service waits for somebody who may approve it.'",
  ]);
  await protectTenantTable(db, "service_ends", "select, insert");
  await run(
    db,
    `grant update (state, last_on, decided_at, decided_by, note, made_at) on service_ends to ${await appRole(
      db,
    )}`,
  );
  for (const table of ROLES) await run(db, `alter table ${table} no force row level security`);
  await run(
    db,
    `insert into role_permissions (tenant_id, role_id, permission)
      select tenant_id, id, '${PERMISSION}' from roles where name = 'Owner' and is_builtin on conflict do nothing`,
  );
  for (const table of ROLES) await run(db, `alter table ${table} force row level security`);
}

export async function down(db: MigrationDatabase): Promise<void> {
  await run(db, "alter table tenants drop column end_approval");
  await run(db, "drop table service_ends");
  await run(db, "alter table role_permissions no force row level security");
  await run(db, `delete from role_permissions where permission = '${PERMISSION}'`);
  await run(db, "alter table role_permissions force row level security");
}
