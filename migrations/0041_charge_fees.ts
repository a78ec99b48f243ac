import { allowWords, forbidWords } from "./_check_values.ts";
import { appRole, type MigrationDatabase, protectTenantTable, run, runAll } from "./_tenant_table.ts";

/** What may have rules for itself; where it has none, the level above holds. */
const LEVELS = ["plans", "subscriptions"];
const BILL_KIND = { table: "bills", name: "kind" };

/** A fee of this kind has this amount and no other. */
function fits(kind: string, amount: string, points: string): string {
  return `case ${kind} when 'flat' then ${amount} > 0 and ${points} is null
    when 'percent' then ${points} > 0 and ${amount} is null else ${amount} is null and ${points} is null end`;
}

/**
 * Late fees and reconnection fees. A bill says when it is issued what paying it late costs and from which day; the fee
 * itself is a bill of its own, one for each late bill. A reconnection waits for the next bill of its connection.
 */
export async function up(db: MigrationDatabase): Promise<void> {
  const role = await appRole(db);
  await allowWords(db, BILL_KIND, ["late_fee"]);
  await addRules(db);
  await runAll(db, [
    `alter table bills
      add column late_fee_on date,
      add column late_fee_centavos bigint check (late_fee_centavos > 0),
      add column late_fee_bp integer check (late_fee_bp between 1 and 10000),
      add column late_fee_look_on date,
      add constraint bills_late_fee
        check (num_nonnulls(late_fee_centavos, late_fee_bp) = case when late_fee_on is null then 0 else 1 end),
      add constraint bills_late_fee_look check (late_fee_look_on is null or late_fee_on is not null)`,
    "comment on column bills.late_fee_on is 'First day on which it costs a late fee, as agreed when it was issued. Null: none.'",
    "comment on column bills.late_fee_look_on is 'The run looks at it from this day on. Null: it has, or there is nothing to look for.'",
    `create index bills_late_look on bills (tenant_id, late_fee_look_on, subscriber_id, id)
      where late_fee_look_on is not null`,
    `grant update (late_fee_on, late_fee_look_on) on bills to ${role}`,
    `create table late_fees (
      tenant_id uuid not null,
      fee_bill_id uuid not null,
      bill_id uuid not null,
      principal_centavos bigint not null check (principal_centavos > 0),
      amount_centavos bigint not null check (amount_centavos > 0),
      charged_on date not null,
      ended_at timestamptz,
      ended_why text check (ended_why in ('in_time', 'bill_void')),
      primary key (tenant_id, fee_bill_id),
      foreign key (tenant_id, fee_bill_id) references bills (tenant_id, id),
      foreign key (tenant_id, bill_id) references bills (tenant_id, id),
      constraint late_fees_not_on_itself check (bill_id <> fee_bill_id),
      check ((ended_at is null) = (ended_why is null))
    )`,
    "comment on table late_fees is 'The late bill of each fee. One that was given back has ended; one that was waived stands.'",
    "comment on column late_fees.principal_centavos is 'What was unpaid of the bill, without fees.'",
    "comment on column late_fees.amount_centavos is 'As it is priced, without a tax that comes on top.'",
    "create unique index late_fees_one_live on late_fees (tenant_id, bill_id) where ended_at is null",
    "create index late_fees_by_bill on late_fees (tenant_id, bill_id)",
    `create table reconnection_fees (
      tenant_id uuid not null,
      id uuid not null,
      subscription_id uuid not null,
      cut_on date not null,
      back_on date not null,
      amount_centavos bigint not null check (amount_centavos > 0),
      bill_id uuid,
      given_back_at timestamptz,
      primary key (tenant_id, id),
      foreign key (tenant_id, id) references block_reasons (tenant_id, id),
      foreign key (tenant_id, subscription_id) references subscriptions (tenant_id, id),
      foreign key (tenant_id, bill_id) references bills (tenant_id, id),
      check (given_back_at is null or bill_id is not null)
    )`,
    "comment on column reconnection_fees.id is 'Of the cut: each costs once.'",
    "comment on column reconnection_fees.bill_id is 'The bill that asks for it; null while it waits for the next one.'",
    "create index reconnection_fees_waiting on reconnection_fees (tenant_id, subscription_id) where bill_id is null",
    "create index reconnection_fees_by_bill on reconnection_fees (tenant_id, bill_id) where bill_id is not null",
  ]);
  await protectTenantTable(db, "late_fees", "select, insert");
  await protectTenantTable(db, "reconnection_fees", "select, insert");
  await runAll(db, [
    `grant update (ended_at, ended_why) on late_fees to ${role}`,
    `grant update (bill_id, given_back_at) on reconnection_fees to ${role}`,
  ]);
}

async function addRules(db: MigrationDatabase): Promise<void> {
  await run(
    db,
    `alter table tenants
      add column late_fee_kind text not null default 'none' check (late_fee_kind in ('none', 'flat', 'percent')),
      add column late_fee_centavos bigint not null default 0 check (late_fee_centavos >= 0),
      add column late_fee_bp integer not null default 0 check (late_fee_bp between 0 and 10000),
      add column late_after_days smallint not null default 5 check (late_after_days between 0 and 90),
      add column reconnection_fee_centavos bigint not null default 0 check (reconnection_fee_centavos >= 0),
      add constraint tenants_late_fee check (case late_fee_kind when 'flat' then late_fee_centavos > 0
        when 'percent' then late_fee_bp > 0 else true end)`,
  );
  for (const table of LEVELS) {
    await runAll(db, [
      `alter table ${table}
        add column own_late_fee_kind text check (own_late_fee_kind in ('none', 'flat', 'percent')),
        add column own_late_fee_centavos bigint,
        add column own_late_fee_bp integer check (own_late_fee_bp between 1 and 10000),
        add column own_late_after_days smallint check (own_late_after_days between 0 and 90),
        add column own_reconnection_fee_centavos bigint check (own_reconnection_fee_centavos >= 0),
        add constraint ${table}_own_late_fee check (${
        fits("own_late_fee_kind", "own_late_fee_centavos", "own_late_fee_bp")
      })`,
      `comment on column ${table}.own_late_fee_kind is 'Null: as the level above says.'`,
    ]);
  }
}

export async function down(db: MigrationDatabase): Promise<void> {
  const role = await appRole(db);
  await runAll(db, [
    "drop table reconnection_fees",
    "drop table late_fees",
    `revoke update (late_fee_on, late_fee_look_on) on bills from ${role}`,
    `alter table bills drop column late_fee_on, drop column late_fee_centavos, drop column late_fee_bp,
      drop column late_fee_look_on`,
    // A fee that was charged is a charge like any other.
    "alter table bills no force row level security",
    "update bills set kind = 'one_time' where kind = 'late_fee'",
    "alter table bills force row level security",
    `alter table tenants drop column late_fee_kind, drop column late_fee_centavos, drop column late_fee_bp,
      drop column late_after_days, drop column reconnection_fee_centavos`,
  ]);
  await forbidWords(db, BILL_KIND, ["late_fee"]);
  for (const table of LEVELS) {
    await run(
      db,
      `alter table ${table} drop column own_late_fee_kind, drop column own_late_fee_centavos,
        drop column own_late_fee_bp, drop column own_late_after_days, drop column own_reconnection_fee_centavos`,
    );
  }
}
