import { appRole, type MigrationDatabase, protectTenantTable, run, runAll } from "./_tenant_table.ts";

/**
 * Who paid a connection until when. Bills belong to a subscriber and stay theirs; what is not billed yet is asked from
 * whoever pays on that day. And the connection whose days a memo settles, so that two of one subscriber are told apart.
 */
export async function up(db: MigrationDatabase): Promise<void> {
  const role = await appRole(db);
  await runAll(db, [
    `create table payer_changes (
      tenant_id uuid not null,
      id uuid not null,
      subscription_id uuid not null,
      from_subscriber_id uuid not null,
      to_subscriber_id uuid not null check (to_subscriber_id <> from_subscriber_id),
      effective_on date not null,
      charged_from date not null check (charged_from >= effective_on),
      unused text not null check (unused in ('keep', 'credit')),
      state text not null check (state in ('planned', 'made', 'cancelled', 'undone')),
      given_back_on date,
      asked_at timestamptz not null,
      asked_by text not null,
      made_at timestamptz check ((made_at is not null) = (state in ('made', 'undone'))),
      primary key (tenant_id, id),
      foreign key (tenant_id, subscription_id) references subscriptions (tenant_id, id) on delete cascade,
      foreign key (tenant_id, from_subscriber_id) references subscribers (tenant_id, id),
      foreign key (tenant_id, to_subscriber_id) references subscribers (tenant_id, id)
    )`,
    "comment on column payer_changes.id is 'Made with the form: sent twice, it is one change.'",
    "comment on column payer_changes.charged_from is 'First day that is billed to the new payer: behind what the old one has paid for and keeps.'",
    "comment on column payer_changes.unused is 'Days billed in advance to the old payer: they stay paid, or become his credit.'",
    "comment on column payer_changes.given_back_on is 'When suspended days of what was kept were given back to the old payer; null: not yet, or nothing was kept.'",
    "create unique index payer_changes_planned on payer_changes (tenant_id, subscription_id) where state = 'planned'",
    "create index payer_changes_by_subscription on payer_changes (tenant_id, subscription_id, effective_on, made_at)",
    "create index payer_changes_by_from on payer_changes (tenant_id, from_subscriber_id)",
    "create index payer_changes_by_to on payer_changes (tenant_id, to_subscriber_id)",
    `alter table credit_memos add column subscription_id uuid,
      add foreign key (tenant_id, subscription_id) references subscriptions (tenant_id, id)`,
    "comment on column credit_memos.subscription_id is 'Whose days it settles; null: of no connection, or from before this was kept.'",
    "create index credit_memos_by_subscription on credit_memos (tenant_id, subscription_id) where subscription_id is not null",
  ]);
  await protectTenantTable(db, "payer_changes", "select, insert");
  const may = "state, effective_on, charged_from, made_at, given_back_on";
  await run(db, `grant update (${may}) on payer_changes to ${role}`);
}

export async function down(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    "alter table credit_memos drop column subscription_id",
    "drop table payer_changes",
  ]);
}
