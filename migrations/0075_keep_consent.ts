import { type MigrationDatabase, protectTenantTable, runAll } from "./_tenant_table.ts";

/**
 * What a person agreed to and who said so, who opened whose record, and for how long what is known of people is kept.
 */
export async function up(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    `alter table tenants
      add column tax_years integer not null default 10 check (tax_years between 5 and 30),
      add column mail_days integer not null default 730 check (mail_days between 90 and 3650),
      add column opening_days integer not null default 400 check (opening_days between 90 and 3650),
      add column security_days integer not null default 180 check (security_days between 90 and 3650)`,
    "comment on column tenants.tax_years is 'For which the books are kept; nothing deletes them.'",
    "comment on column tenants.mail_days is 'For which address and subject of a mail are kept.'",
    `alter table subscribers add column consent text not null default 'unknown'
      check (consent in ('unknown', 'given', 'refused', 'withdrawn'))`,
    "comment on column subscribers.consent is 'To be written to about more than the contract: what they said last.'",
    "create index subscribers_by_consent on subscribers (tenant_id, consent, id) where consent <> 'unknown'",
    `create table consent_texts (
      tenant_id uuid not null references tenants (id),
      version integer not null check (version > 0),
      text_en text not null check (length(text_en) between 1 and 2000),
      text_fil text not null check (length(text_fil) between 1 and 2000),
      saved_at timestamptz not null,
      saved_by text not null,
      primary key (tenant_id, version)
    )`,
    "comment on table consent_texts is 'What people are asked to agree to; version 0 is the one that is shipped.'",
    `create table subscriber_consents (
      tenant_id uuid not null references tenants (id),
      id uuid not null,
      subscriber_id uuid not null,
      state text not null check (state in ('given', 'refused', 'withdrawn')),
      way text not null check (way in ('paper', 'in_person', 'phone', 'message')),
      version integer not null check (version >= 0),
      said_on date not null,
      noted_at timestamptz not null,
      noted_by text not null,
      primary key (tenant_id, id),
      foreign key (tenant_id, subscriber_id) references subscribers (tenant_id, id) on delete cascade
    )`,
    "comment on table subscriber_consents is 'What somebody said to being written to, each time; only added to.'",
    "create index subscriber_consents_by_subscriber on subscriber_consents (tenant_id, subscriber_id, id)",
    `create table record_openings (
      tenant_id uuid not null references tenants (id),
      subscriber_id uuid not null,
      staff_user_id uuid not null,
      slot bigint not null,
      session_id uuid not null,
      opened_at timestamptz not null,
      primary key (tenant_id, subscriber_id, staff_user_id, slot)
    )`,
    "comment on table record_openings is 'Who opened the record of whom; one row for each quarter of an hour.'",
    "create index record_openings_by_time on record_openings (tenant_id, opened_at)",
  ]);
  await protectTenantTable(db, "consent_texts", "select, insert");
  await protectTenantTable(db, "subscriber_consents", "select, insert, delete");
  await protectTenantTable(db, "record_openings", "select, insert, delete");
}

export async function down(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    "drop table record_openings",
    "drop table subscriber_consents",
    "drop table consent_texts",
    "alter table subscribers drop column consent",
    `alter table tenants drop column security_days, drop column opening_days, drop column mail_days,
      drop column tax_years`,
  ]);
}
